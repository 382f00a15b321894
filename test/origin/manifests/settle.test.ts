import fc from 'fast-check';
import type { MaskEntry } from '../../../origin/events/event-record';
import { EventDirectory } from '../../../origin/events/event-directory';
import type { LiveEvent } from '../../../origin/events/live-event';
import { settledNumbers } from '../../../origin/manifests/settle';
import { TimelineMemory } from '../../../origin/manifests/timeline-memory';
import { defect } from '../../../origin/media/defect';
import type { Origin } from '../../../origin/origin';
import { NEVER } from '../../../origin/ports/cancel';
import { dueMs } from '../../../origin/schedule/schedule';
import { serveSegment } from '../../../origin/serve/serve-segment';
import { nodeDigester } from '../../../stores/node-digester';
import { counting } from '../../support/counting';
import { untold } from '../../support/serving';
import { FakeClock } from '../../support/fake-clock';
import { initEntry, liveEvent } from '../../support/live-event';
import { memoryEvents, memoryRegion } from '../../support/memory-stores';
import { sampleBytes, sampleCandidate, sampleMask, sampleRef } from '../../support/samples';

const INITIAL = 895_000_000;
const INITS = [initEntry('a128', 'audio'), initEntry('v720', 'video')];
const EVENT = liveEvent({ initialSegmentNumber: INITIAL }, INITS);
/** From then on segment INITIAL + n is due. */
const dueOf = (n: number) => dueMs(EVENT.schedule, INITIAL + n);
/** Default retryDeadlineMs. */
const DEADLINE_MS = 6000;

/** Two regions seen from the first one, which starts at `nowMs`. */
function twoRegions(nowMs: number) {
  const clock = new FakeClock(nowMs);
  const local = counting(memoryRegion('us-east-1', clock, nodeDigester));
  const peer = counting(memoryRegion('us-west-2', clock, nodeDigester));
  const { events, ...tokens } = memoryEvents(clock);
  const origin: Origin = {
    ...{ clock, digester: nodeDigester, local: local.stores, peers: [peer.stores] },
    ...{ eventStore: events, ...tokens, events: new EventDirectory(events, clock, () => 0) },
    timelines: new TimelineMemory(),
    serving: untold(clock, 'us-east-1'),
  };
  /** Publishes INITIAL + n as it is due, or at `publishedAtMs`. */
  const publish = async (
    n: number,
    pipeline = 'a',
    parts: Parameters<typeof sampleCandidate>[0] = {},
    to = local,
  ) => {
    const bytes = sampleBytes(`${pipeline} ${n}`);
    const ref = sampleRef(bytes, { number: INITIAL + n, pipeline });
    const times = { publishedAtMs: dueOf(n), expiresAtMs: dueOf(n) + 7_200_000 };
    await to.stores.segments.write(ref, bytes, times.expiresAtMs);
    await to.stores.candidates.record(
      sampleCandidate({ ...ref, region: to.stores.region, ...times, ...parts }),
    );
  };
  /** The settled numbers relative to INITIAL, and the gaps among them. */
  const settled = async (from = 0, event: LiveEvent = EVENT) => {
    const { next, gaps } = await settledNumbers(origin, event, 'v720', INITIAL + from);
    return { next: next - INITIAL, gaps: [...gaps.keys()].map((number) => number - INITIAL) };
  };
  const queries = () => [local, peer].map(({ counts }) => counts.all['candidates.ofRange'] ?? 0);
  return { clock, local, peer, origin, publish, settled, queries };
}

describe('a number is settled', () => {
  it('as soon as it is there, the next one even before it is due', async () => {
    const { publish, settled } = twoRegions(dueOf(2));
    for (const n of [0, 1, 2, 3]) await publish(n, 'b');
    expect(await settled()).toEqual({ next: 4, gaps: [] });
  });

  it('not before its deadline when it is missing, and nothing after it either', async () => {
    const { clock, publish, settled } = twoRegions(dueOf(3));
    for (const n of [0, 2, 3]) await publish(n);
    expect(await settled()).toEqual({ next: 1, gaps: [] });
    await clock.advanceTo(dueOf(1) + DEADLINE_MS - 1);
    expect(await settled()).toEqual({ next: 1, gaps: [] });
    await clock.advance(1000);
    expect(await settled()).toEqual({ next: 4, gaps: [1] });
  });

  it('of the time before the event was made: by a deadline that counts from then', async () => {
    const madeAtMs = dueOf(20);
    const { clock, publish, settled } = twoRegions(madeAtMs);
    const young = liveEvent({ initialSegmentNumber: INITIAL }, INITS, { createdAtMs: madeAtMs });
    expect(await settled(0, young)).toEqual({ next: 0, gaps: [] });
    for (const n of [0, 1, 3]) await publish(n, 'a', { publishedAtMs: madeAtMs + DEADLINE_MS - 1 });
    await publish(2, 'a', { publishedAtMs: madeAtMs + DEADLINE_MS });
    await clock.advance(DEADLINE_MS);
    expect((await settled(0, young)).gaps.slice(0, 2)).toEqual([2, 4]);
  });

  it('by a copy that only another region has', async () => {
    const { publish, settled, peer } = twoRegions(dueOf(1));
    await publish(0);
    await publish(1, 'a', {}, peer);
    expect(await settled()).toEqual({ next: 2, gaps: [] });
  });

  it('by a defective copy only once it is due', async () => {
    const { clock, publish, settled } = twoRegions(dueOf(1));
    await publish(0);
    await publish(1);
    await publish(2, 'a', { defects: [defect('short', { missing: 11 })] });
    expect(await settled()).toEqual({ next: 2, gaps: [] });
    await clock.advanceTo(dueOf(2));
    expect(await settled()).toEqual({ next: 3, gaps: [] });
  });
});

describe('a gap', () => {
  it('stays one when its bytes come late, for an instance that saw it', async () => {
    const { clock, publish, settled } = twoRegions(dueOf(1) + DEADLINE_MS);
    await publish(0);
    expect((await settled()).gaps).toEqual([1]);
    await publish(1, 'a', { publishedAtMs: clock.nowMs() });
    await clock.advance(1000);
    expect((await settled()).gaps).toContain(1);
  });

  it('stays one for an instance that did not', async () => {
    const { publish, settled } = twoRegions(dueOf(1) + DEADLINE_MS);
    await publish(0);
    await publish(1, 'a', { publishedAtMs: dueOf(1) + DEADLINE_MS });
    expect((await settled()).gaps).toEqual([1]);
  });

  it('is looked at again while a region that may have it was silent', async () => {
    const { clock, publish, settled, peer, origin } = twoRegions(dueOf(1) + DEADLINE_MS);
    await publish(0);
    await publish(1, 'a', {}, peer);
    const { candidates } = origin.peers[0]!;
    const silent = {
      ...origin.peers[0]!,
      candidates: { ...candidates, ofRange: () => new Promise<never>(() => undefined) },
    };
    const cutOff: Origin = { ...origin, peers: [silent] };
    const asked = settledNumbers(cutOff, EVENT, 'v720', INITIAL);
    await clock.advance(150);
    expect([...(await asked).gaps]).toEqual([[INITIAL + 1, 'unheard']]);
    await clock.advance(1000);
    expect((await settled()).gaps).not.toContain(1);
  });
});

describe('what a playlist costs', () => {
  it('is one query a second, however many ask', async () => {
    const { clock, publish, settled, queries } = twoRegions(dueOf(3));
    for (const n of [0, 1, 2, 3, 4]) await publish(n);
    await Promise.all(Array.from({ length: 100 }, () => settled()));
    await settled();
    expect(queries()).toEqual([1, 0]);
    await clock.advance(1000);
    await settled();
    // Nothing new can be there yet.
    expect(queries()).toEqual([1, 0]);
    await clock.advance(1000);
    await Promise.all(Array.from({ length: 100 }, () => settled()));
    // Here whether the next one is there; elsewhere only for what is due, and everything is.
    expect(queries()).toEqual([2, 0]);
  });

  it('is a long window read once, in steps of 512 numbers', async () => {
    const { clock, settled, queries } = twoRegions(dueOf(2000));
    await settled(0);
    expect(queries()).toEqual([4, 4]);
    await clock.advance(1000);
    await settled(0);
    expect(queries()).toEqual([5, 5]);
  });

  it('is nothing while the store fails: what was known holds', async () => {
    const { clock, publish, settled, local, origin } = twoRegions(dueOf(0));
    await publish(0);
    expect(await settled()).toEqual({ next: 1, gaps: [] });
    await clock.advance(2000);
    const failing = { ...local.stores.candidates, ofRange: () => Promise.reject(new Error('down')) };
    const down: Origin = { ...origin, local: { ...origin.local, candidates: failing } };
    expect((await settledNumbers(down, EVENT, 'v720', INITIAL)).next).toBe(INITIAL + 1);
    const fresh: Origin = { ...down, timelines: new TimelineMemory() };
    await expect(settledNumbers(fresh, EVENT, 'v720', INITIAL)).rejects.toThrow('down');
  });
});

it('looks again at once when a mask changes what is served', async () => {
  const { publish, settled } = twoRegions(dueOf(1) + DEADLINE_MS);
  await publish(0);
  await publish(1);
  expect((await settled()).gaps).toEqual([]);
  const mask: MaskEntry = sampleMask('mask', { fromSegment: INITIAL + 1 });
  const masked = liveEvent({ initialSegmentNumber: INITIAL }, [...INITS, mask], { revision: 2 });
  expect((await settled(0, masked)).gaps).toContain(1);
});

it('calls served exactly what a GET then gets, and a gap what it does not', async () => {
  const head = { ...EVENT.configuration, whenMissing: 'empty' } as const;
  const events = { gone: EVENT, hole: { ...EVENT, configuration: head } };
  const fate = fc.record({
    a: fc.constantFrom('clean', 'short', 'none'),
    b: fc.constantFrom('clean', 'short', 'none'),
    where: fc.constantFrom('here', 'there'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(fate, { minLength: 1, maxLength: 8 }), fc.boolean(), async (fates, isEmpty) => {
      const absence = isEmpty ? 'hole' : 'gone';
      const { publish, settled, origin, local, peer } = twoRegions(dueOf(fates.length - 1) + DEADLINE_MS);
      for (const [n, { where, ...copies }] of fates.entries())
        for (const [pipeline, copy] of Object.entries(copies))
          if (copy !== 'none')
            await publish(
              n,
              pipeline,
              copy === 'short' ? { defects: [defect('short', { missing: 1 })] } : {},
              where === 'here' ? local : peer,
            );
      const { gaps } = await settled(0, events[absence]);
      for (const n of fates.keys()) {
        const { kind } = await serveSegment(origin, {
          ...{
            event: events[absence],
            representation: 'v720',
            number: INITIAL + n,
            wanted: () => 'all',
            cancel: NEVER,
          },
        });
        expect({ n, kind }).toEqual({ n, kind: gaps.includes(n) ? absence : 'selected' });
      }
    }),
    { numRuns: 50 },
  );
});
