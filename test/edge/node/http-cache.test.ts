import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  always,
  BYTES,
  closeAll,
  edgeBefore,
  region,
  request,
  textOf,
} from '../../support/edge-before-regions';

afterEach(closeAll);

/** A playlist: its key is not bound to a schedule, so time may pass between two requests. */
const PATH = '/live/acme/final/master.m3u8';
const ETAG = { ETag: '"d1"' };

/** The topics of https://cache-tests.fyi, in our own cases: what an answer says, and whether a second request meets it again. */
const CASES: readonly [
  topic: string,
  status: number,
  headers: Record<string, string>,
  afterMs: number,
  reused: boolean,
][] = [
  ['max-age', 200, { 'Cache-Control': 'max-age=10' }, 9999, true],
  ['max-age that is over', 200, { 'Cache-Control': 'max-age=10' }, 10_000, false],
  ['max-age=0', 200, { 'Cache-Control': 'max-age=0' }, 0, false],
  ['s-maxage before max-age', 200, { 'Cache-Control': 'max-age=1, s-maxage=10' }, 5000, true],
  ['s-maxage before max-age, shorter', 200, { 'Cache-Control': 'max-age=10, s-maxage=1' }, 5000, false],
  [
    's-maxage before Expires',
    200,
    { 'Cache-Control': 's-maxage=10', Expires: 'Thu, 01 Jan 1970 00:00:00 GMT' },
    5000,
    true,
  ],
  ['names in capitals', 200, { 'Cache-Control': 'MAX-AGE=10' }, 5000, true],
  ['a quoted number', 200, { 'Cache-Control': 'max-age="10"' }, 5000, true],
  ['a number with a sign', 200, { 'Cache-Control': 'max-age=-10' }, 0, false],
  ['a number with a fraction', 200, { 'Cache-Control': 'max-age=1.5' }, 0, false],
  ['a number beyond 2^31', 200, { 'Cache-Control': 'max-age=99999999999' }, 86_400_000, true],
  ['directives that nobody knows', 200, { 'Cache-Control': 'foo, max-age=10, bar="x"' }, 5000, true],
  ['max-age within a name', 200, { 'Cache-Control': 'x-max-age=10' }, 0, false],
  ['no Cache-Control', 200, {}, 0, false],
  ['Expires alone (no heuristics, no Expires)', 200, { Expires: 'Fri, 01 Jan 2100 00:00:00 GMT' }, 0, false],
  ['no-store', 200, { 'Cache-Control': 'no-store, max-age=10' }, 0, false],
  ['no-cache', 200, { 'Cache-Control': 'no-cache, max-age=10' }, 0, false],
  ['private', 200, { 'Cache-Control': 'private, max-age=10' }, 0, false],
  ['Set-Cookie', 200, { 'Cache-Control': 'max-age=10', 'Set-Cookie': 'a=b' }, 0, false],
  ['Age counts', 200, { 'Cache-Control': 'max-age=10', Age: '6' }, 5000, false],
  ['Age leaves time', 200, { 'Cache-Control': 'max-age=10', Age: '4' }, 5000, true],
  ['Age beyond max-age', 200, { 'Cache-Control': 'max-age=10', Age: '11' }, 0, false],
  ['an Age that is no number', 200, { 'Cache-Control': 'max-age=10', Age: 'x' }, 5000, true],
  ['404 with max-age', 404, { 'Cache-Control': 'max-age=10' }, 5000, true],
  ['410 with max-age', 410, { 'Cache-Control': 'max-age=10' }, 5000, true],
  ['503 with max-age', 503, { 'Cache-Control': 'max-age=5' }, 4000, true],
  ['206, never', 206, { 'Cache-Control': 'max-age=10', 'Content-Range': 'bytes 0-9/20' }, 0, false],
];

describe('the Node edge as an HTTP cache (RFC 9111)', () => {
  it.each(CASES)('%s', async (_, status, headers, afterMs, reused) => {
    const origin = await region(always(status, { ...headers, ...ETAG }));
    const { edge, clock } = edgeBefore([origin]);
    await edge.answer(request(PATH));
    await clock.advance(afterMs);
    const answer = await edge.answer(request(PATH));
    expect([answer.status, origin.requests.length]).toEqual([status, reused ? 1 : 2]);
  });

  it.each<[string, Record<string, string>, number]>([
    ['If-None-Match that matches', { 'if-none-match': '"d1"' }, 304],
    ['If-None-Match of several', { 'if-none-match': '"x", "d1"' }, 304],
    ['If-None-Match, weak comparison', { 'if-none-match': 'W/"d1"' }, 304],
    ['If-None-Match of anything', { 'if-none-match': '*' }, 304],
    ['If-None-Match of another', { 'if-none-match': '"x"' }, 200],
    ['Range', { range: 'bytes=2-4' }, 206],
    ['Range from the end', { range: 'bytes=-3' }, 206],
    ['Range that is none', { range: 'lines=1-2' }, 200],
    ['several ranges, as one whole', { range: 'bytes=0-1,3-4' }, 200],
    ['Range beyond the end', { range: 'bytes=10-' }, 416],
    ['If-Range that matches', { range: 'bytes=2-4', 'if-range': '"d1"' }, 206],
    ['If-Range of another', { range: 'bytes=2-4', 'if-range': '"x"' }, 200],
    ['If-Range, strong comparison', { range: 'bytes=2-4', 'if-range': 'W/"d1"' }, 200],
    ["a client's no-cache does not reach through", { 'cache-control': 'no-cache' }, 200],
  ])('a stored answer meets %s', async (_, headers, status) => {
    const origin = await region(always(200, { 'Cache-Control': 'max-age=10', ...ETAG }));
    const { edge } = edgeBefore([origin]);
    await edge.answer(request(PATH));
    expect([(await edge.answer(request(PATH, headers))).status, origin.requests.length]).toEqual([status, 1]);
  });

  it('answers HEAD from what GET stored, with its length and no body', async () => {
    const origin = await region(always(200, { 'Cache-Control': 'max-age=10', ...ETAG }));
    const { edge } = edgeBefore([origin]);
    await edge.answer(request(PATH));
    const { headers, body } = await edge.answer(request(PATH, {}, 'HEAD'));
    expect([headers['content-length'], body, origin.requests.length]).toEqual([
      String(BYTES.length),
      undefined,
      1,
    ]);
  });

  it('uses a stale answer while every region fails, for as long as stale-if-error says', async () => {
    let fails = false;
    const origin = await region((_, response) =>
      fails
        ? response.writeHead(500, { 'Cache-Control': 'no-store' }).end()
        : response.writeHead(200, { 'Cache-Control': 'max-age=1, stale-if-error=10', ...ETAG }).end(BYTES),
    );
    const { edge, clock } = edgeBefore([origin]);
    await edge.answer(request(PATH));
    fails = true;
    await clock.advance(5000);
    expect(textOf(await edge.answer(request(PATH)))).toBe('0123456789');
    await clock.advance(7000);
    expect((await edge.answer(request(PATH))).status).toBeGreaterThanOrEqual(500);
  });

  it('docs/edge.md lists what it leaves out, each with its reason', () => {
    const page = readFileSync(join(__dirname, '../../../docs/edge.md'), 'utf8');
    const [, section = ''] = page.split('## The Node edge as an HTTP cache');
    for (const topic of [
      'Vary',
      'Expires',
      'heuristic',
      'stale-while-revalidate',
      'POST',
      'If-Modified-Since',
      '206',
      'Authorization',
    ])
      expect(section).toContain(topic);
  });
});
