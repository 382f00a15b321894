import fc from 'fast-check';
import {
  dueMs,
  earlySeconds,
  liveEdge,
  makeSchedule,
  newestDue,
  nextFromMs,
  opensAtMs,
  positionOf,
  publishableFromMs,
  windowStart,
  type Schedule,
  type ScheduleInput,
} from '../../../origin/schedule/schedule';

const INPUT: ScheduleInput = {
  availabilityStartMs: 0,
  timescale: 1000,
  duration: 2000,
  startNumber: 0,
  delayMs: 500,
  holdMs: 3000,
  retryDeadlineMs: 6000,
  initialSegment: 0,
  finalSegment: undefined,
  depthSeconds: 60,
};

function schedule(input: Partial<ScheduleInput> = {}): Schedule {
  const made = makeSchedule({ ...INPUT, ...input });
  if (made === undefined) throw new Error('wanted an exact schedule');
  return made;
}

describe('a number is due when its media has ended and the pipelines had their delay', () => {
  it.each([
    ['2 s, from 0', { duration: 2000, timescale: 1000 }, 883_612_798, 1_767_225_598_500],
    ['2 s, from 1', { duration: 2000, timescale: 1000, startNumber: 1 }, 883_612_799, 1_767_225_598_500],
    ['1.92 s, from 0', { duration: 96, timescale: 50 }, 920_000_000, 1_766_400_002_420],
    ['1.92 s, from 1', { duration: 96, timescale: 50, startNumber: 1 }, 920_000_000, 1_766_400_000_500],
    ['2.002 s', { duration: 60_060, timescale: 30_000 }, 882_000_000, 1_765_764_002_502],
    ['3.84 s', { duration: 184_320, timescale: 48_000 }, 460_000_000, 1_766_400_004_340],
    ['a third of a second, rounded up', { duration: 1, timescale: 3 }, 0, 834],
    ['the third one, which ends on a whole millisecond', { duration: 1, timescale: 3 }, 2, 1500],
    ['a later start', { availabilityStartMs: 1_700_000_000_123 }, 0, 1_700_000_002_623],
  ] as const)('%s', (_, input, number, expected) => {
    const made = schedule(input);
    expect(dueMs(made, number)).toBe(expected);
    expect(newestDue(made, expected)).toBe(number);
    expect(newestDue(made, expected - 1)).toBe(number - 1);
  });

  const inputs = fc.record({
    duration: fc.integer({ min: 1, max: 1_000_000 }),
    timescale: fc.integer({ min: 1, max: 90_000 }),
    startNumber: fc.constantFrom(0, 1, 7),
    delayMs: fc.integer({ min: 0, max: 5000 }),
    availabilityStartMs: fc.integer({ min: 0, max: 1_800_000_000_000 }),
  });
  /** Fifty years. */
  const SPAN_MS = 50 * 366 * 86_400_000;

  it('without drift in 50 years of any duration, held against arithmetic without limits', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(inputs, share, (input, at) => {
        const made = makeSchedule({ ...INPUT, ...input });
        fc.pre(made !== undefined);
        const numbers = Math.floor((SPAN_MS * input.timescale) / (input.duration * 1000));
        const number = input.startNumber + Math.floor(at * numbers);
        const ends = BigInt(number - input.startNumber + 1) * BigInt(input.duration) * 1000n;
        const timescale = BigInt(input.timescale);
        const elapsed = (ends + timescale - 1n) / timescale;
        expect(BigInt(dueMs(made, number))).toBe(
          BigInt(input.availabilityStartMs) + elapsed + BigInt(input.delayMs),
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('the newest due number and the due time are each other’s inverse at every millisecond', () => {
    fc.assert(
      fc.property(inputs, fc.integer({ min: 0, max: SPAN_MS }), (input, elapsedMs) => {
        const made = makeSchedule({ ...INPUT, ...input });
        fc.pre(made !== undefined);
        const nowMs = input.availabilityStartMs + elapsedMs;
        const newest = newestDue(made, nowMs);
        expect(dueMs(made, newest)).toBeLessThanOrEqual(nowMs);
        expect(dueMs(made, newest + 1)).toBeGreaterThan(nowMs);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    [
      'a product of reduced duration and timescale beyond 2^53',
      { duration: 9_007_199_254_741, timescale: 7 },
    ],
    ['a duration whose milliseconds are beyond 2^53', { duration: 9_007_199_254_742, timescale: 1000 }],
  ])('refuses what is not exact: %s', (_, input) => {
    expect(makeSchedule({ ...INPUT, ...input })).toBeUndefined();
  });

  it('takes the greatest product that is exact', () => {
    const made = schedule({ duration: 9_007_199_254_740, timescale: 1000 });
    expect(newestDue(made, dueMs(made, 100))).toBe(100);
  });
});

describe('a request is held from opensAt on: the number is next, and near', () => {
  it.each([
    ['2 s, held for 3 s: as soon as it is next', { duration: 2000, holdMs: 3000 }, 20_500],
    ['10 s, held for 3 s: 3 s before it is due', { duration: 10_000, holdMs: 3000 }, 107_500],
    ['not held: when it is due', { duration: 2000, holdMs: 0 }, 22_500],
  ] as const)('%s', (_, input, expected) => {
    expect(opensAtMs(schedule(input), 10)).toBe(expected);
  });

  it.each([
    [10_000, 9000, 0],
    [10_000, 8901, 0],
    [10_000, 8900, 1],
    [10_000, 10_000, 0],
    [10_000, 20_000, 0],
    [1_000_000, 0, 300],
  ])(
    'a not-yet answer that ends at %d is cached at %d for %d s: floored, 100 ms early, 300 s at most',
    (trueUntil, now, seconds) => {
      expect(earlySeconds(trueUntil, now)).toBe(seconds);
    },
  );
});

describe('a number is next', () => {
  it.each([
    ['when its predecessor is due', schedule({ initialSegment: 100 }), 101],
    ['however many were due before', schedule({ initialSegment: 100, startNumber: 1 }), 900],
    [
      'and 2.002 s are no whole milliseconds of three',
      schedule({ duration: 60_060, timescale: 30_000 }),
      777,
    ],
  ])('%s', (_, made, number) => {
    expect(nextFromMs(made, number)).toBe(dueMs(made, number - 1));
    expect(liveEdge(made, nextFromMs(made, number))).toBe(number - 1);
    expect(liveEdge(made, nextFromMs(made, number) - 1)).toBe(number - 2);
  });

  it.each([
    ['5 s ahead', 2000, 5000],
    ['two segments ahead, where they are longer', 3000, 6000],
    ['in whole milliseconds', 2500.5, 5001],
  ])('the initial one as soon as it may be published: %s', (_, durationMs, aheadMs) => {
    const made = schedule({ initialSegment: 100, duration: durationMs * 2, timescale: 2000 });
    expect(nextFromMs(made, 100)).toBe(dueMs(made, 100) - aheadMs);
    expect(publishableFromMs(made, 100)).toBe(nextFromMs(made, 100));
    expect(publishableFromMs(made, 101)).toBeLessThan(nextFromMs(made, 101));
    expect(positionOf(made, 100, nextFromMs(made, 100) - 1)).toMatchObject({ kind: 'early' });
  });
});

describe('the live edge and the window', () => {
  const event = schedule({ initialSegment: 100, finalSegment: 200, depthSeconds: 60 });
  /** From then on n is due. */
  const due = (n: number) => dueMs(event, n);

  it.each([
    ['an hour before the start', due(100) - 3_600_000, 99, 100],
    ['1 ms before the first is due', due(100) - 1, 99, 100],
    ['when the first is due', due(100), 100, 100],
    ['while the window grows', due(130), 130, 100],
    ['when it slides', due(131), 131, 101],
    ['1 ms before the last is due', due(200) - 1, 199, 169],
    ['when the last is due', due(200), 200, 170],
    ['a year later: frozen', due(200) + 365 * 86_400_000, 200, 170],
  ])('%s', (_, nowMs, edge, start) => {
    expect([liveEdge(event, nowMs), windowStart(event, nowMs)]).toEqual([edge, start]);
  });
});

describe('where a number stands', () => {
  const event = schedule({ initialSegment: 100, finalSegment: 200, duration: 10_000, depthSeconds: 60 });
  const due = dueMs(event, 150);

  it.each([
    ['before the initial one', 99, due, { kind: 'never' }],
    ['after the final one', 201, due, { kind: 'never' }],
    ['1 ms before it is next', 150, due - 10_001, { kind: 'early', trueUntilMs: due - 10_000 }],
    ['when it is next', 150, due - 10_000, { kind: 'next' }],
    ['1 ms before it opens', 150, due - 3001, { kind: 'next' }],
    ['when it opens', 150, due - 3000, { kind: 'expected', holdUntilMs: due + 2000, deadlineMs: due + 6000 }],
    [
      '1 ms before it is due',
      150,
      due - 1,
      { kind: 'expected', holdUntilMs: due + 3000, deadlineMs: due + 6000 },
    ],
    ['when it is due', 150, due, { kind: 'expected', holdUntilMs: due + 3000, deadlineMs: due + 6000 }],
    [
      '1 ms before its deadline',
      150,
      due + 5999,
      { kind: 'expected', holdUntilMs: due + 3000, deadlineMs: due + 6000 },
    ],
    ['at its deadline', 150, due + 6000, { kind: 'overdue' }],
    ['as the oldest of the window', 144, due, { kind: 'overdue' }],
    ['when it leaves the window', 143, due, { kind: 'expired' }],
  ] as const)('%s', (_, number, nowMs, expected) => {
    expect(positionOf(event, number, nowMs)).toEqual(expected);
  });

  it('a request is held no longer than 5 s, however long the event would', () => {
    const patient = schedule({ holdMs: 30_000, duration: 60_000 });
    const nowMs = opensAtMs(patient, 10);
    expect(positionOf(patient, 10, nowMs)).toMatchObject({ holdUntilMs: nowMs + 5000 });
  });

  it('held longer than the deadline: it is expected until the hold ends', () => {
    const eager = schedule({ retryDeadlineMs: 1000, holdMs: 3000 });
    const dueAtMs = dueMs(eager, 10);
    expect(positionOf(eager, 10, dueAtMs + 2999)).toMatchObject({ kind: 'expected' });
    expect(positionOf(eager, 10, dueAtMs + 3000)).toEqual({ kind: 'overdue' });
  });

  it('never goes back: each number is early, then next, then expected, then overdue, then expired', () => {
    const order = ['never', 'early', 'next', 'expected', 'overdue', 'expired'];
    const times = fc.array(fc.integer({ min: 0, max: 3_000_000 }), { minLength: 2, maxLength: 10 });
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 200 }), times, (number, all) => {
        const ranks = all
          .toSorted((left, right) => left - right)
          .map((nowMs) => order.indexOf(positionOf(event, number, nowMs).kind));
        expect(ranks).toEqual(ranks.toSorted((left, right) => left - right));
      }),
    );
  });
});
