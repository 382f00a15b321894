import type { ByteRange } from '../ports/segment-store';
import { boxSize, fourCharacters } from './box';
import { BOXES_MAX } from './box-guard';

/** Resolves to exactly the bytes of the range. */
export type RangeReader = (range: ByteRange) => Promise<Uint8Array>;

/** Boxes that inspection skips: media data, and filling. */
const SKIPPED = new Set(['mdat', 'free', 'skip']);

/** Bytes of the first read: everything before the media data of a segment of one fragment, and to spare. */
const FIRST_READ_BYTES = 16_384;

/**
 * Reads a segment for inspection without its media data: the boxes at their places, zeros in place of what they skip. Each
 * read is twice as long as the one before, so that one fragment costs one read and a hundred cost ten at most.
 *
 * @param size bytes of the whole segment; the caller bounds it.
 * @param firstReadBytes of the first read.
 * @throws what `read` throws.
 */
export async function readSparsely(
  size: number,
  read: RangeReader,
  firstReadBytes = FIRST_READ_BYTES,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  let readUpTo = 0;
  let readBytes = firstReadBytes;
  /** Positions only grow, so whatever lies before `readUpTo` is there or was skipped. */
  const have = async (from: number, to: number) => {
    if (to <= readUpTo) return;
    const start = Math.max(from, readUpTo);
    const end = Math.min(size, Math.max(to, start + readBytes));
    bytes.set(await read({ start, end }), start);
    readUpTo = end;
    readBytes *= 2;
  };
  await have(0, Math.min(size, 8));
  for (let at = 0, boxes = 0; size - at >= 8 && boxes < BOXES_MAX; boxes++) {
    await have(at, Math.min(size, at + 16));
    if (view.getUint32(at) === 1 && size - at < 16) break;
    const length = boxSize(view, at);
    const end = length === 0 ? size : at + length;
    // No box: inspection meets the same bytes at the same place, and says so.
    if (end - at < 8) break;
    if (!SKIPPED.has(fourCharacters(bytes, at + 4))) await have(at, Math.min(size, end));
    at = end;
  }
  return bytes;
}
