import fc from 'fast-check';
import type { Candidate } from '../../origin/candidate';
import { defect, severityOf } from '../../origin/media/defect';
import { cancelSource, NEVER } from '../../origin/ports/cancel';
import type { CandidateStore } from '../../origin/ports/candidate-store';
import type { FakeClock } from '../support/fake-clock';
import { NOW_MS, sampleCandidate } from '../support/samples';
import { settle } from '../support/settle';

export interface CandidateStoreUnderTest {
  readonly store: CandidateStore;
  /** What the store was given; at {@link NOW_MS}. */
  readonly clock: FakeClock;
}

const SHORT = [defect('short', { missing: 11 })];
const VERY_SHORT = [defect('short', { missing: 40 })];
const DISCONTINUOUS = [defect('discontinuity', { ticks: -960 })];
const SEGMENT = sampleCandidate();

/** What every {@link CandidateStore} does. `make` is called before each test and may give the same empty keys once. */
export function describeCandidateStore(name: string, make: () => Promise<CandidateStoreUnderTest>): void {
  describe(`${name} as a candidate store`, () => {
    let store: CandidateStore;
    let clock: FakeClock;
    beforeEach(async () => {
      ({ store, clock } = await make());
    });

    reads(() => store);
    writes(
      () => store,
      () => clock,
    );
    flags(
      () => store,
      () => clock,
    );
    waits(
      () => store,
      () => clock,
    );
  });
}

function reads(store: () => CandidateStore): void {
  it('has nothing of a segment that nobody published', async () => {
    expect(await store().ofSegment(SEGMENT)).toEqual([]);
    expect(await store().ofRange(SEGMENT, 0, 10)).toEqual([]);
  });

  it('gives back a candidate exactly as it was recorded, at once', async () => {
    const candidate = sampleCandidate({
      defects: [defect('short', { missing: 11 }), defect('late', { ms: 120, from: 'prft' })],
      inspection: { ...SEGMENT.inspection!, encodedAtMs: NOW_MS - 3, filler: true, last: true },
    });
    expect(await store().record(candidate)).toEqual({ kind: 'recorded' });
    expect(await store().ofSegment(candidate)).toEqual([candidate]);
  });

  it('gives back a candidate whose bytes could not be read', async () => {
    const { inspection, ...fatal } = sampleCandidate({ size: 0, defects: [defect('malformed')] });
    expect(inspection).toBeDefined();
    await store().record(fatal);
    expect(await store().ofSegment(fatal)).toEqual([fatal]);
  });

  it('orders the candidates of a segment by pipeline', async () => {
    for (const pipeline of ['b', 'a-2', 'C', 'a']) await store().record(sampleCandidate({ pipeline }));
    const found = await store().ofSegment(SEGMENT);
    expect(found.map(({ pipeline }) => pipeline)).toEqual(['C', 'a', 'a-2', 'b']);
  });

  it('orders a range by number, both ends included, across 128 and powers of ten', async () => {
    const numbers = [99, 128, 127, 1000, 100, 101, 9];
    for (const number of numbers)
      for (const pipeline of ['b', 'a']) await store().record(sampleCandidate({ number, pipeline }));
    const found = await store().ofRange(SEGMENT, 99, 128);
    expect(found.map(({ number, pipeline }) => `${number}${pipeline}`)).toEqual(
      ['99a', '99b', '100a', '100b', '101a', '101b', '127a', '127b'].concat(['128a', '128b']),
    );
  });

  it.each([0, Number.MAX_SAFE_INTEGER])('takes the number %d', async (number) => {
    const candidate = sampleCandidate({ number });
    await store().record(candidate);
    expect(await store().ofRange(candidate, number, number)).toEqual([candidate]);
  });

  it.each([
    ['tenant', { tenant: 'acme-2' }],
    ['event', { event: 'final2' }],
    ['representation', { representation: 'v72' }],
    ['number', { number: 89_500_000 }],
  ])('keeps segments of another %s apart', async (_, other) => {
    await store().record(sampleCandidate(other));
    expect(await store().ofSegment(SEGMENT)).toEqual([]);
    expect(await store().ofSegment({ ...SEGMENT, ...other })).toHaveLength(1);
  });
}

function writes(store: () => CandidateStore, clock: () => FakeClock): void {
  it.each([
    ['a clean one over a defective one', SHORT, [], 'recorded'],
    ['a less severe class over a severe one', DISCONTINUOUS, SHORT, 'recorded'],
    ['one that misses less', VERY_SHORT, SHORT, 'recorded'],
    ['nothing over a clean one', [], [], 'kept'],
    ['nothing worse over a defective one', SHORT, DISCONTINUOUS, 'kept'],
    ['nothing as bad over a defective one', SHORT, SHORT, 'kept'],
    ['a valid one with a note over nothing valid', [], [defect('late', { ms: 90 })], 'kept'],
  ] as const)('writes %s', async (_, held, next, kind) => {
    const first = sampleCandidate({ defects: held });
    const second = sampleCandidate({ defects: next, digest: 'f'.repeat(64), size: 17 });
    await store().record(first);
    expect(await store().record(second)).toEqual(kind === 'kept' ? { kind, held: first } : { kind });
    expect(await store().ofSegment(SEGMENT)).toEqual([kind === 'kept' ? first : second]);
  });

  it('of concurrent writes keeps the least severe, and of those alike says "recorded" to one only', async () => {
    const severities = fc.array(fc.constantFrom([], SHORT, VERY_SHORT, DISCONTINUOUS), {
      minLength: 2,
      maxLength: 8,
    });
    let number = 1;
    await fc.assert(
      fc.asyncProperty(severities, async (all) => {
        number += 1;
        const rivals = all.map((defects, at) =>
          sampleCandidate({ number, defects, digest: `${at}`.repeat(64) }),
        );
        const outcomes = await Promise.all(rivals.map((rival) => store().record(rival)));
        const [winner] = (await store().ofSegment({ ...SEGMENT, number })) as [Candidate];
        const least = Math.min(...rivals.map(({ defects }) => severityOf(defects)));
        expect(severityOf(winner.defects)).toBe(least);
        const recorded = rivals.filter((_, at) => outcomes[at]!.kind === 'recorded');
        expect(recorded.filter(({ defects }) => severityOf(defects) === least)).toEqual([winner]);
      }),
      { numRuns: 20 },
    );
  });

  it('forgets a candidate when it expires, not before, and then takes any other', async () => {
    await store().record(SEGMENT);
    await clock().advanceTo(SEGMENT.expiresAtMs - 1);
    expect(await store().ofSegment(SEGMENT)).toEqual([SEGMENT]);
    await clock().advanceTo(SEGMENT.expiresAtMs);
    expect(await store().ofSegment(SEGMENT)).toEqual([]);
    expect(await store().ofRange(SEGMENT, SEGMENT.number, SEGMENT.number)).toEqual([]);
    const later = sampleCandidate({ defects: DISCONTINUOUS, expiresAtMs: SEGMENT.expiresAtMs + 1000 });
    expect(await store().record(later)).toEqual({ kind: 'recorded' });
    expect(await store().ofSegment(SEGMENT)).toEqual([later]);
  });
}

function flags(store: () => CandidateStore, clock: () => FakeClock): void {
  it('replaces the defects of the digest that was inspected, and nothing else', async () => {
    await store().record(SEGMENT);
    expect(await store().flag(SEGMENT, DISCONTINUOUS)).toBe('flagged');
    expect(await store().ofSegment(SEGMENT)).toEqual([{ ...SEGMENT, defects: DISCONTINUOUS }]);
    expect(await store().flag(SEGMENT, DISCONTINUOUS)).toBe('unchanged');
    expect(await store().flag(SEGMENT, [])).toBe('flagged');
    expect(await store().ofSegment(SEGMENT)).toEqual([SEGMENT]);
  });

  it('lets a better copy replace one that was flagged', async () => {
    await store().record(SEGMENT);
    await store().flag(SEGMENT, SHORT);
    const better = sampleCandidate({ digest: 'b'.repeat(64) });
    expect(await store().record(better)).toEqual({ kind: 'recorded' });
  });

  it('lets no retry of the same bytes clear what was flagged', async () => {
    await store().record(SEGMENT);
    await store().flag(SEGMENT, SHORT);
    const flagged = { ...SEGMENT, defects: SHORT };
    expect(await store().record(SEGMENT)).toEqual({ kind: 'kept', held: flagged });
    expect(await store().ofSegment(SEGMENT)).toEqual([flagged]);
  });

  it('judges the same bytes anew when they were fatal, because they were not kept', async () => {
    await store().record(sampleCandidate({ size: 0, defects: [defect('wrong-timescale')] }));
    expect(await store().record(SEGMENT)).toEqual({ kind: 'recorded' });
    expect(await store().ofSegment(SEGMENT)).toEqual([SEGMENT]);
  });

  it('never lands a late verdict on other bytes, on none, or on expired ones', async () => {
    expect(await store().flag(SEGMENT, SHORT)).toBe('stale');
    expect(await store().ofSegment(SEGMENT)).toEqual([]);
    await store().record(SEGMENT);
    expect(await store().flag({ ...SEGMENT, digest: 'e'.repeat(64) }, SHORT)).toBe('stale');
    expect(await store().ofSegment(SEGMENT)).toEqual([SEGMENT]);
    await clock().advanceTo(SEGMENT.expiresAtMs);
    expect(await store().flag(SEGMENT, SHORT)).toBe('stale');
  });
}

function waits(store: () => CandidateStore, clock: () => FakeClock): void {
  const HOUR_MS = 3_600_000;

  /** The reader's loop: register, read, and wait only if there is nothing. */
  const arrival = async (untilMs: number) => {
    for (;;) {
      const change = store().awaitChange(SEGMENT, untilMs, NEVER);
      const found = await store().ofSegment(SEGMENT);
      if (found.length > 0 || clock().nowMs() >= untilMs) return found;
      await change;
    }
  };

  it('misses no write between registering and waiting', async () => {
    const arrived = arrival(NOW_MS + HOUR_MS);
    await store().record(SEGMENT);
    expect(await settle(clock(), arrived)).toEqual([SEGMENT]);
    expect(clock().nowMs()).toBeLessThan(NOW_MS + HOUR_MS);
  });

  it('wakes everybody who waits', async () => {
    const arrived = Promise.all(Array.from({ length: 50 }, () => arrival(NOW_MS + HOUR_MS)));
    await clock().advance(100);
    await store().record(SEGMENT);
    const found = await settle(clock(), arrived);
    expect(found).toHaveLength(50);
    expect(found.every(([candidate]) => candidate?.digest === SEGMENT.digest)).toBe(true);
  });

  it('ends at its time when nothing comes', async () => {
    expect(await settle(clock(), arrival(NOW_MS + 3000))).toEqual([]);
    expect(clock().nowMs()).toBeGreaterThanOrEqual(NOW_MS + 3000);
  });

  it.each(['before', 'while'])('ends when cancelled %s it waits, leaving no timer', async (when) => {
    const cancel = cancelSource();
    if (when === 'before') cancel.cancel();
    const change = store().awaitChange(SEGMENT, NOW_MS + HOUR_MS, cancel);
    cancel.cancel();
    await change;
    expect(clock().nowMs()).toBe(NOW_MS);
    expect(clock().sleeping).toBe(0);
  });
}
