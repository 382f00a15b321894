import { readPrft, readSidx, readStyp } from '@svta/cml-iso-bmff';
import type { Digester } from '../ports/digester';
import { readViewOf, type Box } from './box';
import { guardBoxes } from './box-guard';
import { continuityDefects } from './continuity';
import { defect, type Defect } from './defect';
import { readFragment, type Fragment } from './fragment';
import type { SegmentInspection } from './inspection';
import { ntpToUnixMs } from './ntp';
import type { Track } from './track';

/** `inspection` is there exactly when no defect is fatal. */
export interface InspectedSegment {
  readonly inspection?: SegmentInspection;
  readonly defects: readonly Defect[];
}

/** A fragment with the media it describes. */
interface Chunk {
  readonly fragment: Fragment;
  readonly mdat: Box | undefined;
}

/** Everything of a CMAF segment's top level that is no movie fragment (ISO/IEC 23000-19, 7.3.2). */
const BESIDE_FRAGMENTS = new Set(['styp', 'sidx', 'ssix', 'emsg', 'prft', 'free', 'skip', 'uuid']);
/** An init, or a file that is none of a live stream: as media it plays nowhere. */
const NOT_IN_MEDIA = new Set(['ftyp', 'moov']);

/**
 * Inspects one CMAF media segment: structure, track, samples against media data, continuity between its fragments, and
 * its first picture. What needs the schedule is `timingDefects`. mdat is neither copied nor read, except by the digester.
 *
 * @param digester when given, video gets its `mediaDigest`: one pass over the media data.
 * @returns never throws on bytes: what cannot be read is `malformed` or `truncated`.
 */
export function inspectSegment(bytes: Uint8Array, track: Track, digester?: Digester): InspectedSegment {
  const guarded = guardBoxes(bytes);
  if (guarded.kind === 'refused') return { defects: [guarded.defect] };
  try {
    return inspectBoxes(bytes, guarded.boxes, track, digester);
  } catch (error) {
    return { defects: [defect('malformed', { wanted: 'readable boxes', got: reasonOf(error) })] };
  }
}

function inspectBoxes(
  bytes: Uint8Array,
  boxes: readonly Box[],
  track: Track,
  digester?: Digester,
): InspectedSegment {
  const read = chunksOf(bytes, boxes, track);
  if ('name' in read) return { defects: [read] };
  const [first] = read;
  if (first === undefined) return { defects: [defect('malformed', { box: 'moof', wanted: 1, got: 0 })] };
  const fragments = read.map(({ fragment }) => fragment);
  const fatal = firstFound(
    () => trackDefect(fragments, track),
    () => firstFound(...read.map((chunk) => () => mediaDataDefect(chunk, bytes.length))),
    () => timescaleDefect(bytes, boxes, fragments, track),
  );
  if (fatal !== undefined) return { defects: [fatal] };
  const brands = brandsOf(bytes, boxes);
  const inspection: SegmentInspection = {
    ...timesOf(fragments, track),
    ...stampsOf(bytes, boxes),
    ...(brands.has('slat') && { filler: true }),
    ...(brands.has('lmsg') && { last: true }),
    ...(digester && track.contentType === 'video' && { mediaDigest: mediaDigest(bytes, read, digester) }),
  };
  return { inspection, defects: [...segmentDefects(inspection, fragments, track), ...unusualBoxes(boxes)] };
}

/** Pairs every moof with its mdat and refuses what is in no order. */
function chunksOf(bytes: Uint8Array, boxes: readonly Box[], track: Track): readonly Chunk[] | Defect {
  const chunks: Chunk[] = [];
  const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let open: Fragment | undefined;
  for (const box of boxes) {
    if (NOT_IN_MEDIA.has(box.type)) return defect('malformed', { wanted: 'a media segment', got: box.type });
    if (box.type === 'moof') {
      if (open !== undefined) chunks.push({ fragment: open, mdat: undefined });
      const fragment = readFragment(file, box, track);
      if ('name' in fragment) return fragment;
      open = fragment;
    }
    if (box.type !== 'mdat') continue;
    if (open === undefined)
      return defect('malformed', { box: 'mdat', wanted: 'a moof before it', got: 'none' });
    chunks.push({ fragment: open, mdat: box });
    open = undefined;
  }
  if (open !== undefined) chunks.push({ fragment: open, mdat: undefined });
  return chunks;
}

function trackDefect(fragments: readonly Fragment[], track: Track): Defect | undefined {
  const wanted = track.trackId ?? fragments[0]?.trackId;
  const other = fragments.find(({ trackId }) => trackId !== wanted);
  if (other === undefined || wanted === undefined) return undefined;
  return defect('wrong-track', { wanted, got: other.trackId });
}

/** The samples must fill the mdat: less media than announced was cut, more belongs to nobody. */
function mediaDataDefect({ fragment, mdat }: Chunk, fileBytes: number): Defect | undefined {
  const { sampleBytes, dataStart, hasAuxiliaryData } = fragment;
  if (mdat === undefined) {
    const missing = sampleBytes ?? 1;
    if (fragment.sampleCount === 0 || missing === 0) return undefined;
    return defect('truncated', { box: 'mdat', wanted: fileBytes + 8 + missing, got: fileBytes });
  }
  if (sampleBytes === undefined) return undefined;
  const got = mdat.end - mdat.payload;
  if (sampleBytes > got) return defect('truncated', { box: 'mdat', wanted: sampleBytes, got });
  if (sampleBytes < got && !hasAuxiliaryData)
    return defect('malformed', { box: 'mdat', wanted: sampleBytes, got });
  if (dataStart === undefined || sampleBytes === 0) return undefined;
  const outside = dataStart < mdat.payload || dataStart + sampleBytes > mdat.end;
  return outside ? defect('malformed', { box: 'trun', wanted: mdat.payload, got: dataStart }) : undefined;
}

/** sidx counts the same ticks as the fragments but names another timescale than the init: tfdt is in that one. */
function timescaleDefect(
  bytes: Uint8Array,
  boxes: readonly Box[],
  fragments: readonly Fragment[],
  track: Track,
): Defect | undefined {
  const box = boxes.find(({ type }) => type === 'sidx');
  if (box === undefined) return undefined;
  const sidx = readSidx(readViewOf(bytes, box));
  if (sidx.timescale === track.timescale) return undefined;
  const indexed = sidx.references.reduce((sum, { subsegmentDuration }) => sum + subsegmentDuration, 0);
  const counted = fragments.reduce((sum, { durationTicks }) => sum + durationTicks, 0);
  if (indexed !== counted || counted === 0) return undefined;
  return defect('wrong-timescale', { wanted: track.timescale, got: sidx.timescale });
}

function timesOf(fragments: readonly Fragment[], track: Track) {
  const first = fragments[0] as Fragment;
  const last = fragments[fragments.length - 1] as Fragment;
  const start = first.baseMediaDecodeTime;
  const durationTicks = BigInt(fragments.reduce((sum, fragment) => sum + fragment.durationTicks, 0));
  const spanTicks = last.baseMediaDecodeTime + BigInt(last.durationTicks) - start;
  const frameTicks = mostCommonDuration(fragments);
  const presentation = earliestPresentation(fragments) - start - BigInt(track.editMediaTime ?? 0);
  return {
    trackId: first.trackId,
    timescale: track.timescale,
    baseMediaDecodeTime: start,
    durationTicks,
    ...(spanTicks !== durationTicks && { spanTicks }),
    ...(fragments.some(({ durationUnknown }) => durationUnknown) && { durationUnknown: true as const }),
    ...(frameTicks !== undefined && { frameTicks }),
    ...(presentation !== 0n && { presentationOffsetTicks: presentation }),
    sampleCount: fragments.reduce((sum, { sampleCount }) => sum + sampleCount, 0),
    startsWithSync: first.startsWithSync,
    fragmentCount: fragments.length,
    sequenceNumber: first.sequenceNumber,
  };
}

function earliestPresentation(fragments: readonly Fragment[]): bigint {
  let earliest: bigint | undefined;
  for (const { baseMediaDecodeTime, compositionOffsetTicks } of fragments) {
    const time =
      compositionOffsetTicks === 0
        ? baseMediaDecodeTime
        : baseMediaDecodeTime + BigInt(compositionOffsetTicks);
    if (earliest === undefined || time < earliest) earliest = time;
  }
  return earliest ?? 0n;
}

function mostCommonDuration(fragments: readonly Fragment[]): bigint | undefined {
  const counts = new Map<number, number>();
  let [most, samples] = [0, 0];
  for (const { samplesByDuration } of fragments) {
    for (const [ticks, count] of samplesByDuration) counts.set(ticks, (counts.get(ticks) ?? 0) + count);
  }
  for (const [ticks, count] of counts) if (count > samples) [most, samples] = [ticks, count];
  return most === 0 ? undefined : BigInt(most);
}

function stampsOf(bytes: Uint8Array, boxes: readonly Box[]) {
  const box = boxes.find(({ type }) => type === 'prft');
  if (box === undefined) return {};
  const prft = readPrft(readViewOf(bytes, box));
  return { encodedAtMs: ntpToUnixMs(prft.ntpTimestampSec, prft.ntpTimestampFrac) };
}

function brandsOf(bytes: Uint8Array, boxes: readonly Box[]): ReadonlySet<string> {
  const box = boxes.find(({ type }) => type === 'styp');
  if (box === undefined) return new Set();
  const styp = readStyp(readViewOf(bytes, box));
  return new Set([styp.majorBrand, ...styp.compatibleBrands]);
}

/** Each payload is hashed where it lies; copying fragments together would double a segment in memory. */
function mediaDigest(bytes: Uint8Array, chunks: readonly Chunk[], digester: Digester): string {
  const digests = chunks.map(({ mdat }) =>
    digester.sha256Hex(mdat === undefined ? '' : bytes.subarray(mdat.payload, mdat.end)),
  );
  return digests.length === 1 ? (digests[0] as string) : digester.sha256Hex(digests.join(''));
}

function segmentDefects(
  inspection: SegmentInspection,
  fragments: readonly Fragment[],
  track: Track,
): readonly Defect[] {
  const { contentType } = track;
  const unsynced = contentType === 'video' && inspection.sampleCount > 0 && !inspection.startsWithSync;
  const timed = contentType === 'video' || contentType === 'audio';
  return [
    ...(inspection.filler ? [defect('filler')] : []),
    ...(unsynced ? [defect('no-sync')] : []),
    ...(timed && !inspection.durationUnknown ? continuityDefects(fragments, inspection.frameTicks) : []),
  ];
}

function unusualBoxes(boxes: readonly Box[]): readonly Defect[] {
  const unusual = new Set<string>();
  for (const { type } of boxes)
    if (type !== 'moof' && type !== 'mdat' && !BESIDE_FRAGMENTS.has(type)) unusual.add(type);
  if (unusual.size === 0) return [];
  return [defect('unusual-boxes', { boxes: [...unusual].slice(0, 8).join(' ') })];
}

function firstFound(...checks: readonly (() => Defect | undefined)[]): Defect | undefined {
  for (const check of checks) {
    const found = check();
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A reader's message, as a structured field may carry it. */
export function reasonOf(error: unknown): string {
  return String(error instanceof Error ? error.message : error)
    .replace(/[^ -~]/g, '')
    .slice(0, 80);
}
