/**
 * A clean CMAF video segment of any size: 2 s at 25 fps, timescale 12800, as the demo's inits have it. Made of boxes
 * alone, so that a bench can ask for 50 kB or 4 MB without an encoder.
 */
const FRAMES = 50;
const TICKS_PER_FRAME = 512;
export const TIMESCALE = 12_800;

export interface SyntheticSegment {
  readonly bytes: Buffer;
  /** Where the 64-bit tfdt stands, so that one copy can be stamped with any number. */
  readonly tfdtAt: number;
}

/** @param size bytes of the whole; @param fragments moof/mdat pairs, a divisor of 50. */
export function syntheticSegment(size: number, fragments = 1): SyntheticSegment {
  const framesEach = FRAMES / fragments;
  const overhead = fragments * (moof(0, framesEach, 0, 0n).length + 8);
  const frameBytes = Math.floor((size - overhead) / FRAMES);
  const parts: Buffer[] = [];
  for (let fragment = 0; fragment < fragments; fragment += 1) {
    const start = BigInt(fragment * framesEach * TICKS_PER_FRAME);
    const media = Buffer.alloc(frameBytes * framesEach, 0x5a + (fragment % 7));
    parts.push(moof(fragment + 1, framesEach, frameBytes, start, fragment === 0), box('mdat', media));
  }
  const bytes = Buffer.concat(parts);
  return { bytes, tfdtAt: bytes.indexOf('tfdt') + 8 };
}

/** Stamps a one-fragment segment with the time of number `n` on the epoch grid of 2 s; changes `segment` in place. */
export function stamp(segment: SyntheticSegment, number: number): Buffer {
  segment.bytes.writeBigUInt64BE(BigInt(number) * BigInt(2 * TIMESCALE), segment.tfdtAt);
  return segment.bytes;
}

function moof(sequence: number, frames: number, frameBytes: number, tfdt: bigint, sync = true): Buffer {
  const build = (dataOffset: number) =>
    box('moof', full('mfhd', 0, 0, u32(sequence)), traf(frames, frameBytes, tfdt, sync, dataOffset));
  return build(build(0).length + 8);
}

function traf(frames: number, frameBytes: number, tfdt: bigint, sync: boolean, dataOffset: number): Buffer {
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(tfdt);
  const sizes = Buffer.concat(Array.from({ length: frames }, () => u32(frameBytes)));
  return box(
    'traf',
    // default-base-is-moof, default duration and flags: what is not the first sample is no sync sample.
    full('tfhd', 0, 0x020028, Buffer.concat([u32(1), u32(TICKS_PER_FRAME), u32(0x01010000)])),
    full('tfdt', 1, 0, time),
    full(
      'trun',
      0,
      0x000205,
      Buffer.concat([u32(frames), u32(dataOffset), u32(sync ? 0x02000000 : 0x01010000), sizes]),
    ),
  );
}

function box(type: string, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([u32(body.length + 8), Buffer.from(type, 'latin1'), body]);
}

function full(type: string, version: number, flags: number, body: Buffer): Buffer {
  return box(type, u32(version * 0x1000000 + flags), body);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
