import { isLiveClass } from '../../../origin/serve/live-class';
import { dueMs } from '../../../origin/schedule/schedule';
import { liveEvent } from '../../support/live-event';

/** 30 s of live window are 15 segments of 2 s. */
const EDGE = 200;

describe('live are the segments of the live window, and what comes after them', () => {
  const event = liveEvent({ initialSegmentNumber: 0, liveWindowSeconds: 30 });

  it.each([
    [EDGE + 1, true],
    [EDGE, true],
    [EDGE - 14, true],
    [EDGE - 15, false],
    [EDGE - 100, false],
  ])('%i: %s', (number, live) => {
    expect(isLiveClass(event, number, dueMs(event.schedule, EDGE))).toBe(live);
  });

  it('the window moves in the millisecond in which a segment becomes due', () => {
    const dueAtMs = dueMs(event.schedule, EDGE);
    expect([dueAtMs - 1, dueAtMs].map((nowMs) => isLiveClass(event, EDGE - 15, nowMs))).toEqual([
      true,
      false,
    ]);
  });

  it('nobody is live any more when an event has ended long ago', () => {
    const ended = liveEvent({ initialSegmentNumber: 0, finalSegmentNumber: EDGE, liveWindowSeconds: 30 });
    const lives = (number: number) => isLiveClass(ended, EDGE, dueMs(ended.schedule, number));
    expect([lives(EDGE), lives(EDGE + 14), lives(EDGE + 15)]).toEqual([true, true, false]);
  });
});
