import { IsoBoxReadView } from '@svta/cml-iso-bmff';

/** One box of an ISO BMFF file (ISO/IEC 14496-12, 4.2), as byte offsets into the whole. */
export interface Box {
  /** Four printable characters. */
  readonly type: string;
  /** Offset of the size field. */
  readonly start: number;
  /** Offset of the first byte after the header (size, type, largesize). */
  readonly payload: number;
  /** Offset of the first byte after the box. */
  readonly end: number;
  /** What lies inside, for the boxes that the guard enters; empty for all others. */
  readonly children: readonly Box[];
}

export function childOf(box: Box, type: string): Box | undefined {
  return box.children.find((child) => child.type === type);
}

export function childrenOf(box: Box, type: string): readonly Box[] {
  return box.children.filter((child) => child.type === type);
}

/** Follows a path of first children, for example `descendantOf(moov, 'trak', 'mdia', 'mdhd')`. */
export function descendantOf(box: Box, ...path: readonly string[]): Box | undefined {
  let at: Box | undefined = box;
  for (const type of path) at = at && childOf(at, type);
  return at;
}

/** A view over a box's payload alone, so that no reader can leave the box. */
export function viewOf(bytes: Uint8Array, box: Box): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset + box.payload, box.end - box.payload);
}

/** The same for the readers of the Common Media Library. */
export function readViewOf(bytes: Uint8Array, box: Box): IsoBoxReadView {
  return new IsoBoxReadView(viewOf(bytes, box));
}

/**
 * The size field of the box at `start`, or the largesize behind it where that is 1 (ISO/IEC 14496-12, 4.2), for which 16
 * bytes must be there. 0 means "to the end of the file". Beyond 2^53 it is rounded, and greater than any file.
 */
export function boxSize(view: DataView, start: number): number {
  const short = view.getUint32(start);
  return short === 1 ? view.getUint32(start + 8) * 2 ** 32 + view.getUint32(start + 12) : short;
}

/** The four characters at an offset. */
export function fourCharacters(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(bytes[at] ?? 0, bytes[at + 1] ?? 0, bytes[at + 2] ?? 0, bytes[at + 3] ?? 0);
}
