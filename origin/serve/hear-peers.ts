import type { Origin, RegionStores } from '../origin';
import { cancelSource } from '../ports/cancel';

/** How long the other regions have to answer. Without an answer the decision names them as unheard. */
const PEER_MS_MAX = 150;

/** What each other region answered, in the order of `origin.peers`; undefined where it failed or was too slow. */
export async function hearPeers<Answer>(
  origin: Pick<Origin, 'clock' | 'peers'>,
  question: (peer: RegionStores) => Promise<Answer>,
): Promise<(Answer | undefined)[]> {
  const answered = cancelSource();
  const late = origin.clock.sleepUntil(origin.clock.nowMs() + PEER_MS_MAX, answered).then(() => undefined);
  const asked = origin.peers.map((peer) => Promise.race([question(peer).catch(() => undefined), late]));
  const heard = await Promise.all(asked);
  answered.cancel();
  return heard;
}
