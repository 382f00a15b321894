import type { Fault } from '../events/configuration';
import type { InitInspection } from '../media/inspection';
import { durationMs, whole, type Mpd, type MpdTrack } from './mpd-tracks';

/** A packager's own MPD and what belongs to it. */
export interface Packaged {
  readonly mpd: string;
  /** Where the MPD lies below what its names are relative to: '' or a path that ends with `/`. */
  readonly folder?: string;
  /** Inits by representation id, as far as they could be had. */
  readonly inits: ReadonlyMap<string, InitInspection>;
  /** tfdt of one segment each, as far as one could be had: what the MPD claims is held against it. */
  readonly segments: ReadonlyMap<string, SampleSegment>;
  readonly nowMs: number;
  readonly pipelines: readonly string[];
  /** Where the MPD gives no constant one. */
  readonly segmentDurationMs?: number;
}

/** Which of `$Number$` and `$Time$` its name had, and where its media begin. */
export interface SampleSegment {
  readonly number: bigint | undefined;
  /** tfdt, ticks of the track. */
  readonly ticks: bigint;
}

/** A segment and its time: what ties numbers to the clock. */
export interface Anchor {
  /** Undefined where names have times instead. */
  readonly number: bigint | undefined;
  /** Ticks of `timescale`, the track's where its init is known. */
  readonly ticks: bigint;
  readonly timescale: bigint;
}

/** The grid of an event: segment `startNumber` begins at `presentationTimeOffset` and is due one duration after `startMs`. */
export interface Grid {
  /** Of the template. */
  readonly timescale: bigint;
  readonly duration: bigint;
  readonly startNumber: bigint;
  readonly startMs: number;
  /** Where segment `startNumber` begins in the leading track. */
  readonly origin: { readonly ticks: bigint; readonly timescale: bigint };
}

/** A packager whose media time lies so far in the future, or whose clock began so near to 1970, counts from 1970. */
const AHEAD_MS_MAX = 3_600_000;
const EPOCH_MS_MAX = 120_000;

export function fault(parameter: string, wanted: string, got: string): Fault {
  return { parameter, wanted, got };
}

/** The template's own timescale: 1 where it is left out (5.3.9.2). */
export function templateTimescale({ template }: MpdTrack): bigint {
  return whole(template['timescale']) ?? 1n;
}

/** The best that is known of where the track's segments lie: a segment itself, the timeline, or what the MPD claims. */
export function anchorOf(track: MpdTrack, { inits, segments }: Packaged): Anchor {
  const timescale = templateTimescale(track);
  const inTrack = BigInt(inits.get(track.id)?.timescale ?? timescale);
  const sample = segments.get(track.id);
  if (sample !== undefined) return { ...sample, timescale: inTrack };
  const [first] = track.timeline;
  const ticks = first?.t ?? whole(track.template['presentationTimeOffset']) ?? 0n;
  const number = whole(track.template['startNumber']) ?? 1n;
  const names = track.template['media'] ?? '';
  return {
    number: names.includes('$Time') ? undefined : number,
    ticks: (ticks * inTrack) / timescale,
    timescale: inTrack,
  };
}

/**
 * The grid of the leading track: its number 0 (or 1) at the start of the period where the MPD's numbers and times allow,
 * otherwise the segment that is known, wherever it is.
 */
export function gridOf(mpd: Mpd, leader: MpdTrack, packaged: Packaged, notes: string[]): Grid | Fault {
  const template = segmentDuration(leader, packaged);
  if ('parameter' in template) return template;
  const anchor = anchorOf(leader, packaged);
  const offset = whole(leader.template['presentationTimeOffset']) ?? 0n;
  const inTrack = (offset * anchor.timescale) / templateTimescale(leader);
  const startMs = startOf(mpd, anchor, anchor.ticks - inTrack, packaged, notes);
  // In units of 1 / (both timescales) of a second everything is whole.
  const duration = template.duration * anchor.timescale;
  const since = (anchor.ticks - inTrack) * template.timescale;
  const count = since / duration;
  const number = anchor.number ?? count;
  const onGrid = since >= 0n && since % duration === 0n && number >= count;
  if (onGrid) {
    const origin = { ticks: inTrack, timescale: anchor.timescale };
    return sinceEpoch({ ...template, startNumber: number - count, startMs, origin });
  }
  const { ticks, timescale } = anchor;
  const atMs = startMs + Number(((ticks - inTrack) * 1000n) / timescale);
  return { ...template, startNumber: number, startMs: Math.max(0, atMs), origin: { ticks, timescale } };
}

/** A period that begins late in an epoch-locked presentation: the same grid, counted from 1970. */
function sinceEpoch(grid: Grid): Grid {
  const { ticks, timescale } = grid.origin;
  const duration = grid.duration * timescale;
  const count = (ticks * grid.timescale) / duration;
  const isEpoch = Math.abs(grid.startMs - Number((ticks * 1000n) / timescale)) <= EPOCH_MS_MAX;
  if (!isEpoch || (ticks * grid.timescale) % duration !== 0n || grid.startNumber < count) return grid;
  return { ...grid, startNumber: grid.startNumber - count, startMs: 0, origin: { ticks: 0n, timescale } };
}

function segmentDuration(
  track: MpdTrack,
  { segmentDurationMs }: Packaged,
): { readonly timescale: bigint; readonly duration: bigint } | Fault {
  if (segmentDurationMs !== undefined) return { timescale: 1000n, duration: BigInt(segmentDurationMs) };
  const timescale = templateTimescale(track);
  const lengths = new Set(track.timeline.map(({ d }) => d));
  const [only] = lengths;
  const duration = lengths.size === 1 ? only : whole(track.template['duration']);
  if (duration === undefined || duration === 0n || lengths.size > 1)
    return fault(
      `Representation ${track.id}`,
      'a SegmentTemplate with segments of one duration, or --segment-duration',
      lengths.size > 1 ? `durations of ${[...lengths].slice(0, 5).join(', ')} ticks` : 'no duration',
    );
  const inMs = duration * 1000n;
  if (inMs % timescale === 0n) return { timescale: 1000n, duration: inMs / timescale };
  return { timescale, duration };
}

/** AvailabilityStartTime of the period, UTC milliseconds. */
function startOf(mpd: Mpd, anchor: Anchor, since: bigint, { nowMs }: Packaged, notes: string[]): number {
  const said = mpd.attributes['availabilityStartTime'];
  const zoned = said === undefined || /(Z|[+-]\d\d:\d\d)$/.test(said) ? said : `${said}Z`;
  const parsed = Date.parse(zoned ?? '');
  const sinceMs = Number((since * 1000n) / anchor.timescale);
  const epoch = Math.abs(nowMs - sinceMs) <= AHEAD_MS_MAX;
  if (Number.isNaN(parsed)) {
    const startMs = epoch ? 0 : nowMs - sinceMs;
    notes.push(`The MPD has no availabilityStartTime; ${new Date(startMs).toISOString()} was taken.`);
    return Math.max(0, startMs);
  }
  const startMs = parsed + (durationMs(mpd.periodStart) ?? 0);
  const ahead = startMs + sinceMs > nowMs + AHEAD_MS_MAX;
  if (epoch && (ahead || Math.abs(startMs) <= EPOCH_MS_MAX)) {
    if (startMs !== 0)
      notes.push('Media time counts from 1970, so availabilityStartTime is 1970-01-01T00:00:00Z.');
    return 0;
  }
  if (ahead)
    notes.push(
      `Media time lies ${Math.round((startMs + sinceMs - nowMs) / 1000)} s in the future by the MPD: its availabilityStartTime or presentationTimeOffset is wrong.`,
    );
  return Math.max(0, startMs);
}
