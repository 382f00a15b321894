/** Longest string (a scheme URI) that an event message may carry, bytes. */
export const STRING_BYTES_MAX = 1024;

/** The payload of one leaf box, before anything in it is believed. Reads outside it give 0. */
export class Payload {
  readonly #view: DataView;
  readonly #start: number;
  readonly #end: number;

  constructor(view: DataView, start: number, end: number) {
    this.#view = view;
    this.#start = start;
    this.#end = end;
  }

  u8(at: number): number {
    return this.#start + at < this.#end ? this.#view.getUint8(this.#start + at) : 0;
  }

  u16(at: number): number {
    return this.#start + at + 2 <= this.#end ? this.#view.getUint16(this.#start + at) : 0;
  }

  u32(at: number): number {
    return this.#start + at + 4 <= this.#end ? this.#view.getUint32(this.#start + at) : 0;
  }

  flags(): number {
    return this.u32(0) & 0xff_ffff;
  }

  versioned(version0: number, version1: number): number {
    return this.u8(0) === 0 ? version0 : version1;
  }

  /** Offset after the zero byte that ends a string; Infinity where there is none in time. */
  afterString(at: number): number {
    const length = Math.min(this.#end - this.#start - at, STRING_BYTES_MAX + 1);
    if (!(length > 0)) return Infinity;
    const zero = new Uint8Array(this.#view.buffer, this.#view.byteOffset + this.#start + at, length).indexOf(
      0,
    );
    return zero < 0 ? Infinity : at + zero + 1;
  }
}

/**
 * How many bytes a box's own version, flags and counts demand of its payload. A crafted count is where parsers loop for
 * minutes over a box of 20 bytes, so every count is held against the length before a reader sees it.
 */
const DEMANDS = new Map<string, (payload: Payload) => number>([
  // ISO/IEC 14496-12, section 8 unless noted; 4 is version and flags.
  ['styp', () => 8],
  ['ftyp', () => 8],
  ['mvhd', (box) => box.versioned(100, 112)],
  ['tkhd', (box) => box.versioned(84, 96)],
  ['mdhd', (box) => box.versioned(24, 36)],
  ['hdlr', () => 24],
  ['elst', (box) => 8 + box.u32(4) * box.versioned(12, 20)],
  ['trex', () => 24],
  ['stsd', (box) => 8 + box.u32(4) * 8],
  ['stts', (box) => 8 + box.u32(4) * 8],
  ['ctts', (box) => 8 + box.u32(4) * 8],
  ['stsc', (box) => 8 + box.u32(4) * 12],
  ['stsz', (box) => 12 + (box.u32(4) === 0 ? box.u32(8) * 4 : 0)],
  ['stco', (box) => 8 + box.u32(4) * 4],
  ['co64', (box) => 8 + box.u32(4) * 8],
  ['stss', (box) => 8 + box.u32(4) * 4],
  ['frma', () => 4],
  ['schm', () => 12],
  ['tenc', () => 24],
  ['pssh', pssh],
  ['mfhd', () => 8],
  ['tfhd', tfhd],
  ['tfdt', (box) => box.versioned(8, 12)],
  ['trun', trun],
  ['senc', senc],
  ['saiz', saiz],
  ['saio', saio],
  ['sidx', (box) => box.versioned(24, 32) + box.u16(box.versioned(22, 30)) * 12],
  ['prft', (box) => box.versioned(20, 24)],
  ['emsg', emsg],
]);

const ENTRIES = new Map<string, (payload: Payload) => number>([
  ['trun', (box) => box.u32(4)],
  ['senc', (box) => box.u32(4)],
  ['saiz', (box) => box.u32(saizHeader(box) + 1)],
  ['sidx', (box) => box.u16(box.versioned(22, 30))],
]);

/** What the fields of one type of box say about its length and about what is in it. */
export interface DemandRule {
  /** Bytes that version, flags and counts demand of the payload. */
  readonly bytes: (payload: Payload) => number;
  /** Entries that a reader goes through: samples, whether or not each takes bytes, or references of an index. */
  readonly entries: ((payload: Payload) => number) | undefined;
}

export const DEMANDING_TYPES = [...DEMANDS.keys()];

/** @returns undefined for a type without fields of its own. */
export function demandRule(type: string): DemandRule | undefined {
  const bytes = DEMANDS.get(type);
  return bytes && { bytes, entries: ENTRIES.get(type) };
}

function bitsIn(flags: number, ...bits: readonly number[]): number {
  let count = 0;
  for (const bit of bits) if ((flags & bit) !== 0) count++;
  return count;
}

/** 8.8.7: each optional field has its flag. */
function tfhd(box: Payload): number {
  const flags = box.flags();
  return 8 + 8 * bitsIn(flags, 0x1) + 4 * bitsIn(flags, 0x2, 0x8, 0x10, 0x20);
}

/** 8.8.8 */
function trun(box: Payload): number {
  const flags = box.flags();
  return 8 + 4 * bitsIn(flags, 0x1, 0x4) + box.u32(4) * 4 * bitsIn(flags, 0x100, 0x200, 0x400, 0x800);
}

/** ISO/IEC 23001-7, 7.2: with subsamples each sample has at least their count; else perhaps nothing (constant IV). */
function senc(box: Payload): number {
  return 8 + (box.flags() & 0x2 ? box.u32(4) * 2 : 0);
}

function saizHeader(box: Payload): number {
  return box.flags() & 0x1 ? 12 : 4;
}

/** 8.7.8: one size for all samples, or one byte each. */
function saiz(box: Payload): number {
  const header = saizHeader(box);
  return header + 5 + (box.u8(header) === 0 ? box.u32(header + 1) : 0);
}

/** 8.7.9 */
function saio(box: Payload): number {
  const header = box.flags() & 0x1 ? 12 : 4;
  return header + 4 + box.u32(header) * box.versioned(4, 8);
}

/** ISO/IEC 23001-7, 8.1 */
function pssh(box: Payload): number {
  const keyIds = box.u8(0) === 0 ? 0 : 4 + box.u32(20) * 16;
  return 20 + keyIds + 4 + box.u32(20 + keyIds);
}

/** ISO/IEC 23009-1, 5.10.3.3: two strings, before the numbers in version 0 and after them in version 1. */
function emsg(box: Payload): number {
  const numbers = box.versioned(16, 20);
  const strings = box.u8(0) === 0 ? 4 : 4 + numbers;
  const after = box.afterString(box.afterString(strings));
  return box.u8(0) === 0 ? after + numbers : after;
}
