/** Where on the endless timeline a segment of the loop is put. */
export interface Stamp {
  /** mfhd sequence number of the first fragment, 0 to 2^32 - 1 (ISO/IEC 14496-12, 8.8.5). */
  readonly sequenceNumber: number;
  /** tfdt of the first fragment, ticks of the track, 0 to 2^64 - 1 (ISO/IEC 14496-12, 8.8.12). */
  readonly baseMediaDecodeTime: bigint;
}

/** A segment that cannot be restamped: names the box, what was wanted of it and what came. */
export class RestampError extends Error {
  override readonly name = 'RestampError';
}

/**
 * A copy of a CMAF segment at another place of the timeline: mfhd, tfdt and sidx's earliest presentation time are
 * rewritten; every other byte, and so every size and offset, stays. Further fragments keep their distance to the first.
 * The media data is copied, never read.
 *
 * @param segment one segment whose tfdt and sidx are of version 1 (64 bits), sidx in the track's timescale
 * @throws {@link RestampError} when a box is out of bounds, of version 0, or missing
 */
export function restamp(segment: Uint8Array, stamp: Stamp): Uint8Array {
  if (
    !Number.isInteger(stamp.sequenceNumber) ||
    stamp.sequenceNumber < 0 ||
    stamp.sequenceNumber > 0xffff_ffff
  )
    throw new RestampError(`sequenceNumber: wanted 0 to 4294967295, got ${stamp.sequenceNumber}`);
  const copy = new Uint8Array(segment);
  const view = new DataView(copy.buffer);
  const boxes = [...fragmentBoxes(view, 0, view.byteLength)];
  const first = {
    sequenceNumber: view.getUint32(firstOf(boxes, 'mfhd') + SEQUENCE_NUMBER),
    baseMediaDecodeTime: view.getBigUint64(firstOf(boxes, 'tfdt') + TFDT_TIME),
  };
  const later = stamp.baseMediaDecodeTime - first.baseMediaDecodeTime;
  for (const { type, offset } of boxes) {
    if (type === 'mfhd')
      addUint32(view, offset + SEQUENCE_NUMBER, stamp.sequenceNumber - first.sequenceNumber);
    else addUint64(view, offset, type, later);
  }
  return copy;
}

// Offsets from the start of a full box: 8 bytes of size and type, 4 of version and flags, then its fields.
const SEQUENCE_NUMBER = 12;
const TFDT_TIME = 12;
/** After reference_ID and timescale (ISO/IEC 14496-12, 8.16.3). */
const SIDX_EARLIEST_TIME = 20;
/** Enough for one fragment a frame over a minute; more is not a segment of ours. */
const BOXES_MAX = 10_000;

type StampedType = 'mfhd' | 'tfdt' | 'sidx';
interface StampedBox {
  readonly type: StampedType;
  readonly offset: number;
}

/** The boxes that hold a time or a number, in file order. Only moof and traf are entered. */
function* fragmentBoxes(view: DataView, start: number, end: number): Generator<StampedBox> {
  let count = 0;
  for (let offset = start; offset < end;) {
    const { type, size } = boxAt(view, offset, end);
    if (++count > BOXES_MAX)
      throw new RestampError(`segment: wanted at most ${BOXES_MAX} boxes side by side, got more`);
    if (type === 'moof' || type === 'traf') yield* fragmentBoxes(view, offset + 8, offset + size);
    else if (type === 'mfhd' || type === 'tfdt' || type === 'sidx')
      yield stampedBox(view, type, offset, size);
    offset += size;
  }
}

function boxAt(
  view: DataView,
  offset: number,
  end: number,
): { readonly type: string; readonly size: number } {
  if (offset + 8 > end)
    throw new RestampError(`box at byte ${offset}: wanted 8 bytes of header, got ${end - offset}`);
  const size = view.getUint32(offset);
  const type = String.fromCharCode(...[4, 5, 6, 7].map((i) => view.getUint8(offset + i)));
  if (size < 8 || size > end - offset)
    throw new RestampError(
      `box ${type} at byte ${offset}: wanted a size of 8 to ${end - offset} bytes, got ${size}`,
    );
  return { type, size };
}

function stampedBox(view: DataView, type: StampedType, offset: number, size: number): StampedBox {
  const wanted = { mfhd: 16, tfdt: 20, sidx: 32 }[type];
  const version = size < wanted ? undefined : view.getUint8(offset + 8);
  if (version === undefined) throw new RestampError(`${type}: wanted at least ${wanted} bytes, got ${size}`);
  if (type !== 'mfhd' && version !== 1)
    throw new RestampError(`${type}: wanted version 1, whose times have 64 bits, got version ${version}`);
  return { type, offset };
}

function firstOf(boxes: readonly StampedBox[], type: StampedType): number {
  const found = boxes.find((box) => box.type === type);
  if (found === undefined) throw new RestampError(`segment: wanted a ${type} box, got none`);
  return found.offset;
}

/** Wraps like the field itself: packagers count fragments modulo 2^32. */
function addUint32(view: DataView, offset: number, more: number): void {
  view.setUint32(offset, (view.getUint32(offset) + more) >>> 0);
}

function addUint64(view: DataView, box: number, type: 'tfdt' | 'sidx', more: bigint): void {
  const offset = box + (type === 'tfdt' ? TFDT_TIME : SIDX_EARLIEST_TIME);
  const time = view.getBigUint64(offset) + more;
  if (time < 0n || time > 0xffff_ffff_ffff_ffffn)
    throw new RestampError(`${type}: wanted a time of 0 to 2^64 - 1 ticks, got ${time.toString()}`);
  view.setBigUint64(offset, time);
}
