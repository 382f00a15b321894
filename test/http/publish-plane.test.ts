import fc from 'fast-check';
import { cutFrames, truncate } from '../../demo/damage';
import { publishPlane } from '../../http/publish-plane';
import { nodeDigester } from '../../stores/node-digester';
import {
  asset,
  deploy,
  EDGE,
  jsonOf,
  KEY,
  PATH,
  publishInit,
  put,
  request,
  type RequestParts,
} from '../support/deployment';

const GOOD = asset.segment('v360', EDGE);
const SEGMENT = `v360/${EDGE}.m4s`;
const digestOf = (bytes: Uint8Array) =>
  `sha-256=:${Buffer.from(nodeDigester.sha256Hex(bytes), 'hex').toString('base64')}:`;

describe('each outcome and how it is told', () => {
  type Case = [string, string, Uint8Array | undefined, RequestParts, number, object];
  const text = new TextEncoder().encode('hello');
  it.each<Case>([
    ['stored', SEGMENT, GOOD, {}, 201, { ETag: `"${nodeDigester.sha256Hex(GOOD)}"` }],
    ['stored by POST', SEGMENT, GOOD, { method: 'POST' }, 201, {}],
    [
      'stored with defects',
      SEGMENT,
      cutFrames(GOOD, 11),
      {},
      201,
      { 'Headwater-Defects': 'short;missing=11;ticks=-5632' },
    ],
    ['an init', 'a128/init.mp4', asset.init('a128'), {}, 201, {}],
    ['an empty body, a packager’s test', SEGMENT, undefined, {}, 200, { 'Headwater-Ignored': 'empty' }],
    ['a DELETE: retention is ours', SEGMENT, undefined, { method: 'DELETE' }, 200, {}],
    ['before the event', `v360/${EDGE - 1001}.m4s`, GOOD, {}, 200, { 'Headwater-Ignored': 'before-initial' }],
    ['a packager’s manifest', 'live.mpd', text, {}, 201, {}],
    ['unusable', SEGMENT, truncate(GOOD, 900), {}, 400, {}],
    ['no media', SEGMENT, text, {}, 400, {}],
    ['an unusable init', 'a128/init.mp4', text, {}, 400, {}],
    ['another digest', SEGMENT, GOOD, { headers: { 'content-digest': digestOf(text) } }, 400, {}],
    ['an alias', `v360/0${EDGE}.m4s`, GOOD, {}, 400, {}],
    ['an unknown name of a known type', 'v999/7.m4s', GOOD, {}, 400, {}],
    ['another method', SEGMENT, GOOD, { method: 'PATCH' }, 400, {}],
    ['no media path', `/live/acme/final/../${SEGMENT}`, GOOD, {}, 400, {}],
    ['too early', `v360/${EDGE + 50}.m4s`, GOOD, {}, 409, {}],
    ['an init of another identity', 'v360/init.mp4', asset.init('v720'), {}, 409, {}],
    ['an unknown type', 'film.mov', GOOD, {}, 415, {}],
  ])('%s', async (_, path, body, parts, status, headers) => {
    const { origin } = await deploy();
    await publishInit(origin);
    const { response } = await put(origin, path, body, parts);
    expect([response.status, response.headers]).toMatchObject([
      status,
      { 'Cache-Control': 'no-store', ...headers },
    ]);
    if (status < 400) return;
    expect(response.headers['Content-Type']).toBe('application/problem+json');
    const problem = jsonOf(response);
    expect(problem).toMatchObject({ status, title: expect.any(String) as string });
    const fault = {
      parameter: expect.any(String) as string,
      wanted: expect.any(String) as string,
      got: expect.any(String) as string,
    };
    expect(problem).toMatchObject('defects' in problem ? {} : { faults: [fault] });
  });

  it('the same bytes again: 200; others over a good copy: 409, which names what is there', async () => {
    const { origin } = await deploy();
    const statuses = [GOOD, GOOD, cutFrames(GOOD, 11)].map((body) => () => put(origin, SEGMENT, body));
    const answers = [];
    for (const send of statuses) answers.push((await send()).response);
    expect(answers.map(({ status }) => status)).toEqual([201, 200, 409]);
    expect(jsonOf(answers[2]!)).toMatchObject({ held: { digest: nodeDigester.sha256Hex(GOOD) } });
  });

  it('too early names the number expected now', async () => {
    const { origin } = await deploy();
    const { response } = await put(origin, `v360/${EDGE * 2}.m4s`, GOOD);
    expect(jsonOf(response)).toMatchObject({ expectedNumber: EDGE + 1 });
  });

  it('a stored candidate is told with its ticks as text', async () => {
    const { origin } = await deploy();
    const { response } = await put(origin, SEGMENT, GOOD);
    expect(jsonOf(response)).toMatchObject({
      ...{
        representation: 'v360',
        number: EDGE,
        pipeline: 'a',
        region: 'us-east-1',
        size: GOOD.length,
        defects: [],
      },
      inspection: {
        baseMediaDecodeTime: (BigInt(EDGE) * 25_600n).toString(),
        durationTicks: '25600',
        frameTicks: '512',
        sampleCount: 50,
      },
    });
  });
});

describe('what a packager says of its body', () => {
  it.each([
    ['its digest', { 'content-digest': digestOf(GOOD) }, 201],
    ['as a representation', { 'repr-digest': digestOf(GOOD) }, 201],
    ['one of another algorithm', { 'content-digest': 'md5=:AAAA:' }, 201],
    ['one that cannot be read', { 'content-digest': 'sha-256=AAAA' }, 201],
    [
      'one right and one wrong',
      { 'content-digest': digestOf(GOOD), 'repr-digest': digestOf(new Uint8Array(1)) },
      400,
    ],
  ])('%s', async (_, headers, status) => {
    const { origin } = await deploy();
    expect((await put(origin, SEGMENT, GOOD, { headers })).response.status).toBe(status);
  });

  it('its inspection: defects are believed, a clean verdict is not', async () => {
    const { origin } = await deploy();
    const send = (number: number, verdict: string, body: Uint8Array) =>
      put(origin, `v360/${number}.m4s`, body, { headers: { 'segment-inspection': verdict } });
    const reported = await send(EDGE, 'samples=50, defects=(repeated)', GOOD);
    expect(reported.response.headers['Headwater-Defects']).toBe('repeated');
    const short = cutFrames(asset.segment('v360', EDGE - 1), 11);
    const denied = await send(EDGE - 1, 'samples=50, defects=()', short);
    expect(denied.response.headers['Headwater-Defects']).toContain('short');
  });
});

describe('who may publish', () => {
  const publisher = { ...KEY, pipeline: 'a', credential: 'a-1' };
  it.each([
    ['nobody', undefined, PATH, 401],
    ['a credential of another event', { ...publisher, event: 'other' }, PATH, 403],
    ['a credential of another tenant', { ...publisher, tenant: 'other' }, PATH, 403],
    ['a pipeline that the event does not have', { ...publisher, pipeline: 'z' }, PATH, 403],
    ['an event that is not there', { ...publisher, event: 'other' }, '/live/acme/other', 404],
  ])('%s', async (_, who, path, status) => {
    const { origin, counts } = await deploy();
    const { response } = await publishPlane(
      origin,
      request(`${path}/${SEGMENT}`, { method: 'PUT', body: GOOD }),
      who,
    );
    expect(response.status).toBe(status);
    expect(jsonOf(response)).toHaveProperty('faults');
    expect(response.headers['WWW-Authenticate']).toBe(
      status === 401 ? 'Basic realm="headwater", charset="UTF-8"' : undefined,
    );
    expect(counts.regions[0]?.all).toEqual({});
  });

  it('a credential that was replaced is refused from its end on, whoever still vouches for it', async () => {
    const { clock, origin } = await deploy();
    const base = { kind: 'revocation', id: 'r', atMs: clock.nowMs(), by: 'operator-1' } as const;
    await origin.eventStore.append(
      KEY,
      { ...base, credential: 'a-1', validUntilMs: clock.nowMs() + 2000 },
      0,
    );
    await clock.advance(1999);
    expect((await put(origin, SEGMENT, GOOD)).response.status).toBe(201);
    await clock.advance(1);
    expect((await put(origin, SEGMENT, GOOD)).response.status).toBe(403);
  });
});

describe('media before its init', () => {
  const representations = [{ id: 'v360', contentType: 'video' }];

  it('waits for it: ffmpeg sends both at once, on two connections, and neither again', async () => {
    const { clock, origins } = await deploy({ representations }, ['us-east-1', 'us-west-2']);
    const [east, west] = origins;
    const answer = put(east, SEGMENT, GOOD);
    await clock.advance(1900);
    await publishInit(west!);
    await clock.advance(200);
    expect((await answer).response.status).toBe(201);
    expect(clock.sleeping).toBe(0);
  });

  it('waits when a time names it, whose ticks only the init explains', async () => {
    const ingestMedia = 'v360/t$Time$.m4s';
    const { clock, origin } = await deploy({ representations: [{ ...representations[0], ingestMedia }] });
    const answer = put(origin, `v360/t${EDGE * 25_600}.m4s`, GOOD);
    await clock.advance(100);
    await publishInit(origin);
    await clock.advance(100);
    expect((await answer).response.status).toBe(201);
  });

  it('is 412 when none comes for two seconds, and taken once the init came to another instance', async () => {
    const { clock, origins } = await deploy({ representations }, ['us-east-1', 'us-west-2']);
    const [east, west] = origins;
    const answer = put(east, SEGMENT, GOOD);
    await clock.advance(2000);
    expect((await answer).response.status).toBe(412);
    await publishInit(west!);
    expect((await put(east, SEGMENT, GOOD)).response.status).toBe(201);
  });
});

it('any bytes are answered, never thrown: damaged at random', async () => {
  const { origin } = await deploy();
  await publishInit(origin);
  const damage = fc.array(fc.tuple(fc.nat({ max: 1500 }), fc.nat({ max: 255 })), {
    minLength: 1,
    maxLength: 20,
  });
  await fc.assert(
    fc.asyncProperty(damage, fc.integer({ min: 0, max: 1500 }), async (changes, cut) => {
      const bytes = GOOD.slice(0, cut % 3 === 0 ? cut : GOOD.length);
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      for (const path of [SEGMENT, 'v360/init.mp4', 'live.m3u8']) {
        const { response } = await put(origin, path, bytes, { pipeline: 'b' });
        expect([200, 201, 400, 409]).toContain(response.status);
        for (const value of Object.values(response.headers)) expect(value).toMatch(/^[ -~]*$/);
      }
    }),
    { numRuns: 300 },
  );
});
