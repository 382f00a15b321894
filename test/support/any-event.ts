import fc from 'fast-check';
import { liveEvent, TWO_SECONDS } from './live-event';

/** Events of any exact duration, with windows, delays, holds and deadlines of any length. */
export const anyEvent = fc
  .record({
    timescale: fc.constantFrom(1, 1000, 30_000, 90_000),
    durationSeconds: fc.integer({ min: 1, max: 12 }),
    extraTicks: fc.constantFrom(0, 1, 60),
    startNumber: fc.integer({ min: 0, max: 10 }),
    initial: fc.integer({ min: 0, max: 3000 }),
    length: fc.option(fc.integer({ min: 0, max: 3000 })),
    width: fc.constantFrom('', '%05d', '%09d'),
    publish: fc.record({
      delayMs: fc.integer({ min: 0, max: 5000 }),
      holdMs: fc.integer({ min: 0, max: 10_000 }),
      retryDeadlineMs: fc.integer({ min: 0, max: 20_000 }),
    }),
    timeShiftBufferDepthSeconds: fc.integer({ min: 1, max: 7200 }),
  })
  .map((made) =>
    liveEvent({
      segmentTemplate: {
        ...TWO_SECONDS,
        timescale: made.timescale,
        duration: made.timescale * made.durationSeconds + (made.timescale > 1 ? made.extraTicks : 0),
        startNumber: made.startNumber,
        media: `$RepresentationID$/$Number${made.width}$.m4s`,
      },
      initialSegmentNumber: made.startNumber + made.initial,
      finalSegmentNumber: made.length === null ? null : made.startNumber + made.initial + made.length,
      publish: made.publish,
      timeShiftBufferDepthSeconds: made.timeShiftBufferDepthSeconds,
    }),
  );
