/** The payload of one leaf box, before anything in it is believed. Reads outside it give 0. */
interface Payload {
  readonly length: number;
  readonly u8: (at: number) => number;
  readonly u32: (at: number) => number;
  /** Offset after the zero byte that ends a string; Infinity where there is none in time. */
  readonly afterString: (at: number) => number;
}

/** Longest string (a scheme URI) that an event message may carry, bytes. */
export const STRING_BYTES_MAX = 1024;

/**
 * How many bytes a box's own version, flags and counts demand of its payload. A crafted count is where parsers loop for
 * minutes over a box of 20 bytes, so every count is held against the length before a reader sees it.
 */
const DEMANDS = new Map<string, (payload: Payload) => number>([
  // ISO/IEC 14496-12, section 8 unless noted; 4 is version and flags.
  ['styp', () => 8],
  ['ftyp', () => 8],
  ['mvhd', (box) => versioned(box, 100, 112)],
  ['tkhd', (box) => versioned(box, 84, 96)],
  ['mdhd', (box) => versioned(box, 24, 36)],
  ['hdlr', () => 24],
  ['elst', (box) => 8 + box.u32(4) * versioned(box, 12, 20)],
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
  ['tfdt', (box) => versioned(box, 8, 12)],
  ['trun', trun],
  ['senc', senc],
  ['saiz', saiz],
  ['saio', saio],
  ['sidx', (box) => versioned(box, 24, 32) + u16(box, versioned(box, 22, 30)) * 12],
  ['prft', (box) => versioned(box, 20, 24)],
  ['emsg', emsg],
]);

/** @returns bytes that a box of this type needs for what it announces; 0 for a type without counts of its own. */
export function demandedBytes(type: string, view: DataView, start: number, end: number): number {
  return DEMANDS.get(type)?.(payloadOf(view, start, end)) ?? 0;
}

/** Samples that a box announces, whether or not each takes bytes of it. */
export function announcedSamples(type: string, view: DataView, start: number, end: number): number {
  const payload = payloadOf(view, start, end);
  if (type === 'trun' || type === 'senc') return payload.u32(4);
  if (type === 'saiz') return payload.u32(saizHeader(payload) + 1);
  return 0;
}

function payloadOf(view: DataView, start: number, end: number): Payload {
  return {
    length: end - start,
    u8: (at) => (start + at < end ? view.getUint8(start + at) : 0),
    u32: (at) => (start + at + 4 <= end ? view.getUint32(start + at) : 0),
    afterString: (at) => {
      const last = Math.min(end, start + at + STRING_BYTES_MAX + 1);
      for (let offset = start + at; offset < last; offset++) {
        if (view.getUint8(offset) === 0) return offset - start + 1;
      }
      return Infinity;
    },
  };
}

function versioned(box: Payload, version0: number, version1: number): number {
  return box.u8(0) === 0 ? version0 : version1;
}

function flagsOf(box: Payload): number {
  return box.u32(0) & 0xff_ffff;
}

function u16(box: Payload, at: number): number {
  return box.u8(at) * 256 + box.u8(at + 1);
}

function bitsIn(flags: number, ...bits: readonly number[]): number {
  return bits.filter((bit) => (flags & bit) !== 0).length;
}

/** 8.8.7: each optional field has its flag. */
function tfhd(box: Payload): number {
  const flags = flagsOf(box);
  return 8 + 8 * bitsIn(flags, 0x1) + 4 * bitsIn(flags, 0x2, 0x8, 0x10, 0x20);
}

/** 8.8.8 */
function trun(box: Payload): number {
  const flags = flagsOf(box);
  return 8 + 4 * bitsIn(flags, 0x1, 0x4) + box.u32(4) * 4 * bitsIn(flags, 0x100, 0x200, 0x400, 0x800);
}

/** ISO/IEC 23001-7, 7.2: with subsamples each sample has at least their count; else perhaps nothing (constant IV). */
function senc(box: Payload): number {
  return 8 + (flagsOf(box) & 0x2 ? box.u32(4) * 2 : 0);
}

function saizHeader(box: Payload): number {
  return flagsOf(box) & 0x1 ? 12 : 4;
}

/** 8.7.8: one size for all samples, or one byte each. */
function saiz(box: Payload): number {
  const header = saizHeader(box);
  return header + 5 + (box.u8(header) === 0 ? box.u32(header + 1) : 0);
}

/** 8.7.9 */
function saio(box: Payload): number {
  const header = flagsOf(box) & 0x1 ? 12 : 4;
  return header + 4 + box.u32(header) * versioned(box, 4, 8);
}

/** ISO/IEC 23001-7, 8.1 */
function pssh(box: Payload): number {
  const keyIds = box.u8(0) === 0 ? 0 : 4 + box.u32(20) * 16;
  return 20 + keyIds + 4 + box.u32(20 + keyIds);
}

/** ISO/IEC 23009-1, 5.10.3.3: two strings, before the numbers in version 0 and after them in version 1. */
function emsg(box: Payload): number {
  const numbers = versioned(box, 16, 20);
  const strings = box.u8(0) === 0 ? 4 : 4 + numbers;
  const after = box.afterString(box.afterString(strings));
  return box.u8(0) === 0 ? after + numbers : after;
}
