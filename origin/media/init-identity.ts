import type { Digester } from '../ports/digester';
import { childOf, type Box } from './box';
import type { Edit } from './edit-list';

/** The parts of an init segment on which every pipeline must agree. */
export interface InitParts {
  readonly trackId: number;
  readonly timescale: number;
  readonly edits: readonly Edit[];
  readonly trex: Box;
  readonly stsd: Box;
}

/** Padding, and a bit rate that encoders measure: neither tells a decoder anything. */
const WITHOUT_MEANING = new Set(['free', 'skip', 'btrt']);
/** VisualSampleEntry (ISO/IEC 14496-12, 12.1.3.2): compressorname, the encoder's name and version. */
const COMPRESSOR_NAME = { at: 42, length: 32 };

/**
 * The init identity: SHA-256 of track id, timescale, edit list, trex and sample entries (with the tenc in them). Two inits
 * of one identity play each other's media. Left out: creation times, durations, padding, the encoder's name, bit rates.
 */
export function initIdentity(bytes: Uint8Array, parts: InitParts, digester: Digester): string {
  const trex = bytes.subarray(parts.trex.payload, parts.trex.end);
  const pieces = [
    ascii(`track ${parts.trackId} timescale ${parts.timescale} edits ${described(parts.edits)} trex`),
    trex,
    ...parts.stsd.children.flatMap((entry) => sampleEntry(bytes, entry)),
  ];
  return digester.sha256Hex(joined(pieces));
}

function described(edits: readonly Edit[]): string {
  return edits.map(({ durationTicks, mediaTime, rate }) => `${durationTicks}/${mediaTime}/${rate}`).join(',');
}

function sampleEntry(bytes: Uint8Array, entry: Box): readonly Uint8Array[] {
  const firstChild = entry.children[0]?.start ?? entry.end;
  // A copy: runtimes hand in Buffers, whose `slice` is a view of the packager's bytes.
  const fields = new Uint8Array(bytes.subarray(entry.payload, firstChild));
  if (isVisual(entry)) fields.fill(0, COMPRESSOR_NAME.at, COMPRESSOR_NAME.at + COMPRESSOR_NAME.length);
  const children = entry.children.filter(({ type }) => !WITHOUT_MEANING.has(type));
  return [ascii(entry.type), fields, ...children.map((child) => bytes.subarray(child.start, child.end))];
}

/** A decoder configuration that only pictures have. */
function isVisual(entry: Box): boolean {
  return ['avcC', 'hvcC', 'av1C', 'vpcC'].some((type) => childOf(entry, type) !== undefined);
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Each piece after its length, so that no two lists of pieces make the same bytes. */
function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + 4 + piece.length, 0));
  const view = new DataView(whole.buffer);
  let at = 0;
  for (const piece of pieces) {
    view.setUint32(at, piece.length);
    whole.set(piece, at + 4);
    at += 4 + piece.length;
  }
  return whole;
}
