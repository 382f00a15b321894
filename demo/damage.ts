import { readTfhd, readTrun } from '@svta/cml-iso-bmff';
import { childOf, readViewOf, viewOf, type Box } from '../origin/media/box';
import { guardBoxes } from '../origin/media/box-guard';
import { restamp } from './restamp';

/**
 * Faults of real pipelines, done to good segments: what the fault lab sends and what the tests of inspection expect to be
 * found. Every function returns new bytes and leaves its argument alone; the boxes stay consistent wherever the fault is
 * not about them, so that one damage shows as one defect. sidx is left as it was: nothing plays by it.
 */
export class DamageError extends Error {
  override readonly name = 'DamageError';
}

/**
 * Takes `count` frames off the end, or off the start, as an encoder that stalls, or joins late, leaves them out.
 * @param count 1 to one less than the segment has; a fragment of which all frames go goes with its boxes.
 * @throws {@link DamageError} for more, and for encrypted fragments, whose auxiliary information would have to follow.
 */
export function cutFrames(segment: Uint8Array, count: number, at: 'end' | 'start' = 'end'): Uint8Array {
  const chunks = chunksOf(segment);
  const frames = chunks.reduce((sum, { samples }) => sum + samples.length, 0);
  if (!Number.isInteger(count) || count < 1 || count >= frames)
    throw new DamageError(`count: wanted 1 to ${frames - 1}, got ${count}`);
  let left = count;
  const kept = (at === 'end' ? chunks.reverse() : chunks).map((chunk) => {
    const cut = Math.min(left, chunk.samples.length);
    left -= cut;
    const [from, to] = at === 'end' ? [0, chunk.samples.length - cut] : [cut, chunk.samples.length];
    return { chunk, bytes: from === to ? new Uint8Array() : keepSamples(segment, chunk, from, to) };
  });
  return replaced(segment, at === 'end' ? kept.reverse() : kept);
}

/** Leaves out one moof/mdat pair in the middle: a lost chunk, and so a gap. @param index 0 is the first fragment. */
export function dropFragment(segment: Uint8Array, index: number): Uint8Array {
  return replaced(segment, [{ chunk: fragmentAt(segment, index), bytes: new Uint8Array() }]);
}

/** Moves the whole segment on the timeline, as an encoder with a wrong clock does. @param ticks signed. */
export function shiftTime(segment: Uint8Array, ticks: bigint): Uint8Array {
  const [first] = chunksOf(segment);
  const traf = first && childOf(first.moof, 'traf');
  const tfdt = traf && childOf(traf, 'tfdt');
  if (first === undefined || tfdt === undefined)
    throw new DamageError('segment: wanted a tfdt box, got none');
  const mfhd = childOf(first.moof, 'mfhd');
  return restamp(segment, {
    sequenceNumber: mfhd === undefined ? 0 : viewOf(segment, mfhd).getUint32(4),
    baseMediaDecodeTime: viewOf(segment, tfdt).getBigUint64(4) + ticks,
  });
}

/** Gives a segment the place of another on the timeline: the same pictures again, as a frozen encoder sends them. */
export function timedAs(segment: Uint8Array, other: Uint8Array): Uint8Array {
  return shiftTime(segment, startOf(other) - startOf(segment));
}

function startOf(segment: Uint8Array): bigint {
  const [first] = chunksOf(segment);
  if (first === undefined) throw new DamageError('segment: wanted a fragment, got none');
  return viewOf(segment, theOne(theOne(first.moof, 'traf'), 'tfdt')).getBigUint64(4);
}

/** Moves one fragment and leaves the others: a gap before it, or an overlap. @param ticks signed. */
export function shiftFragment(segment: Uint8Array, index: number, ticks: bigint): Uint8Array {
  const copy = new Uint8Array(segment);
  const view = viewOf(copy, theOne(theOne(fragmentAt(segment, index).moof, 'traf'), 'tfdt'));
  view.setBigUint64(4, view.getBigUint64(4) + ticks);
  return copy;
}

/** Ends the bytes after `size`, as a connection that breaks does. */
export function truncate(segment: Uint8Array, size: number): Uint8Array {
  return segment.slice(0, size);
}

/** Bytes of the first moof that are overwritten; it is longer in every segment with frames. */
const CORRUPTED_BYTES = 64;

/**
 * Overwrites the beginning of the first moof with noise: the length is right, and the boxes are not.
 * @param seed the same seed makes the same noise.
 */
export function corrupt(segment: Uint8Array, seed: number): Uint8Array {
  const copy = new Uint8Array(segment);
  const { start } = fragmentAt(segment, 0).moof;
  let state = seed | 0 || 1;
  for (let at = start; at < Math.min(start + CORRUPTED_BYTES, copy.length); at++) {
    // xorshift32 (Marsaglia, 2003)
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    // The high bit keeps any four of them from being a box type.
    copy[at] = (state & 0xff) | 0x80;
  }
  return copy;
}

/** Marks the first sample as none that a decoder can begin with: a segment cut at the wrong frame. */
export function withoutSync(segment: Uint8Array): Uint8Array {
  const copy = new Uint8Array(segment);
  const view = viewOf(copy, fragmentAt(segment, 0).trun);
  const flags = view.getUint32(0);
  const offset = 8 + (flags & 0x1 ? 4 : 0);
  const firstSample = (flags & 0x100 ? 4 : 0) + (flags & 0x200 ? 4 : 0);
  if ((flags & 0x404) === 0) throw new DamageError('trun: wanted flags of the first sample, got none');
  view.setUint32(flags & 0x4 ? offset : offset + firstSample, NON_SYNC_SAMPLE);
  return copy;
}

/** sample_depends_on = 1, sample_is_non_sync_sample = 1 (ISO/IEC 14496-12, 8.8.3.1). */
const NON_SYNC_SAMPLE = 0x0101_0000;

/** Names another track in every fragment: two tracks mixed up in a packager's configuration. */
export function asTrack(segment: Uint8Array, trackId: number): Uint8Array {
  const copy = new Uint8Array(segment);
  for (const { moof } of chunksOf(segment)) {
    viewOf(copy, theOne(theOne(moof, 'traf'), 'tfhd')).setUint32(4, trackId);
  }
  return copy;
}

/** Replaces the segment's major brand, for example by `slat` (filler) or `lmsg` (the last segment). */
export function branded(segment: Uint8Array, brand: string): Uint8Array {
  const copy = new Uint8Array(segment);
  const styp = topLevel(segment).find(({ type }) => type === 'styp');
  if (styp === undefined) throw new DamageError('segment: wanted a styp box, got none');
  copy.set(Uint8Array.from(brand, (character) => character.charCodeAt(0)).subarray(0, 4), styp.payload);
  return copy;
}

function theOne(parent: Box, type: string): Box {
  const child = childOf(parent, type);
  if (child === undefined) throw new DamageError(`${parent.type}: wanted a ${type} box, got none`);
  return child;
}

interface Chunk {
  readonly moof: Box;
  readonly mdat: Box;
  readonly trun: Box;
  readonly samples: readonly { readonly bytes: number; readonly ticks: number }[];
}

function topLevel(segment: Uint8Array): readonly Box[] {
  const guarded = guardBoxes(segment);
  if (guarded.kind === 'guarded') return guarded.boxes;
  throw new DamageError(`segment: wanted a sound one, got ${JSON.stringify(guarded.defect)}`);
}

function chunksOf(segment: Uint8Array): Chunk[] {
  const boxes = topLevel(segment);
  return boxes.flatMap((moof, index) => {
    const mdat = boxes.slice(index).find(({ type }) => type === 'mdat');
    return moof.type === 'moof' && mdat !== undefined ? [chunkOf(segment, moof, mdat)] : [];
  });
}

function fragmentAt(segment: Uint8Array, index: number): Chunk {
  const chunk = chunksOf(segment)[index];
  if (chunk === undefined) throw new DamageError(`index: wanted a fragment of the segment, got ${index}`);
  return chunk;
}

function chunkOf(segment: Uint8Array, moof: Box, mdat: Box): Chunk {
  const traf = childOf(moof, 'traf');
  const tfhd = traf && childOf(traf, 'tfhd');
  const trun = traf && childOf(traf, 'trun');
  if (tfhd === undefined || trun === undefined)
    throw new DamageError('moof: wanted tfhd and trun, got fewer');
  const header = readTfhd(readViewOf(segment, tfhd));
  const samples = readTrun(readViewOf(segment, trun)).samples.map(({ sampleSize, sampleDuration }) => ({
    bytes: sampleSize ?? header.defaultSampleSize ?? 0,
    ticks: sampleDuration ?? header.defaultSampleDuration ?? 0,
  }));
  return { moof, mdat, trun, samples };
}

/** moof and mdat of one fragment with the samples from `from` up to, not including, `to`. */
function keepSamples(segment: Uint8Array, chunk: Chunk, from: number, to: number): Uint8Array {
  const { moof, mdat, samples } = chunk;
  if (from === 0 && to === samples.length) return segment.slice(moof.start, mdat.end);
  const start = mdat.payload + sum(samples.slice(0, from), 'bytes');
  const end = mdat.payload + sum(samples.slice(0, to), 'bytes');
  const media = joined([segment.subarray(mdat.start, mdat.payload), segment.subarray(start, end)]);
  new DataView(media.buffer).setUint32(0, media.length);
  return joined([moofOf(segment, chunk, from, to), media]);
}

/** The moof with fewer entries in its trun: sizes, sample count, data offset and tfdt follow. */
function moofOf(segment: Uint8Array, { moof, trun, samples }: Chunk, from: number, to: number): Uint8Array {
  const traf = theOne(moof, 'traf');
  const tfdt = theOne(traf, 'tfdt');
  const flags = viewOf(segment, trun).getUint32(0);
  if (childOf(traf, 'senc') !== undefined) throw new DamageError('segment: wanted a clear one, got senc');
  if ((flags & 0x1) === 0) throw new DamageError('trun: wanted a data offset, got none');
  if (from > 0 && segment[tfdt.payload] !== 1) throw new DamageError('tfdt: wanted version 1, got 0');
  const entryBytes = bytesOfEntry(flags);
  const entries = trun.end - entryBytes * samples.length;
  const removed = entryBytes * (samples.length - (to - from));
  const head = joined([
    segment.subarray(moof.start, entries),
    segment.subarray(entries + from * entryBytes, entries + to * entryBytes),
    segment.subarray(trun.end, moof.end),
  ]);
  const view = new DataView(head.buffer);
  for (const box of [moof, traf, trun]) view.setUint32(box.start - moof.start, box.end - box.start - removed);
  const countAt = trun.payload - moof.start + 4;
  view.setUint32(countAt, to - from);
  view.setInt32(countAt + 4, view.getInt32(countAt + 4) - removed);
  const timeAt = tfdt.payload - moof.start + 4;
  if (from > 0)
    view.setBigUint64(timeAt, view.getBigUint64(timeAt) + BigInt(sum(samples.slice(0, from), 'ticks')));
  return head;
}

/** Bytes of one sample's entry in a trun (ISO/IEC 14496-12, 8.8.8). */
function bytesOfEntry(flags: number): number {
  return [0x100, 0x200, 0x400, 0x800].filter((bit) => (flags & bit) !== 0).length * 4;
}

function replaced(
  segment: Uint8Array,
  kept: readonly { readonly chunk: Chunk; readonly bytes: Uint8Array }[],
) {
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const { chunk, bytes } of kept) {
    pieces.push(segment.subarray(at, chunk.moof.start), bytes);
    at = chunk.mdat.end;
  }
  return joined([...pieces, segment.subarray(at)]);
}

function sum(samples: Chunk['samples'], field: 'bytes' | 'ticks'): number {
  return samples.reduce((total, sample) => total + sample[field], 0);
}

function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((total, piece) => total + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
