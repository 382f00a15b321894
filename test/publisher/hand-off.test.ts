import { eventually } from '../support/put-recorder';
import { bytesOf, countsOf, INIT, pathOf, started } from './packager-double';
import { regionDouble } from './region-double';

describe('a segment too large for one PUT', () => {
  const tooLarge = (members: object) => ({
    status: 413,
    body: JSON.stringify({ title: 'Too large', upload: '?upload', ...members }),
  });
  const place = (url: string) => ({
    status: 200,
    body: JSON.stringify({ url, headers: { 'if-none-match': '*' } }),
  });

  it('goes by the hand-off where the 413 names it, and the place is not told our credential', async () => {
    const [region, bucket] = [await regionDouble(), await regionDouble()];
    region.behave = (path) => {
      if (path === `${pathOf(1)}?upload`) return place(`${bucket.url.href}bucket/key?signature=x`);
      if (path === pathOf(1)) return tooLarge({});
      return 201;
    };
    const running = await started({ to: [region.url] });
    await running.init();
    await running.segment(1);
    await eventually(() => region.stored.has(`${pathOf(1)}?upload=complete`));
    const [put] = bucket.arrived;
    expect(put?.body.equals(bytesOf(1))).toBe(true);
    expect(put?.headers).toMatchObject({ 'if-none-match': '*' });
    expect(put?.headers.authorization).toBeUndefined();
    await eventually(() => countsOf(running, region).ok === 1);
  });

  it('names its bytes by their digest in both steps, with the verdict', async () => {
    const region = await regionDouble();
    region.behave = (path) =>
      path === pathOf(1) ? tooLarge({}) : path.endsWith('?upload') ? place('?upload=bytes&ticket=t') : 201;
    const { init, segment } = await started({ to: [region.url] });
    await init();
    await segment(1);
    await eventually(() => region.stored.has(`${pathOf(1)}?upload=complete`));
    const posts = region.arrived.filter(({ method }) => method === 'POST');
    expect(posts.map(({ path }) => path)).toEqual([`${pathOf(1)}?upload`, `${pathOf(1)}?upload=complete`]);
    for (const { headers } of posts)
      expect([headers['repr-digest'], headers['segment-inspection']]).toEqual([
        expect.stringMatching(/^sha-256=:/),
        expect.stringContaining('tfdt='),
      ]);
    // A relative place is one of the region's own.
    expect(region.stored.get(`${pathOf(1)}?upload=bytes&ticket=t`)?.equals(bytesOf(1))).toBe(true);
  });

  it('is not sent to be refused again, once the limit is known', async () => {
    const region = await regionDouble();
    region.behave = (path) => {
      if (path.endsWith('?upload')) return place('?upload=bytes');
      return path.includes('?') || path === INIT ? 201 : tooLarge({ bytesMax: 100, uploadBytesMax: 1e7 });
    };
    const { init, segment } = await started({ to: [region.url] });
    await init();
    for (const number of [1, 2, 3]) {
      await segment(number);
      await eventually(() => region.stored.has(`${pathOf(number)}?upload=complete`));
    }
    expect([1, 2, 3].map((number) => region.attempts.get(pathOf(number)))).toEqual([1, undefined, undefined]);
  });

  it.each([
    ['even the hand-off takes less', tooLarge({ bytesMax: 100, uploadBytesMax: 200 })],
    ['there is none', { status: 413, body: '{"title":"Too large"}' }],
  ])('is refused where %s', async (_, answer) => {
    const region = await regionDouble();
    region.behave = (path) => (path === pathOf(1) ? answer : 201);
    const running = await started({ to: [region.url] });
    await running.init();
    await running.segment(1);
    await eventually(() => countsOf(running, region).refused === 1);
    expect(region.arrived.map(({ method }) => method)).not.toContain('POST');
  });

  it('is there already: what ?upload answers without a place is the answer', async () => {
    const region = await regionDouble();
    region.behave = (path) =>
      path === pathOf(1)
        ? tooLarge({})
        : path.endsWith('?upload')
          ? { status: 200, body: '{"number":1}' }
          : 201;
    const running = await started({ to: [region.url] });
    await running.init();
    await running.segment(1);
    await eventually(() => countsOf(running, region).ok === 1);
    expect(region.attempts.has(`${pathOf(1)}?upload=complete`)).toBe(false);
  });
});
