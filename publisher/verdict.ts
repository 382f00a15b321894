import { parseMediaPath } from '../http/media-path';
import { expectationOf } from '../origin/ingest/expectation';
import type { LiveEvent } from '../origin/events/live-event';
import { readNumber, readTime } from '../origin/events/template';
import { fourCharacters } from '../origin/media/box';
import { guardBoxes } from '../origin/media/box-guard';
import { isFatal, type Defect } from '../origin/media/defect';
import { inspectInit } from '../origin/media/inspect-init';
import { inspectSegment, type InspectedSegment } from '../origin/media/inspect-segment';
import type { InitInspection, SegmentInspection } from '../origin/media/inspection';
import { timingDefects } from '../origin/media/timing';
import type { Digester } from '../origin/ports/digester';
import { dueMs } from '../origin/schedule/schedule';
import { placeOf, type EventKnowledge, type Place } from './event-knowledge';
import type { InitDirectory, KnownInit, LikelyInits } from './inits';
import { trackName } from './names';
import type { ParcelKind } from './parcel';

/** What the bytes of one PUT are, and what is wrong with them: the same code as at the origin. */
export interface Verdict {
  readonly kind: ParcelKind;
  /** The representation where the event's configuration is known, otherwise the open name. */
  readonly track: string;
  /** Segment number, or the counter of the name. */
  readonly number: string | undefined;
  readonly defects: readonly Defect[];
  /** Those that are told to the origin. */
  readonly reported: readonly Defect[];
  /** Absent for what is no segment, is fatal, or came before its init. */
  readonly inspection?: SegmentInspection;
  readonly init?: InitInspection;
  /** When its media ends, UTC milliseconds: by the schedule, else as if media time counted from 1970. */
  readonly mediaEndMs?: number;
}

export interface Inspector {
  readonly inits: InitDirectory;
  readonly events: EventKnowledge;
  readonly digester: Digester;
}

const MANIFEST = /\.(mpd|m3u8)$/;
/** What packagers call media; anything else that has no boxes is a passthrough object. */
const MEDIA = /\.(m4[sva]|mp4|cmf[vamt])$/;
const INIT_STARTS = new Set(['ftyp', 'moov']);
const SEGMENT_STARTS = new Set(['styp', 'sidx', 'ssix', 'emsg', 'prft', 'moof', 'mdat']);

/**
 * Inspects one body. Without the event's configuration only what bytes alone show is found; the origin looks at the rest
 * again in any case. Never throws on bytes.
 * @param path of a valid media path
 */
export function inspect({ inits, events, digester }: Inspector, path: string, bytes: Uint8Array): Verdict {
  const place = parseMediaPath(path);
  const below = place?.path ?? path;
  const name = trackName(below);
  const named = { track: name.track, number: name.counter };
  const kind = kindOf(below, bytes);
  if (kind === 'init') return { ...named, kind, ...initVerdict(bytes, digester) };
  if (kind !== 'segment') return { ...named, kind, defects: [], reported: [] };
  const event = place && events.of(place.key);
  const { found, known, isCertain } = inspectWith(initsOf(inits, event, path, below), bytes);
  const at = event && placeOf(event, below, known?.init?.timescale);
  const timed = timing(event, at, found.inspection);
  return {
    kind,
    track: at?.representation.configuration.id ?? name.track,
    number: at?.number.toString() ?? name.counter,
    defects: [...found.defects, ...timed],
    reported: [...reportable(bytes, found, isCertain), ...timed],
    ...(found.inspection && {
      inspection: found.inspection,
      mediaEndMs:
        event && at ? dueMs(event.schedule, at.number) - event.schedule.delayMs : endMs(found.inspection),
    }),
  };
}

function endMs({ baseMediaDecodeTime, durationTicks, timescale }: SegmentInspection): number {
  return Number(((baseMediaDecodeTime + durationTicks) * 1000n) / BigInt(timescale));
}

/** The one that the configuration names, else those whose names are like the media's. */
function initsOf(
  inits: InitDirectory,
  event: LiveEvent | undefined,
  path: string,
  below: string,
): LikelyInits {
  const prefix = path.slice(0, path.length - below.length);
  for (const { media, ingestMedia, initialization } of event?.representations.values() ?? []) {
    const isIts =
      readNumber(media, below) !== undefined || (ingestMedia && readTime(ingestMedia, below) !== undefined);
    if (!isIts) continue;
    const known = inits.get(prefix + initialization);
    return known === undefined ? { inits: [], isCertain: false } : { inits: [known], isCertain: true };
  }
  return inits.likely(path);
}

/**
 * The origin believes what is reported, so nothing is that rests on a guess: the init might be another track's. What is
 * left out the origin finds itself.
 */
function reportable(bytes: Uint8Array, found: InspectedSegment, isCertain: boolean): readonly Defect[] {
  if (found.defects.some(isFatal)) return structure(bytes).defects;
  return isCertain ? found.defects : [];
}

/** By name for manifests, otherwise by the bytes: packagers send `application/octet-stream` for everything. */
export function kindOf(path: string, bytes: Uint8Array): ParcelKind {
  if (MANIFEST.test(path)) return 'document';
  const first = bytes.length >= 8 ? fourCharacters(bytes, 4) : '';
  if (INIT_STARTS.has(first)) {
    const guarded = guardBoxes(bytes);
    const types = guarded.kind === 'guarded' ? guarded.boxes.map(({ type }) => type) : [];
    return types.includes('moof') ? 'segment' : 'init';
  }
  return SEGMENT_STARTS.has(first) || MEDIA.test(path) ? 'segment' : 'other';
}

function initVerdict(bytes: Uint8Array, digester: Digester) {
  const inspected = inspectInit(bytes, digester);
  const defects = inspected.kind === 'init' ? [] : inspected.defects;
  return { ...(inspected.kind === 'init' && { init: inspected.init }), defects, reported: [] };
}

/** With its init; where names leave several, with the first one that it fits. */
function inspectWith({ inits, isCertain }: LikelyInits, bytes: Uint8Array): Inspected {
  let first: Inspected | undefined;
  for (const known of inits) {
    if (known.init === undefined) continue;
    const inspected = { found: inspectSegment(bytes, known.init), known, isCertain };
    if (!inspected.found.defects.some(isFatal)) return inspected;
    first ??= inspected;
  }
  return first ?? { found: structure(bytes), isCertain: true };
}

interface Inspected {
  readonly found: InspectedSegment;
  readonly known?: KnownInit;
  readonly isCertain: boolean;
}

/** Before the init came only the boxes themselves can be held against each other. */
function structure(bytes: Uint8Array): InspectedSegment {
  const guarded = guardBoxes(bytes);
  return { defects: guarded.kind === 'refused' ? [guarded.defect] : [] };
}

function timing(
  event: LiveEvent | undefined,
  at: Place | undefined,
  inspection: SegmentInspection | undefined,
): readonly Defect[] {
  if (event === undefined || at === undefined || inspection === undefined) return [];
  const expectation = expectationOf(event, at.representation, at.number, inspection.timescale);
  return timingDefects(inspection, expectation);
}
