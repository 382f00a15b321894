import type { Candidate } from '../candidate';
import { hasForeignInit } from '../events/live-event';
import type { LiveEvent, Representation } from '../events/live-event';
import { defect, isFatal, worstFirst } from '../media/defect';
import type { Defect } from '../media/defect';
import { inspectSegment } from '../media/inspect-segment';
import type { SegmentInspection } from '../media/inspection';
import { timingDefects } from '../media/timing';
import type { Origin } from '../origin';
import { dueMs, liveEdge, windowStart } from '../schedule/schedule';
import type { Ignored, IngestOutcome } from './outcome';
import { expectationOf, trackOf } from './expectation';

/** How far ahead of its due time a number may come: beyond, a clock is wrong or a restart counts anew. */
const EARLY_MS_MAX = 5000;
const EARLY_SEGMENTS_MAX = 2;

export interface SegmentPut {
  readonly event: LiveEvent;
  readonly representation: Representation;
  readonly number: number;
  readonly pipeline: string;
  readonly bytes: Uint8Array;
  /** SHA-256 of the bytes, lower-case hexadecimal. */
  readonly digest: string;
  /** The publisher's own verdict: believed where it reports defects, never where it reports none. */
  readonly reported: readonly Defect[];
}

/**
 * Inspects a segment, writes its bytes, then its candidate: nothing is advertised that is not there. One segment
 * write and one conditional record; a fatal one costs only the record, an impossible one nothing.
 * @throws what the stores throw; then no candidate is visible, and the same PUT may be sent again.
 */
export async function ingestSegment(origin: Origin, put: SegmentPut): Promise<IngestOutcome> {
  const nowMs = origin.clock.nowMs();
  const expectedNumber = earlierThanAllowed(put, nowMs);
  if (expectedNumber !== undefined) return { kind: 'too-early', number: put.number, expectedNumber };
  const track = trackOf(put.representation, put.pipeline, put.number);
  if (track === undefined) return { kind: 'init-needed' };

  const found = inspectSegment(put.bytes, track, origin.digester);
  const defects = allDefects(put, found, nowMs);
  const ignored = outsideEvent(put, nowMs);
  if (ignored !== undefined) return { kind: 'ignored', why: ignored, defects };

  const candidate = candidateOf(origin, put, found.inspection, defects, nowMs);
  if (defects.some(isFatal)) {
    await origin.local.candidates.record({ ...candidate, size: 0 });
    return { kind: 'unusable', defects };
  }
  await origin.local.segments.write(candidate, put.bytes, candidate.expiresAtMs);
  const recorded = await origin.local.candidates.record(candidate);
  if (recorded.kind === 'recorded') return { kind: 'stored', candidate };
  const { held } = recorded;
  return held.digest === candidate.digest ? { kind: 'unchanged', candidate: held } : { kind: 'held', held };
}

function earlierThanAllowed(put: SegmentPut, nowMs: number): number | undefined {
  const { schedule } = put.event;
  const segmentsMs = (EARLY_SEGMENTS_MAX * schedule.durationMilliseconds) / schedule.durationDenominator;
  const earlyMs = dueMs(schedule, put.number) - nowMs;
  return earlyMs > Math.max(segmentsMs, EARLY_MS_MAX) ? liveEdge(schedule, nowMs) + 1 : undefined;
}

function outsideEvent({ event, number }: SegmentPut, nowMs: number): Ignored | undefined {
  const { initialSegment, finalSegment } = event.schedule;
  if (number < initialSegment) return 'before-initial';
  if (finalSegment !== undefined && number > finalSegment) return 'after-final';
  return number < windowStart(event.schedule, nowMs) ? 'expired' : undefined;
}

function allDefects(
  put: SegmentPut,
  found: ReturnType<typeof inspectSegment>,
  nowMs: number,
): readonly Defect[] {
  const own = [...found.defects];
  if (found.inspection !== undefined) {
    const { event, representation, number } = put;
    const expectation = expectationOf(event, representation, number, found.inspection.timescale);
    own.push(...timingDefects(found.inspection, expectation));
  }
  if (hasForeignInit(put.representation, put.pipeline, put.number)) own.push(defect('wrong-init'));
  const lateMs = nowMs - dueMs(put.event.schedule, put.number);
  if (lateMs > put.event.schedule.retryDeadlineMs) own.push(defect('late', { ms: lateMs }));
  const names = new Set(own.map(({ name }) => name));
  return [...own, ...put.reported.filter(({ name }) => !names.has(name))];
}

function candidateOf(
  origin: Origin,
  put: SegmentPut,
  inspection: SegmentInspection | undefined,
  defects: readonly Defect[],
  nowMs: number,
): Candidate {
  return {
    ...put.event.key,
    representation: put.representation.configuration.id,
    number: put.number,
    pipeline: put.pipeline,
    region: origin.local.region,
    digest: put.digest,
    size: put.bytes.length,
    publishedAtMs: nowMs,
    expiresAtMs: expiryOf(put, nowMs),
    ...(inspection && { inspection }),
    defects: worstFirst(defects),
  };
}

/**
 * Kept for the DVR window, once more as long because the event may end and freeze its window on this very segment, and
 * one hour: what a viewer may still ask for is never swept away under them.
 */
function expiryOf({ event, number }: SegmentPut, nowMs: number): number {
  const depthMs = event.configuration.timeShiftBufferDepthSeconds * 1000;
  return Math.max(dueMs(event.schedule, number), nowMs) + 2 * depthMs + 3_600_000;
}
