/** Writes ISO BMFF boxes by hand: for what no packager writes. */
export function box(type: string, ...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  const payload = parts.flatMap((part) => [...part]);
  return Uint8Array.from([...u32(8 + payload.length), ...text(type), ...payload]);
}

export function fullBox(
  type: string,
  version: number,
  flags: number,
  ...parts: readonly (readonly number[])[]
) {
  return box(type, [version, flags >>> 16, (flags >>> 8) & 0xff, flags & 0xff], ...parts);
}

export function u32(...values: readonly number[]): number[] {
  return values.flatMap((value) => [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff));
}

export function text(characters: string): number[] {
  return Array.from(characters, (character) => character.charCodeAt(0));
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

export interface FragmentShape {
  readonly trackId?: number;
  readonly tfdt?: number;
  /** trun: `sampleCount` samples whose sizes are in `sizes`, or in no field at all. */
  readonly sizes?: readonly number[];
  readonly sampleCount?: number;
  readonly payload?: number;
  readonly extra?: Uint8Array;
}

/** A moof/mdat pair that leaves durations (and, without `sizes`, sizes) to trex. */
export function fragment(shape: FragmentShape = {}): Uint8Array {
  const { trackId = 1, tfdt = 0, sizes, extra = new Uint8Array() } = shape;
  const count = shape.sampleCount ?? sizes?.length ?? 0;
  const moof = (dataOffset: number) =>
    box(
      'moof',
      fullBox('mfhd', 0, 0, u32(1)),
      box(
        'traf',
        fullBox('tfhd', 0, 0x2_0000, u32(trackId)),
        fullBox('tfdt', 0, 0, u32(tfdt)),
        fullBox('trun', 0, sizes ? 0x201 : 0x1, u32(count, dataOffset), u32(...(sizes ?? []))),
        extra,
      ),
    );
  const payload = shape.payload ?? (sizes ?? []).reduce((sum, size) => sum + size, 0);
  return joined(moof(moof(0).length + 8), box('mdat', new Uint8Array(payload)));
}

/** An init segment of one track with this sample entry. */
export function initOf(handler: string, entry: Uint8Array, timescale = 1000): Uint8Array {
  const tkhd = fullBox('tkhd', 0, 7, u32(0, 0, 1), [...new Uint8Array(68)]);
  const mdhd = fullBox('mdhd', 0, 0, u32(0, 0, timescale, 0, 0));
  const hdlr = fullBox('hdlr', 0, 0, u32(0), text(handler), [...new Uint8Array(13)]);
  const stsd = fullBox('stsd', 0, 0, u32(1), [...entry]);
  const mdia = box('mdia', mdhd, hdlr, box('minf', box('stbl', stsd)));
  const trex = fullBox('trex', 0, 0, u32(1, 1, 0, 0, 0));
  return box('moov', box('trak', tkhd, mdia), box('mvex', trex));
}
