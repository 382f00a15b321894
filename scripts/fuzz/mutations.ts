import { fourCharacters } from '../../origin/media/box';
import { box, fullBox, text, u32 } from '../../test/support/boxes';
import type { Random } from './random';

/** Makes other bytes of real ones; gives back new ones. */
export type Mutation = (bytes: Uint8Array, random: Random, others: readonly Uint8Array[]) => Uint8Array;

/** Values that counts and sizes are set to: both sides of every limit that a reader may have in mind. */
const EVIL = [0, 1, 7, 8, 9, 15, 16, 0x7f, 0xff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_fff8, 0xffff_ffff];

/** Types that the guard enters, that readers read, and that nobody knows. */
const TYPES =
  'moof traf mfhd tfhd tfdt trun mdat styp sidx emsg prft moov trak mdia minf stbl stsd avc1 encv sinf tenc senc saiz saio uuid free abcd';

/** Boxes with fields that inspection reads. */
const LEAVES = new Set(
  'mfhd tfhd tfdt trun sidx prft emsg styp trex mdhd tkhd elst hdlr avcC hvcC esds tenc schm pssh senc saiz saio'.split(
    ' ',
  ),
);

/** Junk of up to 10 MB, written once: bytes of every value. */
const JUNK = Uint8Array.from({ length: 10 * 2 ** 20 }, (_, at) => (at * 0x9e37_79b1) >>> 24);

export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'flip bits': (bytes, random) => {
    const copy = bytes.slice();
    for (let flips = 1 + random.below(8); flips > 0 && copy.length > 0; flips--) {
      const at = random.below(copy.length);
      copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
    }
    return copy;
  },
  'flip bits before the media': (bytes, random) => {
    const copy = bytes.slice();
    const end = Math.min(copy.length, 2000);
    for (let flips = 1 + random.below(4); flips > 0 && end > 0; flips--)
      copy[random.below(end)] = random.below(256);
    return copy;
  },
  'set a size': (bytes, random) =>
    overBox(bytes, random, (view, at) => view.setUint32(at, random.pick(EVIL))),
  'set a largesize': (bytes, random) =>
    overBox(bytes, random, (view, at) => {
      view.setUint32(at, 1);
      if (at + 16 > view.byteLength) return;
      view.setUint32(at + 8, random.pick(EVIL));
      view.setUint32(at + 12, random.pick(EVIL));
    }),
  'set a type': (bytes, random) =>
    overBox(bytes, random, (view, at) => {
      text(random.pick(TYPES.split(' '))).forEach((character, index) =>
        view.setUint8(at + 4 + index, character),
      );
    }),
  // Counts stand right after version and flags, or one or two fields later.
  'set a count': (bytes, random) =>
    overBox(bytes, random, (view, at) => {
      const field = at + 12 + 4 * random.below(4);
      if (field + 4 <= view.byteLength) view.setUint32(field, random.pick(EVIL));
    }),
  // Boxes stay whole, so this gets past the guard: the readers and the rules are what it tests.
  'set fields of a leaf': (bytes, random) => {
    const copy = bytes.slice();
    const view = new DataView(copy.buffer);
    const leaves = boxesOf(copy).filter(({ start }) => LEAVES.has(fourCharacters(copy, start + 4)));
    if (leaves.length === 0) return copy;
    for (let changes = 1 + random.below(3); changes > 0; changes--) {
      const { start, end } = random.pick(leaves);
      const fields = Math.floor((end - start - 12) / 4);
      const value = random.pick([...EVIL, random.below(1000), random.below(2 ** 32)]);
      if (fields > 0) view.setUint32(start + 12 + 4 * random.below(fields), value);
    }
    return copy;
  },
  'set version and flags': (bytes, random) =>
    overBox(bytes, random, (view, at) => {
      if (at + 12 <= view.byteLength) view.setUint32(at + 8, random.pick([...EVIL, random.below(2 ** 24)]));
    }),
  'cut at a box edge': (bytes, random) => {
    const { start, end } = random.pick(boxesOf(bytes));
    return bytes.slice(0, random.pick([start, end, start + 8, end - 1, start + 4]));
  },
  'cut anywhere': (bytes, random) => bytes.slice(0, random.below(bytes.length + 1)),
  'begin anywhere': (bytes, random) => bytes.slice(random.below(bytes.length + 1)),
  'drop a box': (bytes, random) => {
    const { start, end } = random.pick(boxesOf(bytes));
    return concatenated([bytes.subarray(0, start), bytes.subarray(end)]);
  },
  'repeat a box': (bytes, random) => {
    const { start, end } = random.pick(boxesOf(bytes));
    return concatenated([
      bytes.subarray(0, end),
      ...many(random, bytes.subarray(start, end)),
      bytes.subarray(end),
    ]);
  },
  'move a box': (bytes, random) => {
    const { start, end } = random.pick(boxesOf(bytes));
    const { start: to } = random.pick(boxesOf(bytes));
    const rest = concatenated([bytes.subarray(0, start), bytes.subarray(end)]);
    const at = Math.min(to, rest.length);
    return concatenated([rest.subarray(0, at), bytes.subarray(start, end), rest.subarray(at)]);
  },
  'wrap in boxes': (bytes, random) => {
    let wrapped = bytes.subarray(0, 2000);
    const type = random.pick(TYPES.split(' '));
    for (let depth = random.below(40); depth > 0; depth--) wrapped = box(type, wrapped);
    return wrapped;
  },
  'insert a crafted box': (bytes, random) => {
    const type = random.pick(TYPES.split(' '));
    const fields = Array.from({ length: random.below(12) }, () => random.pick(EVIL));
    const crafted = fullBox(type, random.below(3), random.below(2 ** 24), u32(...fields));
    const { start } = random.pick(boxesOf(bytes));
    return concatenated([bytes.subarray(0, start), crafted, bytes.subarray(start)]);
  },
  concatenate: (bytes, random, others) => concatenated([bytes, random.pick(others)]),
  splice: (bytes, random, others) => {
    const other = random.pick(others);
    return concatenated([
      bytes.subarray(0, random.below(bytes.length)),
      other.subarray(random.below(other.length)),
    ]);
  },
  nulls: (_, random) => new Uint8Array(random.below(100_000)),
  html: (_, random) => encode('<!DOCTYPE html><html><body>404</body></html>'.repeat(1 + random.below(20))),
  'mpeg-ts': (_, random) => {
    const packets = random.bytes(188 * (1 + random.below(20)));
    for (let at = 0; at < packets.length; at += 188) packets[at] = 0x47;
    return packets;
  },
  'random bytes': (_, random) => random.bytes(random.below(4000)),
  'junk behind': (bytes, random) => concatenated([bytes, junk(random)]),
  'junk in mdat': (bytes, random) => concatenated([bytes, box8('mdat', junk(random))]),
  // As many boxes, each as small, as a body can hold: work by the box must be bounded.
  'millions of boxes': (_, random) => {
    const one = box(random.pick(TYPES.split(' ')), random.pick([[], [0, 0, 0, 0]]));
    const whole = new Uint8Array(one.length * Math.floor((2 ** 20 * (1 + random.below(10))) / one.length));
    for (let at = 0; at < whole.length; at += one.length) whole.set(one, at);
    return whole;
  },
};

interface Extent {
  readonly start: number;
  readonly end: number;
}

/** Boxes at any depth, found by their looks: mutated bytes have no order that a walk could rely on. */
function boxesOf(bytes: Uint8Array): readonly [Extent, ...Extent[]] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: Extent[] = [];
  const limit = Math.min(bytes.length - 8, 4000);
  for (let at = 0; at <= limit; at++) {
    const size = view.getUint32(at);
    const looksLikeBox = [4, 5, 6, 7].every((offset) =>
      /[\w-]/.test(String.fromCharCode(bytes[at + offset] ?? 0)),
    );
    if (looksLikeBox && size >= 8 && at + size <= bytes.length) found.push({ start: at, end: at + size });
  }
  return [found[0] ?? { start: 0, end: bytes.length }, ...found.slice(1)];
}

function overBox(
  bytes: Uint8Array,
  random: Random,
  change: (view: DataView, at: number) => void,
): Uint8Array {
  const copy = bytes.slice();
  if (copy.length >= 8) change(new DataView(copy.buffer), random.pick(boxesOf(copy)).start);
  return copy;
}

function many(random: Random, piece: Uint8Array): Uint8Array[] {
  const most = Math.max(1, Math.min(6000, Math.floor(2 ** 21 / Math.max(1, piece.length))));
  return Array.from({ length: 1 + random.below(random.pick([3, most])) }, () => piece);
}

function junk(random: Random): Uint8Array {
  return JUNK.subarray(0, random.pick([100, 100_000, 5 * 2 ** 20, 10 * 2 ** 20]));
}

function box8(type: string, payload: Uint8Array): Uint8Array {
  return concatenated([Uint8Array.from([...u32(payload.length + 8), ...text(type)]), payload]);
}

function encode(characters: string): Uint8Array {
  return new TextEncoder().encode(characters);
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
