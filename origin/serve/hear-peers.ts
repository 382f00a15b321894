import type { Origin, RegionStores } from '../origin';
import { cancelSource } from '../ports/cancel';

/**
 * How long the other regions have to answer, in milliseconds; those without an answer are named as unheard.
 * `viewer`: a viewer waits. `operator`: nobody does but an operator, a review or a sweep, and what a region has is worth more
 * than the time: from a function's new connection, another continent's first answer comes after some 600 ms.
 */
export const PEER_MS_MAX = { viewer: 150, operator: 1000 } as const;

/** What each other region answered, in the order of `origin.peers`; undefined where it failed or was too slow. */
export async function hearPeers<Answer>(
  origin: Pick<Origin, 'clock' | 'peers'>,
  waiting: keyof typeof PEER_MS_MAX,
  question: (peer: RegionStores) => Promise<Answer>,
): Promise<(Answer | undefined)[]> {
  const answered = cancelSource();
  const untilMs = origin.clock.nowMs() + PEER_MS_MAX[waiting];
  const late = origin.clock.sleepUntil(untilMs, answered).then(() => undefined);
  const asked = origin.peers.map((peer) => Promise.race([question(peer).catch(() => undefined), late]));
  const heard = await Promise.all(asked);
  answered.cancel();
  return heard;
}
