import { eventHeaders } from '../../http/common-headers';
import { overloadedAnswer } from '../../http/overload';
import { failedServe } from '../../http/serve-plane';
import { ingestNotices } from '../../origin/ingest/ingest-notices';
import {
  asset,
  control,
  deploy,
  EDGE,
  eventOf,
  jsonOf,
  publish,
  publishInit,
  put,
  request,
  serve,
} from '../support/deployment';
import { NOW_MS } from '../support/samples';
import type { Origin } from '../../origin/origin';

const SEGMENT = `v360/${EDGE}.m4s`;
const AD = {
  type: 'ad-break',
  id: '17',
  fromSegment: EDGE,
  data: { seconds: 30, url: 'https://x.example/a' },
};
const AD_FIELD = `ad-break;id="17";from=${EDGE};seconds=30;url="https://x.example/a"`;

const fieldAt = async (origin: Origin, path = SEGMENT) =>
  (await serve(origin, path)).response.headers['Headwater-Notices'];

async function ready() {
  const deployment = await deploy();
  await publishInit(deployment.origin);
  await publish(deployment.origin);
  return deployment;
}

describe('a notice of an operator', () => {
  it('is on every answer of the serve plane, whatever its status, and raises no cache version', async () => {
    const { origin } = await ready();
    expect(await fieldAt(origin)).toBeUndefined();
    const posted = await control(origin, 'POST', 'notices', AD);
    expect(posted.status).toBe(201);
    const field = `version=${NOW_MS}, notices=(${AD_FIELD})`;
    expect(jsonOf(posted)).toMatchObject({
      ...{ version: NOW_MS, header: field, bytesMax: 512 },
      notices: [{ ...AD, by: 'operator-1', carried: true, at: new Date(NOW_MS).toISOString() }],
    });
    const paths = [
      SEGMENT,
      'v360/init.mp4',
      'manifest.mpd',
      `v360/${EDGE + 50}.m4s`,
      'v360/1.m4s',
      'nothing.txt',
      `v360/${EDGE - 900}.m4s`,
    ];
    const answers = await Promise.all(paths.map(async (path) => (await serve(origin, path)).response));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 404, 404, 404, 410]);
    for (const { headers } of answers)
      expect(headers).toMatchObject({ 'Headwater-Notices': field, 'Headwater-Version': '1' });
  });

  it('is on the 503 of stores that fail, and of load that is shed', async () => {
    const { origin } = await ready();
    await control(origin, 'POST', 'notices', AD);
    const field = `version=${NOW_MS}, notices=(${AD_FIELD})`;
    const failed = failedServe(origin, request(`/live/acme/final/${SEGMENT}`));
    expect(failed).toMatchObject({ status: 503, headers: { 'Headwater-Notices': field } });
    const unknown = failedServe(origin, request('/live/acme/other/1.m4s'));
    expect([unknown.status, unknown.headers['Headwater-Notices']]).toEqual([503, undefined]);
    const { headers } = overloadedAnswer(eventHeaders(await eventOf(origin)));
    expect(headers).toMatchObject({ 'Headwater-Notices': field, 'Cache-Control': 'max-age=5' });
  });

  it('takes the place of the one of its type and id, by a greater version even within a millisecond', async () => {
    const { origin } = await ready();
    for (const data of [{ seconds: 30 }, { seconds: 60 }])
      await control(origin, 'POST', 'notices', { ...AD, data });
    expect(await fieldAt(origin)).toBe(
      `version=${NOW_MS + 1}, notices=(ad-break;id="17";from=${EDGE};seconds=60)`,
    );
  });

  it('that says nothing new is 200, and recorded once', async () => {
    const { origin } = await ready();
    const posts = [
      await control(origin, 'POST', 'notices', AD),
      await control(origin, 'POST', 'notices', AD),
    ];
    expect(posts.map(({ status }) => status)).toEqual([201, 200]);
    expect((await eventOf(origin)).head.revision).toBe(3);
  });

  it('is taken back, and that is told', async () => {
    const { origin } = await ready();
    await control(origin, 'POST', 'notices', AD);
    await control(origin, 'POST', 'notices', { type: 'lost' });
    expect((await control(origin, 'DELETE', 'notices/ad-break/17')).status).toBe(200);
    expect(await fieldAt(origin)).toBe(`version=${NOW_MS + 2}, notices=(lost)`);
    expect((await control(origin, 'DELETE', 'notices/lost')).status).toBe(200);
    expect(await fieldAt(origin)).toBe(`version=${NOW_MS + 3}, notices=()`);
    const again = await control(origin, 'DELETE', 'notices/lost');
    expect([again.status, jsonOf(again)]).toMatchObject([404, { faults: [{ got: 'lost' }] }]);
  });

  it('finds room before older ones; what has none is told', async () => {
    const { origin } = await ready();
    const data = { text: 'x'.repeat(300) };
    for (const id of ['1', '2']) await control(origin, 'POST', 'notices', { type: 'long', id, data });
    const listed = jsonOf(await control(origin, 'GET', 'notices'));
    expect(listed['notices']).toMatchObject([
      { id: '2', carried: true },
      { id: '1', carried: false },
    ]);
    expect(await fieldAt(origin)).toMatch(/notices=\(long;id="2".*\), more=1$/);
  });

  it.each<[string, unknown, string]>([
    ['no type', { data: {} }, 'type'],
    ['a type that is no token', { type: '1x' }, 'type'],
    ['an id with a slash', { type: 'x', id: 'a/b' }, 'id'],
    ['data that is text', { type: 'x', data: 'y' }, 'data'],
    ['data within data', { type: 'x', data: { a: {} } }, 'data.a'],
    ['text beyond ASCII', { type: 'x', data: { a: 'ü' } }, 'data.a'],
    ['a number beyond a structured field', { type: 'x', data: { a: 1e15 } }, 'data.a'],
    ['a member that has another meaning', { type: 'x', data: { from: 1 } }, 'data.from'],
    ['a segment that is none', { type: 'x', fromSegment: -1 }, 'fromSegment'],
    ['another member', { type: 'x', until: 1 }, 'until'],
  ])('%s is refused by name', async (_, input, parameter) => {
    const { origin } = await deploy();
    const response = await control(origin, 'POST', 'notices', input);
    expect(response.status).toBe(400);
    expect(jsonOf(response)).toMatchObject({ faults: [{ parameter }] });
  });

  it('of more than 400 bytes is refused with what it has', async () => {
    const { origin } = await deploy();
    const data = { a: 'x'.repeat(300), b: 'x'.repeat(200) };
    const response = await control(origin, 'POST', 'notices', { type: 'x', data });
    expect(response.status).toBe(400);
    expect(JSON.stringify(jsonOf(response))).toContain('400 bytes');
  });
});

describe('notices of pipelines', () => {
  const GOOD = asset.segment('v360', EDGE);
  const say = (origin: Origin, field: string, pipeline = 'a') =>
    put(origin, SEGMENT, GOOD, { pipeline, headers: { 'headwater-notices': field } });

  it('come with a PUT, once however often, and both pipelines say one thing', async () => {
    const { origin } = await ready();
    for (const pipeline of ['a', 'a', 'b', 'b'])
      expect((await say(origin, `notices=(${AD_FIELD})`, pipeline)).response.status).toBeLessThan(300);
    const event = await eventOf(origin);
    expect(event.notices?.standing).toMatchObject([{ type: 'ad-break', name: '17', by: 'a' }]);
    // Made, an init, and what each pipeline said.
    expect(event.head.revision).toBe(4);
    expect(await fieldAt(origin)).toBe(`version=${NOW_MS}, notices=(${AD_FIELD})`);
  });

  it('are cumulative, and an operator may take them back for good', async () => {
    const { clock, origin } = await ready();
    await say(origin, 'notices=(one)');
    await say(origin, 'notices=(two)');
    await clock.advance(10);
    await control(origin, 'DELETE', 'notices/one');
    await say(origin, 'notices=(one two)');
    expect(await fieldAt(origin)).toBe(`version=${NOW_MS + 10}, notices=(two)`);
    await clock.advance(10);
    await say(origin, 'notices=(one;now two)');
    expect(await fieldAt(origin)).toBe(`version=${NOW_MS + 20}, notices=(one;now two)`);
  });

  it.each([
    ['that cannot be read', 'notices=('],
    ['of which one is wrong', 'notices=(good "bad")'],
    ['with bytes beyond ASCII in it', 'notices=(a;x="ü")'],
  ])('%s cost no segment: the answer says so, and nothing of it counts', async (_, field) => {
    const { origin } = await deploy();
    await publishInit(origin);
    const { response } = await say(origin, field);
    expect(response.status).toBe(201);
    expect(response.headers['Headwater-Notices-Refused']).toMatch(/^"Headwater-Notices[ -~]*wanted[ -~]*"$/);
    expect(await fieldAt(origin)).toBeUndefined();
  });

  it('of segments that come at the same time are recorded once', async () => {
    const { origin } = await ready();
    const event = await eventOf(origin);
    const said = [{ type: 'x', name: '', data: {} }];
    await ingestNotices(origin, event, 'a', said);
    await ingestNotices(origin, event, 'a', said);
    expect((await eventOf(origin)).head.revision).toBe(event.head.revision + 1);
  });
});
