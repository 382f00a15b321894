import type { LiveEvent, Representation } from '../events/live-event';
import type { Origin } from '../origin';
import { hearPeers } from '../serve/hear-peers';
import type { HeardWindow } from './health';

/**
 * Candidates of the numbers `from` to `to` that the event has, from this region and from the others that answer in time: one
 * query each; the caller bounds their count. A PUT that did not reach this region is not missing where another has it.
 * @throws what the local candidate store throws.
 */
export async function hearWindow(
  origin: Origin,
  event: LiveEvent,
  representation: Representation,
  first: number,
  to: number,
): Promise<HeardWindow> {
  const range = { ...event.key, representation: representation.configuration.id };
  const from = Math.max(event.schedule.initialSegment, first);
  if (from > to) return { from, to, candidates: [], unheard: [] };
  const [local, heard] = await Promise.all([
    origin.local.candidates.ofRange(range, from, to),
    hearPeers(origin, 'operator', ({ candidates }) => candidates.ofRange(range, from, to)),
  ]);
  const unheard = origin.peers.filter((_, index) => heard[index] === undefined).map(({ region }) => region);
  return { from, to, candidates: [...local, ...heard.flatMap((found) => found ?? [])], unheard };
}
