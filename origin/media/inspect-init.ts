import { readMdhd, readTenc, readTkhd, readTrex } from '@svta/cml-iso-bmff';
import { base64Of } from '../encoding';
import type { Digester } from '../ports/digester';
import { childOf, childrenOf, descendantOf, fourCharacters, readViewOf, viewOf, type Box } from './box';
import { guardBoxes } from './box-guard';
import { codecOf } from './codec';
import { defect, type Defect } from './defect';
import { editMediaTime, editsOf } from './edit-list';
import { initIdentity } from './init-identity';
import { reasonOf } from './inspect-segment';
import type { InitInspection } from './inspection';
import { soundOf } from './sound';

export type InspectedInit =
  | { readonly kind: 'init'; readonly init: InitInspection }
  | { readonly kind: 'defective'; readonly defects: readonly Defect[] };

/** hdlr handler types (ISO/IEC 14496-12, 8.4.3, and ISO/IEC 14496-30) in the configuration's words. */
const CONTENT_TYPES = new Map<string, InitInspection['contentType']>([
  ['vide', 'video'],
  ['soun', 'audio'],
  ['text', 'text'],
  ['subt', 'text'],
  ['clcp', 'text'],
  ['meta', 'application'],
]);

/**
 * Inspects an init segment (CMAF header, ISO/IEC 23000-19, 7.3.1): one track, its codec, what fragments default to, and
 * the identity on which all pipelines must agree. Never throws on bytes.
 */
export function inspectInit(bytes: Uint8Array, digester: Digester): InspectedInit {
  const guarded = guardBoxes(bytes);
  if (guarded.kind === 'refused') return { kind: 'defective', defects: [guarded.defect] };
  try {
    const read = readInit(bytes, guarded.boxes, digester);
    return 'name' in read ? { kind: 'defective', defects: [read] } : { kind: 'init', init: read };
  } catch (error) {
    return { kind: 'defective', defects: [unfit({ wanted: 'readable boxes', got: reasonOf(error) })] };
  }
}

function unfit(measures: Defect['measures']): Defect {
  return defect('malformed', measures);
}

function readInit(bytes: Uint8Array, boxes: readonly Box[], digester: Digester): InitInspection | Defect {
  const media = boxes.find(({ type }) => type === 'moof' || type === 'mdat');
  if (media !== undefined) return unfit({ wanted: 'an init segment', got: media.type });
  const moovs = boxes.filter(({ type }) => type === 'moov');
  const [moov] = moovs;
  if (moov === undefined || moovs.length > 1) return unfit({ box: 'moov', wanted: 1, got: moovs.length });
  const traks = childrenOf(moov, 'trak');
  const [trak] = traks;
  if (trak === undefined || traks.length > 1) return unfit({ box: 'trak', wanted: 1, got: traks.length });
  const found = partsOf(moov, trak);
  if (!('tkhd' in found)) return found;
  const { trackId } = readTkhd(readViewOf(bytes, found.tkhd));
  const { timescale } = readMdhd(readViewOf(bytes, found.mdhd));
  const trex = readTrex(readViewOf(bytes, found.trex));
  const handler = fourCharacters(bytes, found.hdlr.payload + 8);
  const contentType = CONTENT_TYPES.get(handler);
  const [entry] = found.stsd.children;
  if (timescale === 0) return unfit({ box: 'mdhd', wanted: 'a timescale above 0', got: 0 });
  if (trex.trackId !== trackId) return unfit({ box: 'trex', wanted: trackId, got: trex.trackId });
  if (contentType === undefined)
    return unfit({ box: 'hdlr', wanted: [...CONTENT_TYPES.keys()].join(' '), got: printable(handler) });
  if (entry === undefined) return unfit({ box: 'stsd', wanted: 1, got: 0 });
  const edits = editsOf(bytes, trak);
  const mediaTime = editMediaTime(edits);
  const codec = codecOf(bytes, entry);
  const protection = protectionOf(bytes, moov, entry);
  return {
    trackId,
    timescale,
    contentType,
    ...(codec !== undefined && { codec }),
    ...(contentType === 'video' && pictureOf(bytes, entry)),
    ...(contentType === 'audio' && soundOf(bytes, entry)),
    defaultSampleDuration: trex.defaultSampleDuration,
    defaultSampleSize: trex.defaultSampleSize,
    defaultSampleFlags: trex.defaultSampleFlags,
    ...(mediaTime !== 0 && { editMediaTime: mediaTime }),
    ...(protection && { protection }),
    identity: initIdentity(
      bytes,
      { trackId, timescale, edits, trex: found.trex, stsd: found.stsd },
      digester,
    ),
  };
}

/** The boxes that make a track of fragments; the first one that is not there makes the init unfit. */
function partsOf(moov: Box, trak: Box) {
  const tkhd = childOf(trak, 'tkhd');
  const mdhd = descendantOf(trak, 'mdia', 'mdhd');
  const hdlr = descendantOf(trak, 'mdia', 'hdlr');
  const stsd = descendantOf(trak, 'mdia', 'minf', 'stbl', 'stsd');
  const trex = descendantOf(moov, 'mvex', 'trex');
  if (tkhd === undefined) return missing('tkhd');
  if (mdhd === undefined) return missing('mdhd');
  if (hdlr === undefined) return missing('hdlr');
  if (stsd === undefined) return missing('stsd');
  if (trex === undefined) return missing('trex');
  return { tkhd, mdhd, hdlr, stsd, trex };
}

function missing(box: string): Defect {
  return unfit({ box, wanted: 1, got: 0 });
}

/** VisualSampleEntry, ISO/IEC 14496-12, 12.1.3.2. */
function pictureOf(bytes: Uint8Array, entry: Box) {
  const fields = viewOf(bytes, entry);
  return fields.byteLength < 28 ? {} : { width: fields.getUint16(24), height: fields.getUint16(26) };
}

/** Common encryption, ISO/IEC 23001-7: scheme and default key of the track, and every system's header. */
function protectionOf(bytes: Uint8Array, moov: Box, entry: Box): InitInspection['protection'] {
  const schm = descendantOf(entry, 'sinf', 'schm');
  const tenc = descendantOf(entry, 'sinf', 'schi', 'tenc');
  if (schm === undefined || tenc === undefined) return undefined;
  return {
    scheme: printable(fourCharacters(bytes, schm.payload + 4)),
    defaultKid: uuidOf(readTenc(readViewOf(bytes, tenc)).defaultKid),
    pssh: childrenOf(moov, 'pssh').map((box) => base64Of(bytes.subarray(box.start, box.end))),
  };
}

/** RFC 9562, section 4. */
function uuidOf(bytes: readonly number[]): string {
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function printable(text: string): string {
  return text.replace(/[^ -~]/g, '?');
}
