import { guardBoxes } from './box-guard';
import { readFragment } from './fragment';
import type { Track } from './track';

/** Where media lie does not depend on what is not known of their track. */
const UNKNOWN_TRACK: Track = { timescale: 1, contentType: 'video' };

/**
 * tfdt of a segment's first fragment, ticks of its track, where no init is known yet.
 * @returns undefined for what is no media segment.
 */
export function decodeTimeOf(bytes: Uint8Array): bigint | undefined {
  const guarded = guardBoxes(bytes);
  const moof = guarded.kind === 'guarded' ? guarded.boxes.find(({ type }) => type === 'moof') : undefined;
  if (moof === undefined) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fragment = readFragment(view, moof, UNKNOWN_TRACK);
  return 'name' in fragment ? undefined : fragment.baseMediaDecodeTime;
}
