import type { RequestListener } from 'node:http';
import { DVR_FLIGHTS_MAX } from '../../../edge/node/edge';
import {
  always,
  BYTES,
  closeAll,
  edgeBefore,
  FOR_GOOD,
  region,
  request,
  SEGMENT,
  textOf,
} from '../../support/edge-before-regions';

afterEach(closeAll);

describe('collapsing', () => {
  it('1,000 clients that ask for the next segment are one request upstream', async () => {
    let publish: () => void = () => undefined;
    const published = new Promise<void>((resolve) => (publish = resolve));
    const origin = await region(
      (_, response) => void published.then(() => response.writeHead(200, FOR_GOOD).end(BYTES)),
    );
    const { edge, answered } = edgeBefore([origin]);
    const clients = Array.from({ length: 1000 }, () => edge.answer(request()));
    while (origin.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    publish();
    const answers = await Promise.all(clients);
    expect(answers.every((answer) => answer.status === 200 && textOf(answer) === '0123456789')).toBe(true);
    expect(origin.requests).toHaveLength(1);
    expect(answered.filter((how) => how === 'collapsed')).toHaveLength(999);
    expect(await edge.answer(request())).toMatchObject({
      headers: { 'cache-status': 'headwater-edge; hit; ttl=7200' },
    });
  });

  it('collapses what may not be stored, too', async () => {
    const origin = await region(always(404, { 'Cache-Control': 'max-age=0' }));
    const { edge } = edgeBefore([origin]);
    await Promise.all(Array.from({ length: 50 }, () => edge.answer(request())));
    expect(origin.requests).toHaveLength(1);
    await edge.answer(request());
    expect(origin.requests).toHaveLength(2);
  });
});

describe('the cache', () => {
  it('says how old a hit is, and fetches anew once it is not fresh', async () => {
    const origin = await region(always(200, { 'Cache-Control': 'max-age=10' }));
    const { edge, clock } = edgeBefore([origin]);
    const path = '/live/acme/final/master.m3u8';
    expect((await edge.answer(request(path))).headers).not.toHaveProperty('age');
    await clock.advance(9999);
    expect((await edge.answer(request(path))).headers).toMatchObject({ age: '9' });
    await clock.advance(1);
    await edge.answer(request(path));
    expect(origin.requests).toHaveLength(2);
  });

  it('has the version of the event in its key', async () => {
    const origin = await region(always(200));
    const { edge, known } = edgeBefore([origin]);
    await edge.answer(request());
    known.version = 2;
    await edge.answer(request());
    expect(origin.requests).toHaveLength(2);
  });

  it('is not filled by an origin that has not heard of the newest version yet', async () => {
    const origin = await region(always(200, { ...FOR_GOOD, 'Headwater-Version': '1' }));
    const { edge } = edgeBefore([origin], { version: 2 });
    await edge.answer(request());
    await edge.answer(request());
    expect(origin.requests).toHaveLength(2);
  });

  it.each([
    ['a segment, whatever is invented', [`${SEGMENT}?a=1`, `${SEGMENT}?v=2`, SEGMENT], 1],
    [
      'an init, by its version',
      ['/live/acme/final/v720/init.mp4?v=1', '/live/acme/final/v720/init.mp4?v=2&x=1'],
      2,
    ],
    [
      'a playlist, with and without the whole window',
      ['/live/acme/final/v720/media.m3u8', '/live/acme/final/v720/media.m3u8?dvr'],
      2,
    ],
  ])('keys %s', async (_, paths, fetches) => {
    const origin = await region(always(200));
    const { edge } = edgeBefore([origin]);
    for (const path of paths) await edge.answer(request(path));
    expect(origin.requests).toHaveLength(fetches);
  });

  it('cuts ranges, HEAD and conditions from one whole object', async () => {
    const origin = await region(always(200));
    const { edge } = edgeBefore([origin]);
    const part = await edge.answer(request(SEGMENT, { range: 'bytes=2-4' }));
    expect([part.status, textOf(part), part.headers['content-range']]).toEqual([206, '234', 'bytes 2-4/10']);
    expect((await edge.answer(request(SEGMENT, { range: 'bytes=10-' }))).status).toBe(416);
    expect((await edge.answer(request(SEGMENT, { 'if-none-match': '"d1"' }))).status).toBe(304);
    const head = await edge.answer(request(SEGMENT, {}, 'HEAD'));
    expect([head.status, head.body, head.headers['content-length']]).toEqual([200, undefined, '10']);
    expect(origin.requests).toHaveLength(1);
  });
});

describe('regions', () => {
  const missing = { 'Cache-Control': 'max-age=0' };

  it.each([
    ['answers 503', always(503, { 'Cache-Control': 'no-store' })],
    ['answers 500', always(500, {})],
    ['lacks a due segment (404)', always(404, missing)],
    ['has given a segment up (410)', always(410, { 'Cache-Control': 'no-store' })],
    ['breaks the connection', (_, response) => void response.destroy()],
    [
      'dies in the middle of the bytes',
      (_, response) => {
        response.writeHead(200, { ...FOR_GOOD, 'Content-Length': '10' }).write('01234');
        setImmediate(() => response.destroy());
      },
    ],
  ] satisfies readonly (readonly [string, RequestListener])[])(
    'asks the next when the nearest %s',
    async (_, listener) => {
      const [near, far] = [await region(listener), await region(always(200))];
      const { edge } = edgeBefore([near, far]);
      const answer = await edge.answer(request());
      expect([answer.status, textOf(answer)]).toEqual([200, '0123456789']);
      expect([near.requests.length, far.requests.length]).toEqual([1, 1]);
    },
  );

  it.each([
    ['404 for good', 404, { 'Cache-Control': 'max-age=60' }],
    ['410 beyond the window', 410, { 'Cache-Control': 'max-age=86400' }],
  ])('takes the word of the nearest for %s', async (_, status, headers) => {
    const [near, far] = [await region(always(status, headers)), await region(always(200))];
    const { edge } = edgeBefore([near, far]);
    expect((await edge.answer(request())).status).toBe(status);
    expect(far.requests).toHaveLength(0);
  });

  it('asks each region once, and answers 404 rather than 503', async () => {
    const [near, far] = [await region(always(404, missing)), await region(always(503, {}))];
    const { edge } = edgeBefore([near, far]);
    expect((await edge.answer(request())).status).toBe(404);
    expect([near.requests.length, far.requests.length]).toEqual([1, 1]);
  });

  it('leaves a region that did not answer alone for a second', async () => {
    const near = await region((_, response) => void response.destroy());
    const far = await region(always(200, { 'Cache-Control': 'no-store' }));
    const { edge, clock } = edgeBefore([near, far]);
    for (let index = 0; index < 5; index++) await edge.answer(request());
    expect([near.requests.length, far.requests.length]).toEqual([1, 5]);
    await clock.advance(1000);
    await edge.answer(request());
    expect(near.requests).toHaveLength(2);
  });

  it('shows what it had while every region fails, as long as stale-if-error says, then 503', async () => {
    let status = 200;
    const path = '/live/acme/final/master.m3u8';
    const origin = await region((_, response) =>
      response
        .writeHead(status, { 'Cache-Control': 'max-age=1, stale-if-error=10' })
        .end(status === 200 ? BYTES : ''),
    );
    const { edge, clock } = edgeBefore([origin]);
    await edge.answer(request(path));
    status = 500;
    await clock.advance(5000);
    const stale = await edge.answer(request(path));
    expect([stale.status, stale.headers['cache-status']]).toEqual([
      200,
      'headwater-edge; fwd=stale; detail=stale-if-error',
    ]);
    await clock.advance(6001);
    expect((await edge.answer(request(path))).status).toBe(503);
  });

  it('answers 503 when none can be reached', async () => {
    const gone = await region(always(200));
    gone.server.close();
    const { edge } = edgeBefore([gone]);
    expect((await edge.answer(request())).status).toBe(503);
  });
});

describe('live and DVR take nothing from each other', () => {
  const dvr = (index: number) => request(`/live/acme/final/v720/${index}.m4s`);

  it('a DVR storm on a region that does not answer fills its own flights; live still gets through', async () => {
    const origin = await region((message, response) => {
      if (message.url?.endsWith('/2000.m4s') === true) response.writeHead(200, FOR_GOOD).end(BYTES);
    });
    // Segment 2000 is due just now.
    const { edge } = edgeBefore([origin], { initialSegmentNumber: 0, nowMs: 4_002_500 });
    const statuses: number[] = [];
    for (let index = 0; index < DVR_FLIGHTS_MAX; index++) void edge.answer(dvr(index));
    await new Promise((resolve) => setImmediate(resolve));
    const turnedAway = await edge.answer(dvr(DVR_FLIGHTS_MAX));
    statuses.push(turnedAway.status, (await edge.answer(dvr(2000))).status);
    expect(statuses).toEqual([503, 200]);
    expect(turnedAway.headers['Cache-Control']).toBe('max-age=5');
  });

  it.each([
    ['live before DVR', 5],
    ['an event that it did not look up', 1],
  ])('what one region sheds is not asked of the next, and is cached: %s, %d s', async (_, seconds) => {
    const shed = { 'Cache-Control': `max-age=${seconds}`, 'Retry-After': `${seconds}` };
    const [near, far] = [await region(always(503, shed)), await region(always(200))];
    const { edge, clock } = edgeBefore([near, far]);
    for (const waitMs of [0, 0, seconds * 1000 - 1, 1]) {
      await clock.advance(waitMs);
      expect((await edge.answer(request('/live/acme/final/v720/950.m4s'))).status).toBe(503);
    }
    expect([near.requests.length, far.requests.length]).toEqual([2, 0]);
  });
});

describe('the guard before it', () => {
  it.each([
    ['/live/acme/final/v720/1500.m4s', 404],
    ['/live/acme/final/v720/01000.m4s', 404],
    ['/live/acme/final/v720/1.m4s', 404],
    ['/live/acme/final/v9/1000.m4s', 404],
    ['/live/acme', 404],
    ['/live/time', 200],
  ])('%s is answered without a request upstream', async (path, status) => {
    const origin = await region(always(200));
    const { edge } = edgeBefore([origin]);
    expect((await edge.answer(request(path))).status).toBe(status);
    expect(origin.requests).toHaveLength(0);
  });

  it('a 404 that it computes names the millisecond until which it is true', async () => {
    const { edge } = edgeBefore([await region(always(200))]);
    const { headers } = await edge.answer(request('/live/acme/final/v720/1500.m4s'));
    // Its predecessor is due at (1499 + 1) * 2 s + 500 ms of delay.
    expect(headers['Headwater-Expires-Ms']).toBe('3000500');
  });
});
