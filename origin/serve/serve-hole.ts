import { initInForce } from '../events/live-event';
import type { LiveEvent, Representation } from '../events/live-event';
import { emptyFragment } from '../media/empty-fragment';
import { expectedTicks } from '../schedule/media-time';

/**
 * What a sparse representation (subtitles, metadata) answers for a due number that no pipeline published: an empty
 * fragment of ours, since silence is what such a track mostly says.
 * @returns undefined for a track that is not sparse, and while no init says what its fragments look like.
 */
export function serveHole(
  event: LiveEvent,
  representation: Representation,
  number: number,
): Uint8Array | undefined {
  const init = initInForce(representation, number)?.init;
  if (!representation.configuration.sparse || init === undefined) return undefined;
  const start = expectedTicks(event, representation, number, init.timescale);
  const end = expectedTicks(event, representation, number + 1, init.timescale);
  return emptyFragment({ init, baseMediaDecodeTime: start, duration: Number(end - start) });
}
