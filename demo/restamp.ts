import { childOf, childrenOf, viewOf, type Box } from '../origin/media/box';
import { guardBoxes } from '../origin/media/box-guard';

/** Where on the endless timeline a segment of the loop is put. */
export interface Stamp {
  /** mfhd sequence number of the first fragment, 0 to 2^32 - 1 (ISO/IEC 14496-12, 8.8.5). */
  readonly sequenceNumber: number;
  /** tfdt of the first fragment, ticks of the track, 0 to 2^64 - 1 (ISO/IEC 14496-12, 8.8.12). */
  readonly baseMediaDecodeTime: bigint;
}

/** A segment that cannot be restamped, or a stamp out of range: names what was wanted and what came. */
export class RestampError extends Error {
  override readonly name = 'RestampError';
}

/**
 * A copy of a CMAF segment at another place of the timeline: mfhd, tfdt and sidx's earliest presentation time are
 * rewritten; every other byte, and so every size and offset, stays. Further fragments keep their distance to the first.
 * The media data is copied, never read.
 *
 * @param segment one segment of one track, its tfdt and sidx of version 1 (64 bits), sidx in the track's timescale
 * @throws {@link RestampError} when the boxes are damaged, one is missing or of version 0, or a time leaves 64 bits
 */
export function restamp(segment: Uint8Array, stamp: Stamp): Uint8Array {
  if (
    !Number.isInteger(stamp.sequenceNumber) ||
    stamp.sequenceNumber < 0 ||
    stamp.sequenceNumber > 0xffff_ffff
  )
    throw new RestampError(`sequenceNumber: wanted 0 to 4294967295, got ${stamp.sequenceNumber}`);
  const guarded = guardBoxes(segment);
  if (guarded.kind === 'refused')
    throw new RestampError(`segment: wanted ISO BMFF boxes, got ${JSON.stringify(guarded.defect)}`);
  const moofs = guarded.boxes.filter(({ type }) => type === 'moof');
  const copy = new Uint8Array(segment);
  const sequenceNumbers = moofs.map((moof) => viewOf(copy, theOne(moof, 'mfhd')));
  const times = moofs
    .flatMap((moof) => childrenOf(moof, 'traf'))
    .map((traf) => time64(copy, theOne(traf, 'tfdt')));
  const earliest = guarded.boxes.filter(({ type }) => type === 'sidx').map((sidx) => time64(copy, sidx));
  shiftUint32(sequenceNumbers, stamp.sequenceNumber);
  shiftUint64([...times, ...earliest], stamp.baseMediaDecodeTime);
  return copy;
}

// Offsets from the payload of a full box, whose version and flags take the first 4 bytes.
const SEQUENCE_NUMBER = 4;
const TFDT_TIME = 4;
/** After reference_ID and timescale (ISO/IEC 14496-12, 8.16.3). */
const SIDX_EARLIEST_TIME = 12;

function theOne(parent: Box, type: string): Box {
  const child = childOf(parent, type);
  if (child === undefined) throw new RestampError(`${parent.type}: wanted a ${type} box, got none`);
  return child;
}

/** The 8 bytes of a box's time. */
function time64(bytes: Uint8Array, box: Box): DataView {
  const view = viewOf(bytes, box);
  if (view.getUint8(0) !== 1)
    throw new RestampError(
      `${box.type}: wanted version 1, whose times have 64 bits, got version ${view.getUint8(0)}`,
    );
  const offset = box.type === 'tfdt' ? TFDT_TIME : SIDX_EARLIEST_TIME;
  return new DataView(view.buffer, view.byteOffset + offset, 8);
}

/** Wraps as the field itself does: fragments are counted modulo 2^32. */
function shiftUint32(fields: readonly DataView[], wanted: number): void {
  const [first] = fields;
  if (first === undefined) throw new RestampError('segment: wanted a moof box, got none');
  const more = wanted - first.getUint32(SEQUENCE_NUMBER);
  for (const field of fields)
    field.setUint32(SEQUENCE_NUMBER, (field.getUint32(SEQUENCE_NUMBER) + more) >>> 0);
}

function shiftUint64(fields: readonly DataView[], wanted: bigint): void {
  const [first] = fields;
  if (first === undefined) throw new RestampError('segment: wanted a traf box, got none');
  const more = wanted - first.getBigUint64(0);
  for (const field of fields) {
    const time = field.getBigUint64(0) + more;
    if (time < 0n || time > 0xffff_ffff_ffff_ffffn)
      throw new RestampError(
        `baseMediaDecodeTime: wanted times of 0 to 2^64 - 1 ticks, got ${time.toString()}`,
      );
    field.setBigUint64(0, time);
  }
}
