import fc from 'fast-check';
import { buildViewerFunction, FUNCTION_BYTES_MAX } from '../../../edge/cloudfront/build';
import { encodeEvent } from '../../../edge/cloudfront/key-values';
import type { ViewerResponse } from '../../../edge/cloudfront/message';
import { guard } from '../../../edge/guard/guard';
import { guardAnswer } from '../../../edge/guard/guard-answer';
import { PREFLIGHT_HEADERS } from '../../../http/common-headers';
import type { HttpResponse } from '../../../http/message';
import type { EdgeConfiguration } from '../../../origin/events/edge-configuration';
import { edgeConfigurationOf } from '../../../origin/events/edge-configuration';
import type { LiveEvent } from '../../../origin/events/live-event';
import { writeNumber } from '../../../origin/events/template';
import { dueMs, opensAtMs, positionOf, windowStart } from '../../../origin/schedule/schedule';
import { nodeDigester } from '../../../stores/node-digester';
import { anyEvent } from '../../support/any-event';
import { liveEvent, TWO_SECONDS } from '../../support/live-event';
import { isAnswer, Realm } from './realm';

const built = buildViewerFunction('viewer-request');
const PATH = '/live/acme/final/';

function realmOf(configuration: EdgeConfiguration): Realm {
  const realm = new Realm(built);
  for (const { key, value } of encodeEvent(configuration, (text) => nodeDigester.sha256Hex(text)))
    realm.values.set(key, value);
  return realm;
}

const asAnswered = ({ status, headers, body }: HttpResponse) => ({
  statusCode: status,
  statusDescription: status === 404 ? 'Not Found' : 'Gone',
  headers: Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), { value }]),
  ),
  body,
});

const told = (event: LiveEvent): EdgeConfiguration => edgeConfigurationOf(event);
const EVENT = liveEvent({
  initialSegmentNumber: 100,
  timeShiftBufferDepthSeconds: 60,
  publish: { delayMs: 500, holdMs: 1000, retryDeadlineMs: 2000 },
});

describe('the built function', () => {
  it('is below what CloudFront takes', () => {
    expect(Buffer.byteLength(built)).toBeLessThan(FUNCTION_BYTES_MAX);
  });

  it('begins with its one import and has a plain top-level async handler, exporting nothing', () => {
    expect(built).toMatch(/^import \w+ from"cloudfront";/);
    expect(built.match(/import/g)).toHaveLength(1);
    expect(built).toMatch(/;async function handler\(event\)\{|\}async function handler\(event\)\{/);
    expect(built).not.toContain('export');
  });

  it('answers as the guard does on every edge: status, headers and body', async () => {
    const around = fc.integer({ min: -20_000, max: 20_000 });
    await fc.assert(
      fc.asyncProperty(anyEvent, fc.nat({ max: 6000 }), around, async (event, number, offMs) => {
        const realm = realmOf(told(event));
        realm.nowMs = Math.max(0, dueMs(event.schedule, number) + offMs);
        const path = PATH + writeNumber(event.representations.get('a128')!.media, number);
        const given = await realm.viewerRequest(path);
        const verdict = guard(path, told(event), realm.nowMs);
        const wanted = guardAnswer(verdict, told(event), realm.nowMs, 'headwater-cloudfront');
        expect(isAnswer(given) ? given : undefined).toEqual(wanted && asAnswered(wanted));
      }),
      { numRuns: 500 },
    );
  });
});

describe('a clock sweep in steps of 1 ms', () => {
  /** Around each boundary that a number has, and whatever it says must be what the schedule says. */
  it('never refuses what may exist, and never forwards what cannot', async () => {
    const { schedule } = EVENT;
    const realm = realmOf(told(EVENT));
    const number = 200;
    const boundaries = [
      opensAtMs(schedule, number),
      dueMs(schedule, number - 1),
      dueMs(schedule, number),
      dueMs(schedule, number) + schedule.holdMs,
      dueMs(schedule, number) + schedule.retryDeadlineMs,
      dueMs(schedule, number + schedule.depthSegments),
      dueMs(schedule, number + schedule.depthSegments + 1),
    ];
    const seen = new Set<string>();
    for (const boundary of boundaries)
      for (realm.nowMs = boundary - 120; realm.nowMs <= boundary + 120; realm.nowMs += 1) {
        const { nowMs } = realm;
        const given = await realm.viewerRequest(`${PATH}v720/${number}.m4s`);
        const position = positionOf(schedule, number, nowMs);
        const cannotBe = ['never', 'early', 'expired'].includes(position.kind);
        seen.add(`${position.kind} ${isAnswer(given) ? given.statusCode : 'forwarded'}`);
        if (isAnswer(given) !== cannotBe) throw new Error(`${nowMs - boundary} ms off: ${position.kind}`);
        if (isAnswer(given)) expectTruth(given, nowMs, dueMs(schedule, number - 1));
      }
    expect([...seen].sort()).toEqual([
      'early 404',
      'expected forwarded',
      'expired 410',
      'next forwarded',
      'overdue forwarded',
    ]);
    expect(windowStart(schedule, realm.nowMs)).toBeGreaterThan(number);
  });

  /** A 404 is over before its number is the next. */
  function expectTruth({ statusCode, headers }: ViewerResponse, nowMs: number, nextMs: number): void {
    const [, seconds] = /max-age=(\d+)/.exec(headers['cache-control']?.value ?? '') ?? [];
    expect(Number(seconds)).toBeGreaterThanOrEqual(0);
    if (statusCode === 404 && nowMs < nextMs && nowMs + Number(seconds) * 1000 >= nextMs)
      throw new Error(`a 404 for ${seconds} s at ${nowMs} outlives ${nextMs}`);
  }
});

describe('the cache key', () => {
  it.each([
    ['v720/init.mp4', { v: '2' }],
    ['v720/media.m3u8', { dvr: '', _HLS_skip: 'v2' }],
    ['master.m3u8', { dvr: '', _HLS_skip: 'v2' }],
    ['v720/200.m4s', {}],
    ['manifest.mpd', {}],
  ])('%s keeps what makes a difference: %j', async (name, kept) => {
    const realm = realmOf(told(EVENT));
    realm.nowMs = dueMs(EVENT.schedule, 200);
    const all = { v: '2', dvr: '', _HLS_skip: 'v2', Signature: 'x' };
    const values = (query: object) =>
      Object.fromEntries(Object.entries(query).map(([key, value]) => [key, { value: value as string }]));
    const given = await realm.viewerRequest(PATH + name, { querystring: values(all) });
    expect(given).toHaveProperty('querystring', values({ ...kept, Signature: 'x' }));
  });

  it('has the version of the event, whatever the viewer says it is', async () => {
    const realm = realmOf(told(liveEvent({ initialSegmentNumber: 100 }, [], { version: 7 })));
    const headers = { 'headwater-version': { value: '3' } };
    const given = await realm.viewerRequest(`${PATH}manifest.mpd`, { headers });
    expect(given.headers).toEqual({ 'headwater-version': { value: '7' } });
  });

  it.each([
    ['an event that the store does not have', `/live/acme/other/v720/1.m4s`, undefined],
    ['a path of no event', '/console/', undefined],
    ['a store that fails', `${PATH}v720/1.m4s`, 'failing'],
    ['a value of another format', `${PATH}v720/1.m4s`, '2;what;ever'],
  ])('of %s is version 0, and the origin decides', async (_, path, trouble) => {
    const realm = realmOf(told(EVENT));
    if (trouble === 'failing') realm.failing = true;
    else if (trouble !== undefined) realm.values.set('e/acme/final', trouble);
    const headers = { 'headwater-version': { value: '9' } };
    const given = await realm.viewerRequest(path, { headers });
    expect(isAnswer(given)).toBe(false);
    expect(given.headers).toEqual({ 'headwater-version': { value: '0' } });
  });
});

describe('a configuration of many values', () => {
  const many = liveEvent({
    initialSegmentNumber: 100,
    segmentTemplate: TWO_SECONDS,
    representations: Array.from({ length: 64 }, (_, index) => ({
      id: `v${index}-${'x'.repeat(50)}`,
      contentType: 'video',
    })),
  });
  const nameOf = (index: number) => `v${index}-${'x'.repeat(50)}`;

  it.each([0, 20, 63])('knows representation %i of 64', async (index) => {
    const realm = realmOf(told(many));
    realm.nowMs = dueMs(many.schedule, 200);
    const far = await realm.viewerRequest(`${PATH}${nameOf(index)}/5000.m4s`);
    const due = await realm.viewerRequest(`${PATH}${nameOf(index)}/200.m4s`);
    expect([isAnswer(far), isAnswer(due)]).toEqual([true, false]);
  });

  it('reads no more values than it must', async () => {
    const realm = realmOf(told(many));
    realm.nowMs = dueMs(many.schedule, 200);
    await realm.viewerRequest(`${PATH}${nameOf(0)}/200.m4s`);
    expect(realm.reads).toEqual(['e/acme/final']);
  });

  it('refuses a name that none of them has, once all are read', async () => {
    const realm = realmOf(told(many));
    const given = await realm.viewerRequest(`${PATH}nobody/200.m4s`);
    expect(isAnswer(given) && given.statusCode).toBe(404);
    expect(realm.reads).toHaveLength(realm.values.size);
  });

  it.each<[string, (realm: Realm) => void]>([
    ['missing', (realm) => realm.values.delete('r/acme/final/1')],
    ['of another version', (realm) => realm.values.set('r/acme/final/1', '00000000;v1')],
  ])('forwards while a piece is %s: the edge has not heard all of a change', async (_, spoil) => {
    const realm = realmOf(told(many));
    spoil(realm);
    const given = await realm.viewerRequest(`${PATH}nobody/200.m4s`);
    expect(isAnswer(given)).toBe(false);
    expect(given.headers).toEqual({ 'headwater-version': { value: '1' } });
  });

  it('forwards names of passthrough objects, and still refuses what representations rule out', async () => {
    const event = liveEvent({ initialSegmentNumber: 100, passthrough: ['thumbs/*.jpg'] });
    const realm = realmOf(told(event));
    realm.nowMs = dueMs(event.schedule, 200);
    const given = await Promise.all(
      ['thumbs/1.jpg', 'v720/5000.m4s'].map((name) => realm.viewerRequest(PATH + name)),
    );
    expect(given.map(isAnswer)).toEqual([false, true]);
  });
});

describe('what every player sends and nobody may cache', () => {
  it('the time is told at the edge', async () => {
    const realm = new Realm(built);
    realm.nowMs = Date.UTC(2026, 10, 22, 12, 0, 0, 123);
    const given = await realm.viewerRequest('/live/time');
    expect(given).toMatchObject({ statusCode: 200, body: '2026-11-22T12:00:00.123Z' });
    expect(given.headers).toMatchObject({ 'cache-control': { value: 'no-store' } });
  });

  it('a preflight is answered at the edge, without a length, which CloudFront refuses', async () => {
    const given = await new Realm(built).viewerRequest(`${PATH}manifest.mpd`, { method: 'OPTIONS' });
    const { 'Content-Length': length, ...headers } = PREFLIGHT_HEADERS;
    expect(length).toBe('0');
    expect(given).toEqual({
      statusCode: 204,
      statusDescription: 'No Content',
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name.toLowerCase(), { value }]),
      ),
    });
  });

  it('a HEAD is refused without a body', async () => {
    const given = await realmOf(told(EVENT)).viewerRequest(`${PATH}nobody/1.m4s`, { method: 'HEAD' });
    expect(given).toMatchObject({ statusCode: 404 });
    expect(given).not.toHaveProperty('body');
  });
});

describe('notices', () => {
  const notices = '("version" 3), ("blackout" "x");data="y"';
  const noticed = { ...told(EVENT), notices };

  it('go with a refusal', async () => {
    const given = await realmOf(noticed).viewerRequest(`${PATH}nobody/1.m4s`);
    expect(given.headers['headwater-notices']).toEqual({ value: notices });
  });

  it('cost a read only where there are any', async () => {
    const [without, withSome] = [realmOf(told(EVENT)), realmOf(noticed)];
    await without.viewerRequest(`${PATH}nobody/1.m4s`);
    await withSome.viewerRequest(`${PATH}nobody/1.m4s`);
    expect([without.reads, withSome.reads]).toEqual([['e/acme/final'], ['e/acme/final', 'n/acme/final']]);
  });

  it('go with what the cache answers, in place of those of its fetch', async () => {
    const realm = new Realm(buildViewerFunction('viewer-response'));
    realm.values.set('n/acme/final', notices);
    const cached = { statusCode: 200, headers: { 'headwater-notices': { value: 'older' } } };
    const given = await realm.viewerResponse(`${PATH}v720/1.m4s`, cached);
    expect(given.headers).toEqual({ 'headwater-notices': { value: notices } });
  });

  it('are left as they are where the store has none', async () => {
    const realm = new Realm(buildViewerFunction('viewer-response'));
    const cached = { statusCode: 200, headers: { 'headwater-notices': { value: 'older' } } };
    expect(await realm.viewerResponse(`${PATH}v720/1.m4s`, cached)).toEqual(cached);
    expect(await realm.viewerResponse('/other', cached)).toEqual(cached);
  });
});
