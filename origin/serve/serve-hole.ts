import { initInForce } from '../events/live-event';
import type { LiveEvent, Representation } from '../events/live-event';
import { emptyFragment } from '../media/empty-fragment';
import { expectedTicks } from '../schedule/media-time';

/** Nothing is what such a track (subtitles, metadata) mostly has to say, so a number that nobody published is no gap. */
export function isSilence(representation: Representation | undefined): boolean {
  return representation?.configuration.sparse === true;
}

/**
 * An empty fragment of ours in place of a number that no pipeline published: silence, or a gap that a player can take.
 * @returns undefined while no init says what its fragments look like.
 */
export function serveHole(
  event: LiveEvent,
  representation: Representation,
  number: number,
): Uint8Array | undefined {
  const init = initInForce(representation, number)?.init;
  if (init === undefined) return undefined;
  const start = expectedTicks(event, representation, number, init.timescale);
  const end = expectedTicks(event, representation, number + 1, init.timescale);
  return emptyFragment({ init, baseMediaDecodeTime: start, duration: Number(end - start) });
}
