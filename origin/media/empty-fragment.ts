import type { InitInspection } from './inspection';

/** What an empty fragment has to say of its place. */
export interface EmptyFragment {
  readonly init: Pick<InitInspection, 'trackId' | 'codec'>;
  /** Ticks of the track. */
  readonly baseMediaDecodeTime: bigint;
  /** Ticks of the track, below 2^32. */
  readonly duration: number;
}

/** WebVTT in ISO media has a box that says "no cue" (ISO/IEC 14496-30, 7.4). */
const EMPTY_CUE = box('vtte');
/** A TTML document without content (ISO/IEC 14496-30, 8): a sample must be a whole document. */
const EMPTY_TTML = latin1(
  '<?xml version="1.0" encoding="UTF-8"?><tt xmlns="http://www.w3.org/ns/ttml" xml:lang=""/>',
);

/**
 * A CMAF fragment that says nothing for the time of one segment, so that a player of a sparse track goes on where no
 * pipeline had anything to say: one sample of no text for wvtt and stpp, no sample at all for other tracks.
 */
export function emptyFragment({ init, baseMediaDecodeTime, duration }: EmptyFragment): Uint8Array {
  const sample = init.codec === 'wvtt' ? EMPTY_CUE : init.codec?.startsWith('stpp') ? EMPTY_TTML : undefined;
  const sampleTable = sample === undefined ? u32(0) : concat(u32(duration), u32(sample.length));
  const fragment = (dataOffset: number) =>
    box(
      'moof',
      full('mfhd', 0, 0, u32(1)),
      box(
        'traf',
        full('tfhd', 0, DEFAULT_BASE_IS_MOOF, u32(init.trackId)),
        full('tfdt', 1, 0, u64(baseMediaDecodeTime)),
        sample === undefined
          ? full('trun', 0, 0, sampleTable)
          : full('trun', 0, DATA_OFFSET | DURATION | SIZE, u32(1), u32(dataOffset), sampleTable),
      ),
    );
  const dataOffset = fragment(0).length + 8;
  return concat(fragment(dataOffset), box('mdat', sample ?? new Uint8Array()));
}

/** ISO/IEC 14496-12, 8.8.7.1 and 8.8.8.1. */
const DEFAULT_BASE_IS_MOOF = 0x020000;
const DATA_OFFSET = 0x000001;
const DURATION = 0x000100;
const SIZE = 0x000200;

function box(type: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const body = concat(...parts);
  return concat(u32(body.length + 8), latin1(type), body);
}

function full(type: string, version: number, flags: number, ...parts: readonly Uint8Array[]): Uint8Array {
  return box(type, u32(version * 0x1000000 + flags), ...parts);
}

function u32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
}

function u64(value: bigint): Uint8Array {
  return concat(u32(Number(value >> 32n)), u32(Number(value & 0xffffffffn)));
}

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
