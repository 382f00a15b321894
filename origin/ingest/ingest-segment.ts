import type { Candidate } from '../candidate';
import { hasForeignInit } from '../events/live-event';
import type { LiveEvent, Representation } from '../events/live-event';
import { defect, isFatal, worstFirst } from '../media/defect';
import type { Defect } from '../media/defect';
import { inspectSegment, type InspectedSegment } from '../media/inspect-segment';
import type { SegmentInspection } from '../media/inspection';
import { timingDefects } from '../media/timing';
import type { Track } from '../media/track';
import type { Origin } from '../origin';
import { dueMs, liveEdge, publishableFromMs, windowStart } from '../schedule/schedule';
import type { Ignored, IngestOutcome } from './outcome';
import { expectationOf, trackOf } from './expectation';

/** What a publisher says of a segment, whichever way its bytes come. */
export interface SegmentClaim {
  readonly event: LiveEvent;
  readonly representation: Representation;
  readonly number: number;
  readonly pipeline: string;
  /** SHA-256 of the bytes, lower-case hexadecimal. */
  readonly digest: string;
  /** The publisher's own verdict: believed where it reports defects, never where it reports none. */
  readonly reported: readonly Defect[];
}

export interface SegmentPut extends SegmentClaim {
  readonly bytes: Uint8Array;
}

/** The way a segment's bytes came. */
export interface Arrival {
  readonly size: number;
  /** Since when they are stored, UTC milliseconds, where they are already. */
  readonly storedAtMs?: number;
  inspect(track: Track): InspectedSegment | Promise<InspectedSegment>;
  /** Resolves when the bytes are durable. */
  store(candidate: Candidate): Promise<void>;
}

/**
 * Inspects a segment, writes its bytes, then its candidate: nothing is advertised that is not there. One segment
 * write and one conditional record; a fatal one costs only the record, an impossible one nothing.
 * @throws what the stores throw; then no candidate is visible, and the same PUT may be sent again.
 */
export async function ingestSegment(origin: Origin, put: SegmentPut): Promise<IngestOutcome> {
  const { bytes } = put;
  return takeSegment(origin, put, {
    size: bytes.length,
    inspect: (track) => inspectSegment(bytes, track, origin.digester),
    store: (candidate) => origin.local.segments.write(candidate, bytes, candidate.expiresAtMs),
  });
}

/** The rules of {@link ingestSegment} for bytes that come in any way. */
export async function takeSegment(
  origin: Origin,
  claim: SegmentClaim,
  arrival: Arrival,
): Promise<IngestOutcome> {
  const nowMs = origin.clock.nowMs();
  const track = trackOrRefusal(claim, nowMs);
  if ('kind' in track) return track;

  const found = await arrival.inspect(track);
  const defects = allDefects(claim, found, nowMs);
  const ignored = outsideEvent(claim, nowMs);
  if (ignored !== undefined) return { kind: 'ignored', why: ignored, defects };

  const candidate = candidateOf(origin, claim, arrival, found.inspection, defects, nowMs);
  if (defects.some(isFatal)) {
    await origin.local.candidates.record({ ...candidate, size: 0 });
    return { kind: 'unusable', defects };
  }
  await arrival.store(candidate);
  const recorded = await origin.local.candidates.record(candidate);
  if (recorded.kind === 'recorded') return { kind: 'stored', candidate };
  const { held } = recorded;
  return held.digest === candidate.digest ? { kind: 'unchanged', candidate: held } : { kind: 'held', held };
}

/** What is known of the track, or why no bytes of this number are looked at. */
export function trackOrRefusal(
  claim: SegmentClaim,
  nowMs: number,
): Track | Extract<IngestOutcome, { kind: 'too-early' | 'init-needed' }> {
  const { number, representation, pipeline } = claim;
  const expectedNumber = earlierThanAllowed(claim, nowMs);
  if (expectedNumber !== undefined) return { kind: 'too-early', number, expectedNumber };
  return trackOf(representation, pipeline, number) ?? { kind: 'init-needed' };
}

function earlierThanAllowed(put: SegmentClaim, nowMs: number): number | undefined {
  const { schedule } = put.event;
  return nowMs < publishableFromMs(schedule, put.number) ? liveEdge(schedule, nowMs) + 1 : undefined;
}

/** Why a number is not stored: the event does not have it, or not any more. */
export function outsideEvent({ event, number }: SegmentClaim, nowMs: number): Ignored | undefined {
  const { initialSegment, finalSegment } = event.schedule;
  if (number < initialSegment) return 'before-initial';
  if (finalSegment !== undefined && number > finalSegment) return 'after-final';
  return number < windowStart(event.schedule, nowMs) ? 'expired' : undefined;
}

function allDefects(put: SegmentClaim, found: InspectedSegment, nowMs: number): readonly Defect[] {
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
  put: SegmentClaim,
  { size, storedAtMs }: Arrival,
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
    size,
    publishedAtMs: nowMs,
    // Bytes expire by when they were stored, and no record may outlive them.
    expiresAtMs: expiryOf(put, Math.min(storedAtMs ?? nowMs, nowMs)),
    ...(inspection && { inspection }),
    defects: worstFirst(defects),
  };
}

/**
 * Kept for the DVR window, once more as long because the event may end and freeze its window on this very segment, and
 * one hour: what a viewer may still ask for is never swept away under them.
 */
export function expiryOf({ event, number }: SegmentClaim, storedAtMs: number): number {
  const depthMs = event.configuration.timeShiftBufferDepthSeconds * 1000;
  return Math.max(dueMs(event.schedule, number), storedAtMs) + 2 * depthMs + 3_600_000;
}
