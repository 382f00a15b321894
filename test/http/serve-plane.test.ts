import { decodeCmsdStatic } from '@svta/cml-cmsd';
import { decodeSfDict, decodeSfList } from '@svta/cml-structured-field-values';
import { cutFrames } from '../../demo/damage';
import { segmentTags } from '../../http/cache-tags';
import type { HttpResponse } from '../../http/message';
import { defect, measure } from '../../origin/media/defect';
import { nodeDigester } from '../../stores/node-digester';
import {
  asset,
  deploy,
  EDGE,
  jsonOf,
  KEY,
  NEXT_DUE_MS,
  publish,
  publishInit,
  put,
  serve,
  type RequestParts,
} from '../support/deployment';
import { NOW_MS } from '../support/samples';

const GOOD = asset.segment('v360', EDGE);
const DIGEST = nodeDigester.sha256Hex(GOOD);
const ETAG = `"${DIGEST}"`;
const SEGMENT = `v360/${EDGE}.m4s`;
const SERVED = { representation: 'v360', number: EDGE, pipeline: 'a', region: 'us-east-1' };

async function published(configuration = {}) {
  const deployment = await deploy(configuration);
  await publishInit(deployment.origin);
  await publish(deployment.origin);
  await put(deployment.origin, 'live.mpd', new TextEncoder().encode('<MPD/>'));
  return deployment;
}

/** Names and bare values of a dictionary header. */
function dictionary(header: string | undefined): Record<string, unknown> {
  const members = decodeSfDict(header ?? '') as Record<string, { value: unknown }>;
  return Object.fromEntries(Object.entries(members).map(([name, { value }]) => [name, value]));
}

const EVERYWHERE = {
  'Access-Control-Allow-Origin': '*',
  'Timing-Allow-Origin': '*',
  'Access-Control-Expose-Headers': expect.stringContaining('CMSD-Static') as string,
  'Cache-Control': expect.any(String) as string,
};

describe('on every status: players of other hosts may read it, and how long it is true', () => {
  it.each<[string, string, RequestParts, number]>([
    ['a segment', SEGMENT, {}, 200],
    ['its headers', SEGMENT, { method: 'HEAD' }, 200],
    ['a part of it', SEGMENT, { headers: { range: 'bytes=0-9' } }, 206],
    ['what the client has', SEGMENT, { headers: { 'if-none-match': ETAG } }, 304],
    ['a range outside', SEGMENT, { headers: { range: 'bytes=99999999-' } }, 416],
    ['an init', 'v360/init.mp4', {}, 200],
    ['an init that nobody published', 'a128/init.mp4', {}, 404],
    ['an init version that is none', 'v360/init.mp4', { query: { v: '2' } }, 404],
    ['an alias of an init version', 'v360/init.mp4', { query: { v: '01' } }, 404],
    ['a packager’s manifest', 'packager/a/live.mpd', {}, 200],
    ['one that nobody published', 'packager/b/live.mpd', {}, 404],
    ['a number not yet due', `v360/${EDGE + 50}.m4s`, {}, 404],
    ['an alias', `v360/0${EDGE}.m4s`, {}, 404],
    ['one that never came', `v360/${EDGE - 100}.m4s`, {}, 410],
    ['an unknown name', 'nothing', {}, 404],
    ['an unknown event', '/live/acme/nothing/x', {}, 404],
    ['no media path', '/live/acme/final/../x', {}, 404],
    ['the time', '/live/time', {}, 200],
    ['a preflight', SEGMENT, { method: 'OPTIONS' }, 204],
    ['a method that is not taken', SEGMENT, { method: 'PUT' }, 405],
  ])('%s', async (_, path, parts, status) => {
    const { origin } = await published();
    const { response } = await serve(origin, path, parts);
    expect(response.status).toBe(status);
    expect(response.headers).toMatchObject(EVERYWHERE);
    expect(response.headers).not.toHaveProperty('Set-Cookie');
    expect(response.headers).not.toHaveProperty('Vary');
    if (status < 400 || parts.method === 'HEAD') return;
    expect(response.headers['Content-Type']).toBe('application/problem+json');
    expect(jsonOf(response)).toMatchObject({
      ...{ type: expect.stringMatching(/^\/problems\/[a-z-]+$/) as string, status },
      ...{ title: expect.any(String) as string, detail: expect.any(String) as string },
      faults: [
        {
          parameter: expect.any(String) as string,
          wanted: expect.any(String) as string,
          got: expect.any(String) as string,
        },
      ],
    });
  });

  it.each([SEGMENT, 'v360/init.mp4', 'packager/a/live.mpd', 'nothing', '/live/time', '/live/acme/nothing/x'])(
    'HEAD of %s has the headers of GET and no body',
    async (path) => {
      const { origin } = await published();
      const [got, headed] = [await serve(origin, path), await serve(origin, path, { method: 'HEAD' })];
      expect(headed.response).not.toHaveProperty('body');
      expect(headed.response.status).toBe(got.response.status);
      expect(headed.response.headers).toEqual({
        'Content-Length': expect.any(String) as string,
        ...got.response.headers,
      });
    },
  );
});

describe('the headers of a segment', () => {
  const headersOf = async (configuration = {}, bytes = GOOD): Promise<HttpResponse['headers']> => {
    const { origin } = await deploy(configuration);
    await publish(origin, { bytes });
    return (await serve(origin, SEGMENT)).response.headers;
  };

  it('validators, type and tags', async () => {
    expect(await headersOf()).toMatchObject({
      ...{ ETag: ETAG, 'Accept-Ranges': 'bytes', 'Content-Type': 'video/mp4' },
      'Content-Length': GOOD.length.toString(),
      'Repr-Digest': `sha-256=:${Buffer.from(DIGEST, 'hex').toString('base64')}:`,
      'Last-Modified': new Date(NOW_MS).toUTCString(),
      'Headwater-Version': '1',
      'Cache-Tag': segmentTags(KEY, SERVED),
      'Server-Timing': 'candidates;dur=0, bytes;dur=0, held;dur=0',
    });
  });

  it('Headwater-Candidate names pipeline, replica, region and number; names are strings', async () => {
    const header = (await headersOf())['Headwater-Candidate'];
    expect(header).toBe(`pipeline="a", replica="us-east-1", served="us-east-1", number=${EDGE}`);
  });

  it('CMSD-Static reads back', async () => {
    const header = (await headersOf())['CMSD-Static'];
    expect(decodeCmsdStatic(header!)).toEqual({
      ...{ ot: 'v', st: 'l', d: 2000, at: NOW_MS, n: 'headwater-us-east-1' },
      ...{ br: expect.any(Number) as number, nor: `${EDGE + 1}.m4s` },
    });
  });

  it('the last segment has no next one', async () => {
    const header = (await headersOf({ finalSegmentNumber: EDGE }))['CMSD-Static'];
    expect(decodeCmsdStatic(header!)).not.toHaveProperty('nor');
  });

  it('a good one has no defects', async () => {
    expect(await headersOf()).not.toHaveProperty('Headwater-Defects');
  });

  it('a defective one names them, in both headers', async () => {
    const headers = await headersOf({}, cutFrames(GOOD, 11));
    const [found] = decodeSfList(headers['Headwater-Defects']!) as [
      { value: { description: string }; params: object },
    ];
    expect(found.value.description).toBe('short');
    expect(found.params).toEqual({ missing: 11, ticks: -5632 });
    expect(decodeCmsdStatic(headers['CMSD-Static']!)).toMatchObject({
      'com.headwater-df': headers['Headwater-Defects'],
    });
  });

  it('a defect’s greatest ticks fit: a clock of 1 MHz that counts from its own start', async () => {
    const { origin } = await deploy();
    const lost = defect('discontinuity', { ticks: measure(-1_767_225_596_000_000n) });
    await publish(origin, { reported: [defect('repeated')] });
    const [candidate] = await origin.local.candidates.ofSegment({
      tenant: 'acme',
      event: 'final',
      representation: 'v360',
      number: EDGE,
    });
    await origin.local.candidates.flag(candidate!, [lost]);
    const { response } = await serve(origin, SEGMENT);
    expect(response.headers['Headwater-Defects']).toBe('discontinuity;ticks="-1767225596000000"');
  });

  it('how long a request was held', async () => {
    const { clock, origin } = await deploy();
    const asked = serve(origin, `v360/${EDGE + 1}.m4s`);
    await clock.advance(320);
    await publish(origin, { number: EDGE + 1 });
    const { headers } = (await asked).response;
    expect(decodeCmsdStatic(headers['CMSD-Static']!)).toMatchObject({ ht: 320 });
    expect(headers['Server-Timing']).toBe('candidates;dur=0, bytes;dur=0, held;dur=320');
  });

  it('a candidate header is a dictionary (RFC 9651)', async () => {
    expect(dictionary((await headersOf())['Headwater-Candidate'])).toEqual({
      ...{ pipeline: 'a', replica: 'us-east-1', served: 'us-east-1', number: EDGE },
    });
  });
});

describe('bodies', () => {
  const bodyOf = async (path: string, parts: RequestParts = {}) => {
    const { origin } = await published();
    return (await serve(origin, path, parts)).response;
  };

  it('a part is the part of the whole', async () => {
    const response = await bodyOf(SEGMENT, { headers: { range: 'bytes=100-199' } });
    expect(response.body).toEqual(GOOD.subarray(100, 200));
    expect(response.headers).toMatchObject({
      'Content-Range': `bytes 100-199/${GOOD.length}`,
      'Content-Length': '100',
    });
  });

  it('a range outside says how much there is', async () => {
    const response = await bodyOf(SEGMENT, { headers: { range: 'bytes=99999999-' } });
    expect(response.headers['Content-Range']).toBe(`bytes */${GOOD.length}`);
  });

  it.each([
    [{}, 'public, max-age=60'],
    [{ v: '1' }, 'public, max-age=31536000, immutable'],
  ])('an init, with %j, is kept as %s', async (query, cacheControl) => {
    const response = await bodyOf('v360/init.mp4', { query });
    expect(Buffer.from(response.body as Uint8Array).equals(asset.init('v360'))).toBe(true);
    expect(response.headers['Cache-Control']).toBe(cacheControl);
  });

  it('a packager’s manifest is served as it came', async () => {
    const response = await bodyOf('packager/a/live.mpd');
    expect(new TextDecoder().decode(response.body as Uint8Array)).toBe('<MPD/>');
    expect(response.headers).toMatchObject({
      'Content-Type': 'application/dash+xml',
      'Cache-Control': 'public, max-age=1',
    });
  });

  it('the time has milliseconds', async () => {
    expect(await bodyOf('/live/time')).toMatchObject({
      body: '2026-01-01T00:00:00.000Z',
      headers: { 'Cache-Control': 'no-store' },
    });
  });
});

describe('what a request costs the stores', () => {
  it.each<[string, string, RequestParts, object]>([
    ['a GET that the first pipeline answers', SEGMENT, {}, { 'candidates.ofSegment': 1, 'segments.read': 1 }],
    ['its HEAD', SEGMENT, { method: 'HEAD' }, { 'candidates.ofSegment': 1 }],
    ['what the client has', SEGMENT, { headers: { 'if-none-match': ETAG } }, { 'candidates.ofSegment': 1 }],
    ['an init', 'v360/init.mp4', {}, {}],
    ['not yet', `v360/${EDGE + 50}.m4s`, {}, {}],
    ['before the event', `v360/${EDGE - 2000}.m4s`, {}, {}],
    ['out of the window', `v360/${EDGE - 500}.m4s`, {}, {}],
    ['an alias', `v360/0${EDGE}.m4s`, {}, {}],
    ['an unknown name', 'nothing', {}, {}],
    ['a preflight', SEGMENT, { method: 'OPTIONS' }, {}],
  ])('%s', async (_, path, parts, expected) => {
    const { origin, counts, forget } = await published();
    forget();
    await serve(origin, path, parts);
    expect(counts.regions[0]?.all).toEqual(expected);
    expect(counts.events.all).toEqual({});
  });

  it('a manifest reads no segment', async () => {
    const { origin, counts, forget } = await published();
    forget();
    for (const path of ['manifest.mpd', 'master.m3u8', 'v360/media.m3u8']) await serve(origin, path);
    expect(counts.regions[0]?.all).not.toHaveProperty('segments.read');
  });

  it('a storm for events that nobody knows: one read a second and name', async () => {
    const { clock, origin, counts, forget } = await deploy();
    forget();
    for (let asked = 0; asked < 300; asked++) {
      await serve(origin, '/live/acme/nothing/x.m4s');
      await clock.advance(10);
    }
    expect(counts.events.all).toEqual({ 'events.read': 3 });
    expect(counts.regions[0]?.all).toEqual({});
  });
});

it('a segment is served a millisecond before and after it is due alike', async () => {
  const { clock, origin } = await deploy();
  await publish(origin, { number: EDGE + 1 });
  for (const nowMs of [NEXT_DUE_MS - 1, NEXT_DUE_MS]) {
    await clock.advanceTo(nowMs);
    expect((await serve(origin, `v360/${EDGE + 1}.m4s`)).response.status).toBe(200);
  }
});

describe('a cache that knows a newer version than this origin', () => {
  const cacheControlOf = async (path: string, version: string) => {
    const { origin } = await published();
    const { response } = await serve(origin, path, { headers: { 'headwater-version': version } });
    return response.headers['Cache-Control'];
  };

  it.each([SEGMENT, 'v360/init.mp4', 'manifest.mpd', 'v360/99999999999.m4s'])(
    'keeps nothing of the older one under it: %s',
    async (path) => {
      expect(await cacheControlOf(path, '2')).toBe('max-age=0');
    },
  );

  it.each(['1', '0', 'x', ''])('is not any that says %j', async (version) => {
    expect(await cacheControlOf(SEGMENT, version)).toContain('immutable');
  });
});
