import type { Origin } from '../../origin/origin';
import type { Invalidation } from '../../origin/ports/invalidator';
import { edgeConfigurationOf } from '../../origin/events/edge-configuration';
import { control, deploy, EDGE, eventOf, jsonOf, KEY } from '../support/deployment';
import { NOW_MS } from '../support/samples';

const OPEN = Number.MAX_SAFE_INTEGER;
const MASK = { pipeline: 'a', fromSegment: EDGE, toSegment: EDGE + 2, reason: 'picture freezes' };

/** An origin whose caches can be told of ranges, and what they were told. */
async function withCaches(fails = false) {
  const told: Invalidation[] = [];
  const { origin, clock } = await deploy();
  const invalidator = {
    async invalidate(invalidation: Invalidation) {
      told.push(invalidation);
      if (fails) throw new Error('CDN is away');
    },
  };
  const more: Origin = { ...origin, invalidator };
  const state = async () => {
    const event = await eventOf(origin);
    const { version, invalidations } = edgeConfigurationOf(event);
    return { version, told: invalidations.map((told) => ({ ...told, id: undefined, atMs: undefined })) };
  };
  return { origin: more, plain: origin, clock, told, state };
}

describe('an invalidation', () => {
  it('of all raises the version', async () => {
    const { origin, told, state } = await withCaches();
    const posted = await control(origin, 'POST', 'invalidations', { all: true, reason: 'wrong clock' });
    expect([posted.status, jsonOf(posted)]).toMatchObject([201, { all: true, reason: 'wrong clock' }]);
    expect([await state(), told]).toEqual([{ version: 2, told: [] }, []]);
    expect(jsonOf(await control(origin, 'GET', 'invalidations'))).toMatchObject({
      version: 2,
      invalidations: [{ all: true, by: 'operator-1', at: new Date(NOW_MS).toISOString() }],
    });
  });

  it('of a range leaves the version, and is told to caches and to edges', async () => {
    const { origin, told, state } = await withCaches();
    const range = { fromSegment: EDGE - 9, toSegment: EDGE, pipeline: 'a', region: 'us-east-1' };
    const posted = await control(origin, 'POST', 'invalidations', range);
    expect([posted.status, jsonOf(posted)]).toMatchObject([201, range]);
    expect([await state(), told]).toEqual([{ version: 1, told: [range] }, [{ key: KEY, ...range }]]);
    const { invalidations } = jsonOf(await control(origin, 'GET', 'invalidations'));
    expect(invalidations).toMatchObject([{ ...range, at: new Date(NOW_MS).toISOString() }]);
  });

  it('raises the version where caches know nothing else, or could not be told', async () => {
    const range = { fromSegment: 1, toSegment: 2 };
    for (const { origin, state } of [await withCaches(true)]) {
      expect((await control(origin, 'POST', 'invalidations', range)).status).toBe(201);
      expect(await state()).toEqual({ version: 2, told: [range] });
      expect(JSON.stringify((await eventOf(origin)).invalidationEntries)).toContain('CDN is away');
    }
    const { plain, state } = await withCaches();
    await control(plain, 'POST', 'invalidations', range);
    expect(await state()).toEqual({ version: 2, told: [range] });
  });

  it.each<[string, unknown, string]>([
    ['no beginning', { toSegment: 1 }, 'fromSegment'],
    ['no end', { fromSegment: 1 }, 'toSegment'],
    ['an end before its beginning', { fromSegment: 2, toSegment: 1 }, 'toSegment'],
    ['an unknown pipeline', { fromSegment: 1, toSegment: 1, pipeline: 'z' }, 'pipeline'],
    ['an unknown region', { fromSegment: 1, toSegment: 1, region: 'mars' }, 'region'],
    ['an unknown representation', { fromSegment: 1, toSegment: 1, representation: 'z' }, 'representation'],
    ['all of a range', { all: true, fromSegment: 1 }, 'fromSegment'],
    ['not all', { all: false }, 'all'],
  ])('with %s is refused by name', async (_, input, parameter) => {
    const { origin } = await deploy();
    const response = await control(origin, 'POST', 'invalidations', input);
    expect([response.status, jsonOf(response)]).toMatchObject([400, { faults: [{ parameter }] }]);
  });
});

describe('what changes decisions invalidates what it changes', () => {
  const range = { fromSegment: EDGE, toSegment: EDGE + 2 };

  it('a mask: what its pipeline was served for, and taken back, whatever took its place', async () => {
    const { origin, clock, told, state } = await withCaches();
    const force = { ...MASK, force: true };
    const { id } = jsonOf(await control(origin, 'POST', 'masks', force)) as { id: string };
    expect(told).toEqual([{ key: KEY, ...range, pipeline: 'a' }]);
    await clock.advance(1);
    await control(origin, 'DELETE', `masks/${id}`);
    expect(told.slice(1)).toEqual([{ key: KEY, ...range }]);
    expect(await state()).toEqual({ version: 1, told: [{ ...range, pipeline: 'a' }, range] });
  });

  it('an open-ended mask of one representation', async () => {
    const { origin, told } = await withCaches();
    const mask = { pipeline: 'b', representation: 'v360', fromSegment: EDGE, reason: 'x', force: true };
    await control(origin, 'POST', 'masks', mask);
    expect(told).toEqual([
      { key: KEY, fromSegment: EDGE, toSegment: OPEN, representation: 'v360', pipeline: 'b' },
    ]);
  });

  it('a preference: everything from its segment on', async () => {
    const { origin, told, state } = await withCaches();
    await control(origin, 'POST', 'preferences', { fromSegment: EDGE, order: ['b', 'a'] });
    expect(told).toEqual([{ key: KEY, fromSegment: EDGE, toSegment: OPEN }]);
    expect((await state()).version).toBe(1);
  });

  it('a notice: nothing', async () => {
    const { origin, told, state } = await withCaches();
    await control(origin, 'POST', 'notices', { type: 'x' });
    expect([await state(), told]).toEqual([{ version: 1, told: [] }, []]);
  });
});

it('edges are told of the newest 64', async () => {
  const { origin, clock, state } = await withCaches();
  for (let at = 0; at < 70; at++) {
    await clock.advance(1);
    await control(origin, 'POST', 'invalidations', { fromSegment: at, toSegment: at });
  }
  expect((await state()).told.map(({ fromSegment }) => fromSegment)).toEqual(
    Array.from({ length: 64 }, (_, at) => at + 6),
  );
});
