import { defect, measure, severityOf, type Defect } from './defect';
import type { SegmentInspection } from './inspection';
import { rational, type Rational } from './rational';

/** What the schedule says of one segment of one representation. */
export interface SegmentExpectation {
  /** Number of the segment, and the number that starts at `presentationTimeOffset`. */
  readonly number: number;
  readonly startNumber: number;
  /** Duration of every segment, in units of `timescale` (the segment template's, not the track's). */
  readonly duration: number;
  readonly timescale: number;
  /** Ticks of the track by which tfdt lies after its expected time. */
  readonly presentationTimeOffset: bigint;
  readonly contentType: 'video' | 'audio' | 'text' | 'application';
  readonly sparse?: boolean;
  /** One frame by the configured frame rate, ticks of the track; see {@link frameDuration}. */
  readonly frameDurationTicks?: Rational;
  /** One frame as earlier segments had it ({@link learnedFrameDuration}): used while none is configured. */
  readonly learnedFrameTicks?: Rational;
  /** Overrides what the kind of content allows, ticks of the track, inclusive. */
  readonly tolerance?: {
    readonly startTicks?: number | undefined;
    readonly durationTicks?: number | undefined;
  };
}

/** AAC-LC: what an audio segment without samples is measured in. */
const AAC_FRAME: Rational = rational(1024n);
/** AAC encoders emit up to 2112 samples before the first of the programme; no codec in use emits more frames. */
const PRIMING_FRAMES_MAX = 3n;

/**
 * One video frame in ticks of the track.
 * @param frameRate DASH's form: "25", "30000/1001".
 */
export function frameDuration(frameRate: string, timescale: number): Rational {
  const [frames = '1', seconds = '1'] = frameRate.split('/');
  return rational(BigInt(timescale) * BigInt(seconds), BigInt(frames));
}

/** One frame as this segment has it; undefined when it has no samples to learn from. */
export function learnedFrameDuration(inspection: SegmentInspection): Rational | undefined {
  return inspection.frameTicks === undefined ? undefined : rational(inspection.frameTicks);
}

/** One segment against the schedule. Every member counts the same unit: a fraction of a tick that makes all whole. */
interface Times {
  readonly unitsPerTick: bigint;
  readonly start: bigint;
  readonly end: bigint;
  readonly expectedStart: bigint;
  readonly expectedEnd: bigint;
  readonly frame: bigint;
}

/**
 * Holds a segment's time against the schedule, exactly. Video: less than one tick off at start and in duration; audio:
 * less than one frame, since no number of frames fills most durations; text, metadata and sparse tracks: less than one
 * segment duration at the start, and no frames to count. docs/inspection.md says which fault is called what.
 */
export function timingDefects(
  inspection: SegmentInspection,
  expectation: SegmentExpectation,
): readonly Defect[] {
  const decoded = defectsBy(0n, inspection, expectation);
  const { presentationOffsetTicks } = inspection;
  if (presentationOffsetTicks === undefined || severityOf(decoded) === 0) return decoded;
  const presented = defectsBy(presentationOffsetTicks, inspection, expectation);
  return severityOf(presented) < severityOf(decoded) ? presented : decoded;
}

/**
 * By one of the two clocks that honest packagers put on the grid: tfdt, or the first presentation, where tfdt lies before
 * it by the reordering of video or the priming of audio. The one by which the segment is cleaner counts.
 */
function defectsBy(
  offsetTicks: bigint,
  inspection: SegmentInspection,
  expectation: SegmentExpectation,
): readonly Defect[] {
  const times = timesOf(offsetTicks, inspection, expectation);
  const { contentType } = expectation;
  if (expectation.sparse === true || contentType === 'text' || contentType === 'application')
    return farAway(times) ? [discontinuity(times)] : [];
  if (inspection.durationUnknown) return startsOnTime(times, expectation) ? [] : [discontinuity(times)];
  if (isPriming(times, expectation))
    return [defect('encoder-delay', { ticks: ticksOf(times, startOffset(times)) })];
  return [
    ...(startsOnTime(times, expectation) || isCutAtStart(times, expectation) ? [] : [discontinuity(times)]),
    ...durationDefects(times, inspection, expectation),
  ];
}

function timesOf(offsetTicks: bigint, inspection: SegmentInspection, expectation: SegmentExpectation): Times {
  const frame =
    expectation.contentType === 'audio'
      ? (learnedFrameDuration(inspection) ?? expectation.learnedFrameTicks ?? AAC_FRAME)
      : (expectation.frameDurationTicks ??
        expectation.learnedFrameTicks ??
        learnedFrameDuration(inspection) ??
        rational(1n));
  const timescale = BigInt(expectation.timescale);
  const unitsPerTick = timescale * frame.denominator;
  const durationUnits = BigInt(expectation.duration) * BigInt(inspection.timescale) * frame.denominator;
  // Both are safe integers of one sign, so their difference is exact.
  const count = BigInt(expectation.number - expectation.startNumber);
  const expectedStart = expectation.presentationTimeOffset * unitsPerTick + count * durationUnits;
  const start = (inspection.baseMediaDecodeTime + offsetTicks) * unitsPerTick;
  const span = inspection.spanTicks ?? inspection.durationTicks;
  return {
    unitsPerTick,
    start,
    end: start + span * unitsPerTick,
    expectedStart,
    expectedEnd: expectedStart + durationUnits,
    frame: frame.numerator * timescale,
  };
}

function startOffset({ start, expectedStart }: Times): bigint {
  return start - expectedStart;
}

function durationOf(times: Times): { readonly actual: bigint; readonly expected: bigint } {
  return { actual: times.end - times.start, expected: times.expectedEnd - times.expectedStart };
}

/** `allowance` is configured and inclusive; otherwise a tick (video) or a frame (audio), exclusive. */
function within(
  off: bigint,
  times: Times,
  expectation: SegmentExpectation,
  allowance: number | undefined,
): boolean {
  if (allowance !== undefined) return absolute(off) <= BigInt(allowance) * times.unitsPerTick;
  return absolute(off) < (expectation.contentType === 'audio' ? times.frame : times.unitsPerTick);
}

function startsOnTime(times: Times, expectation: SegmentExpectation): boolean {
  return within(startOffset(times), times, expectation, expectation.tolerance?.startTicks);
}

/** Where a duration is no whole number of ticks, start and end are rounded each for itself: on time is long enough. */
function lastsAsLong(times: Times, expectation: SegmentExpectation): boolean {
  const { actual, expected } = durationOf(times);
  const allowance = expectation.tolerance?.durationTicks;
  if (within(actual - expected, times, expectation, allowance)) return true;
  const rounds = expectation.contentType === 'video' && expected % times.unitsPerTick !== 0n;
  return (
    rounds &&
    startsOnTime(times, expectation) &&
    within(times.end - times.expectedEnd, times, expectation, allowance)
  );
}

/**
 * The segment begins late by whole frames and still ends no later than it should: what is there is at its right time, so
 * it is short and not displaced. So an encoder begins that joins in the middle of a segment.
 */
function isCutAtStart(times: Times, expectation: SegmentExpectation): boolean {
  const late = startOffset(times);
  if (late < times.frame || times.end <= times.start) return false;
  if (times.start >= times.expectedEnd) return false;
  if (
    !within(max(times.end - times.expectedEnd, 0n), times, expectation, expectation.tolerance?.durationTicks)
  )
    return false;
  return expectation.contentType === 'audio' || offGrid(late, times.frame) < times.unitsPerTick;
}

function isPriming(times: Times, expectation: SegmentExpectation): boolean {
  const early = -startOffset(times);
  return (
    expectation.contentType === 'audio' &&
    !startsOnTime(times, expectation) &&
    early > 0n &&
    early <= PRIMING_FRAMES_MAX * times.frame &&
    within(times.end - times.expectedEnd, times, expectation, undefined)
  );
}

function farAway(times: Times): boolean {
  return absolute(startOffset(times)) >= durationOf(times).expected;
}

function discontinuity(times: Times): Defect {
  return defect('discontinuity', { ticks: ticksOf(times, startOffset(times)) });
}

function durationDefects(
  times: Times,
  inspection: SegmentInspection,
  expectation: SegmentExpectation,
): readonly Defect[] {
  const { actual, expected } = durationOf(times);
  const ticks = ticksOf(times, actual - expected);
  if (lastsAsLong(times, expectation)) return droppedFrames(times, inspection, expectation);
  if (actual > expected) return [defect('long', { extra: measure(framesBeyond(times, expectation)), ticks })];
  return [defect('short', { missing: measure(framesMissing(times, expectation)), ticks })];
}

/** The time is covered, by fewer pictures than the configured rate: the encoder dropped some and stretched others. */
function droppedFrames(
  times: Times,
  inspection: SegmentInspection,
  expectation: SegmentExpectation,
): readonly Defect[] {
  const counts = expectation.contentType === 'video' && expectation.frameDurationTicks !== undefined;
  if (!counts || inspection.spanTicks !== undefined) return [];
  const missing = nearest(durationOf(times).expected, times.frame) - BigInt(inspection.sampleCount);
  return missing > 0n ? [defect('short', { missing: measure(missing), ticks: 0 })] : [];
}

/**
 * To the nearest frame where a duration holds whole ones: video, and some audio. Elsewhere audio begins and ends up to a
 * frame after the grid, so the whole frames before the start and the begun ones after the end are missing. Of a displaced
 * segment only the length can be told. At least 1: what is off by less than half a frame still lacks a part of one.
 */
function framesMissing(times: Times, expectation: SegmentExpectation): bigint {
  const { actual, expected } = durationOf(times);
  const displaced = !startsOnTime(times, expectation) && !isCutAtStart(times, expectation);
  const holdsWholeFrames = expectation.contentType === 'video' || expected % times.frame === 0n;
  if (holdsWholeFrames || displaced) return max(1n, nearest(expected - actual, times.frame));
  const before = max(0n, startOffset(times)) / times.frame;
  const after = max(0n, times.expectedEnd - times.end + times.frame - 1n) / times.frame;
  return max(1n, before + after);
}

function framesBeyond(times: Times, expectation: SegmentExpectation): bigint {
  const { actual, expected } = durationOf(times);
  if (expectation.contentType === 'video') return max(1n, nearest(actual - expected, times.frame));
  return max(1n, (actual - expected) / times.frame);
}

/** Ticks as they are said: to the nearest one. */
function ticksOf(times: Times, units: bigint): number | string {
  return measure(units < 0n ? -nearest(-units, times.unitsPerTick) : nearest(units, times.unitsPerTick));
}

function nearest(units: bigint, unit: bigint): bigint {
  return (2n * units + unit) / (2n * unit);
}

function offGrid(units: bigint, unit: bigint): bigint {
  const rest = units % unit;
  return rest < unit - rest ? rest : unit - rest;
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function max(left: bigint, right: bigint): bigint {
  return left > right ? left : right;
}
