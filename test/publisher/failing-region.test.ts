import { FakeClock } from '../support/fake-clock';
import { eventually } from '../support/put-recorder';
import { countsOf, EVENT, expectStored, initIsIn, INIT, pathOf, range, started } from './packager-double';
import { regionDouble } from './region-double';

describe('a region that fails', () => {
  it.each(['reset-head', 'reset-body', 408, 425, 429, 500, 502, 503, 504] as const)(
    'and takes it the third time (%s) has it, and no other region waits',
    async (failure) => {
      const [good, bad] = [await regionDouble(), await regionDouble()];
      bad.behave = (path, attempt) => (path !== INIT && attempt < 3 ? failure : 201);
      const { init, segment } = await started({ to: [good.url, bad.url], budgetMs: 60_000 });
      await init();
      for (const number of range(1, 4)) await segment(number);
      await eventually(() => good.stored.size === 5 && bad.stored.size === 5);
      expectStored(bad, range(1, 4));
      expect(good.attempts.get(pathOf(1))).toBe(1);
    },
  );

  it.each([400, 401, 403, 409, 413, 415])(
    'for good (%i) is not asked again, and the reason is kept',
    async (status) => {
      const region = await regionDouble();
      region.behave = (path) => (path === INIT ? 201 : { status, body: '{"title":"x","detail":"not this"}' });
      const running = await started({ to: [region.url] });
      await running.init();
      await running.segment(1);
      await running.segment(2);
      await eventually(() => countsOf(running, region).refused === 2);
      expect([region.attempts.get(pathOf(1)), region.attempts.get(pathOf(2))]).toEqual([1, 1]);
      expect(running.publisher.stats().regions[0]?.lastTrouble).toMatch(
        new RegExp(`^${status} .*: not this$`),
      );
    },
  );

  it('is sent the init again before media, after a lost connection and after 412', async () => {
    const region = await regionDouble();
    const { init, segment } = await started({ to: [region.url], budgetMs: 60_000 });
    await init();
    await segment(1);
    await eventually(() => region.stored.has(pathOf(1)));
    await region.down();
    region.order = [];
    await region.up();
    await segment(2);
    await eventually(() => region.stored.has(pathOf(2)));
    expect(region.order).toEqual([INIT, pathOf(2)]);
    region.order = [];
    region.behave = (path, attempt) => (path === pathOf(3) && attempt === 1 ? 412 : 201);
    await segment(3);
    await eventually(() => region.stored.has(pathOf(3)));
    // Twice where the connection was found to be new only while the former init was under way: never too seldom.
    expect([[...new Set(region.order)], region.order.at(-1)]).toEqual([[INIT, pathOf(3)], pathOf(3)]);
  });

  it('gets what it missed when it is back: the newest first, and nothing is lost', async () => {
    const [good, bad] = [await regionDouble(), await regionDouble()];
    const running = await started({ to: [good.url, bad.url], budgetMs: 20 });
    await running.init();
    await eventually(() => initIsIn(running, bad));
    await bad.down();
    for (const number of range(1, 12)) await running.segment(number);
    await eventually(() => running.publisher.stats().regions[1]?.backlogParcels === 12);
    await eventually(() => good.stored.size === 13);
    bad.order = [];
    await bad.up();
    await eventually(() => bad.stored.size === 13);
    expectStored(bad, range(1, 12));
    const caughtUp = bad.order.filter((path) => path !== INIT);
    expect(bad.order[0]).toBe(INIT);
    expect(caughtUp).toEqual(range(1, 12).reverse().map(pathOf));
    // The region has it before its answer is counted.
    await eventually(() => countsOf(running, bad).late === 12);
    expect(countsOf(running, bad)).toEqual({ ok: 0, late: 12, refused: 0, lost: 0 });
  });

  it('and does not know the event yet keeps nothing else waiting', async () => {
    const region = await regionDouble();
    let known = false;
    region.behave = (path) => (path.startsWith(EVENT) && !known ? 404 : 201);
    const { init, segment, put, publisher } = await started({ to: [region.url], budgetMs: 20 });
    await init();
    await segment(1);
    await eventually(() => (publisher.stats().regions[0]?.backlogParcels ?? 0) >= 1);
    await put('/live/demo/other/thumb.jpg', Buffer.from('picture'));
    await eventually(() => region.stored.has('/live/demo/other/thumb.jpg'));
    known = true;
    await eventually(() => region.stored.has(pathOf(1)));
    expectStored(region, [1]);
  });

  it('by silence is left after the budget, and gets it on another connection', async () => {
    const clock = new FakeClock(1e12);
    const region = await regionDouble();
    region.behave = (path, attempt) => (path === pathOf(1) && attempt === 1 ? 'silent' : 201);
    const running = await started({ to: [region.url], clock, budgetMs: 2000 });
    await running.init();
    await eventually(() => region.stored.has(INIT));
    await running.segment(1);
    await eventually(() => region.arrived.some(({ path }) => path === pathOf(1)));
    expect(region.stored.has(pathOf(1))).toBe(false);
    await clock.advance(2000);
    await eventually(() => region.stored.has(pathOf(1)));
    await eventually(() => countsOf(running, region).late === 1);
    const ports = region.arrived.filter(({ path }) => path === pathOf(1)).map(({ remotePort }) => remotePort);
    expect(new Set(ports).size).toBe(2);
  });
});
