import type { LiveEvent } from '../events/live-event';
import { rational } from '../media/rational';
import { dueMs, windowStart } from '../schedule/schedule';
import { adaptationSets } from './adaptation-set';
import { isoDuration, presentationTime, segmentDuration } from './media-presentation-time';
import { endMs, hasEnded, isRecording } from './recording';
import { initBoundaries } from './tracks';
import { element, writeDocument } from './xml';
import type { Element } from './xml';

/** Players look again this often, only to learn of the end, of inits and of representations. */
const UPDATE_SECONDS = 10;

/**
 * The MPD of an event (ISO/IEC 23009-1:2022). It names segments by number and constant duration, so no new segment
 * changes it; what DASH computes from it as a segment's availability is that segment's due time.
 * @returns undefined while no representation can be played
 */
export function writeMpd(event: LiveEvent, nowMs: number): string | undefined {
  const recorded = isRecording(event, nowMs);
  const spans = periodSpans(event, recorded, nowMs);
  const axis = timeAxis(event, spans, recorded);
  const periods = spans.flatMap((span) => period(event, span, axis));
  if (periods.length === 0) return undefined;
  const duration = isoDuration(segmentDuration(event.configuration.segmentTemplate));
  return writeDocument(
    element(
      'MPD',
      {
        xmlns: 'urn:mpeg:dash:schema:mpd:2011',
        'xmlns:cenc': 'urn:mpeg:cenc:2013',
        profiles: 'urn:mpeg:dash:profile:isoff-live:2011',
        ...(recorded ? { type: 'static' } : dynamicAttributes(event, nowMs)),
        mediaPresentationDuration: endOf(event, axis),
        maxSegmentDuration: duration,
        minBufferTime: duration,
      },
      [
        ...periods,
        element('UTCTiming', { schemeIdUri: 'urn:mpeg:dash:utc:http-xsdate:2014', value: '/live/time' }),
      ],
    ),
  );
}

function dynamicAttributes(event: LiveEvent, nowMs: number): Element['attributes'] {
  const { schedule, configuration } = event;
  return {
    type: 'dynamic',
    // Later by the pipelines' delay: so a segment is available when it is due, not when its media ends.
    availabilityStartTime: new Date(schedule.availabilityStartMs + schedule.delayMs).toISOString(),
    publishTime: new Date(publishedMs(event, nowMs)).toISOString(),
    // Without it nobody asks again: who watches live plays to the end on the axis that he has
    // (docs/decisions/0016-an-end-is-told-before-the-mpd-is-static.md).
    minimumUpdatePeriod: hasEnded(event, nowMs) ? undefined : `PT${UPDATE_SECONDS}S`,
    timeShiftBufferDepth: `PT${configuration.timeShiftBufferDepthSeconds}S`,
    suggestedPresentationDelay: isoDuration(rational(BigInt(presentationDelayMs(event)), 1000n)),
  };
}

/** Far enough from the edge that a segment may come as late as its retry deadline and still be in time. */
function presentationDelayMs({ schedule }: LiveEvent): number {
  const durationMs = Math.ceil(schedule.durationMilliseconds / schedule.durationDenominator);
  return Math.max(3 * durationMs, durationMs + schedule.delayMs + schedule.retryDeadlineMs);
}

/** When the MPD began to say what it says: the event changed or ended, an init came, or a Period left the DVR window. */
function publishedMs(event: LiveEvent, nowMs: number): number {
  const { schedule } = event;
  const inits = [...event.representations.values()].flatMap((representation) => representation.inits);
  const left = initBoundaries(event).map((boundary) => dueMs(schedule, boundary + schedule.depthSegments));
  const past = [...left, endMs(event)].filter((atMs) => atMs <= nowMs);
  return Math.max(event.head.updatedAtMs, ...inits.map(({ atMs }) => atMs), ...past);
}

/** The template by whose numbers time is told. */
type TimeAxis = LiveEvent['configuration']['segmentTemplate'];

/**
 * Where time 0 lies: at availabilityStartTime, and of a recording at the beginning of its first Period. Players that
 * watched live keep their axis to the end, or they would find themselves elsewhere.
 */
function timeAxis(event: LiveEvent, [first]: readonly PeriodSpan[], recorded: boolean): TimeAxis {
  const { segmentTemplate } = event.configuration;
  if (first === undefined || !recorded) return segmentTemplate;
  return { ...segmentTemplate, startNumber: first.first };
}

/** Where the last Period ends, on the axis of Period@start (5.3.2.1). */
function endOf({ schedule }: LiveEvent, axis: TimeAxis): string | undefined {
  if (schedule.finalSegment === undefined) return undefined;
  return isoDuration(presentationTime(axis, schedule.finalSegment + 1));
}

interface PeriodSpan {
  readonly id: string;
  /** The number of its first segment. */
  readonly first: number;
}

/**
 * A Period for each set of inits that the DVR window still touches. Starts never move for those who watch live; in a
 * recording nothing is announced that has left the window.
 */
function periodSpans(event: LiveEvent, recorded: boolean, nowMs: number): readonly PeriodSpan[] {
  const { initialSegment, finalSegment = Infinity } = event.schedule;
  const oldest = windowStart(event.schedule, nowMs);
  const starts = [initialSegment, ...initBoundaries(event).filter((start) => start <= finalSegment)];
  return starts
    .map((start) => ({ id: `from-${start}`, first: recorded ? Math.max(start, oldest) : start }))
    .filter((_, index) => (starts[index + 1] ?? Infinity) > oldest);
}

function period(event: LiveEvent, { id, first }: PeriodSpan, axis: TimeAxis): readonly Element[] {
  const sets = adaptationSets(event, first);
  if (sets.length === 0) return [];
  const start = isoDuration(presentationTime(axis, first));
  return [element('Period', { id, start }, sets)];
}
