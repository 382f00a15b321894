import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { VarnishBans } from '../../edge/agent/varnish-bans';
import { adminSocket } from '../../edge/appliance/places';
import { CONNECTIONS_MAX } from '../../edge/appliance/varnish-local';
import type { RunningAgent } from '../../edge/agent/run-agent';
import {
  get,
  makeEvent,
  media,
  newest,
  PATIENT,
  send,
  until,
  type TestEvent,
} from '../acceptance/deployment';
import { type Appliance, startAppliance } from './appliance';
import { Clients, sleep, statuses } from './clients';
import { plain, ScriptedRegion, type Script } from './scripted-region';
import { HELD, nextNumber, openTestAgent, startWatchedOrigin, type WatchedOrigin } from './guarded-origin';

let watched: WatchedOrigin;
let appliance: Appliance;
let agent: RunningAgent;
let event: TestEvent;
/** Of a segment that is there, and in the cache. */
let url: string;
let etag: string;
const NUMBER = newest() - 20;
const SIZE = media(NUMBER).length;

beforeAll(async () => {
  watched = await startWatchedOrigin();
  appliance = await startAppliance(watched.group());
  event = await makeEvent(watched.origin.deployment, PATIENT);
  agent = openTestAgent(watched, appliance.places, [event]);
  await agent.step();
  for (const region of [0, 1]) await event.putMedia('a', NUMBER, media(NUMBER), { region });
  url = `${appliance.url}${event.path}/v360/${NUMBER}.m4s`;
  etag = (await get(url)).headers['etag'] ?? '';
});

afterAll(async () => {
  await agent.close();
  await appliance.stop();
  await watched.stop();
});

beforeEach(() => watched.forget());

/** Whatever comes back within a connection's life. */
async function exchange(text: string): Promise<string> {
  const { port, hostname } = new URL(appliance.url);
  const socket = connect(Number(port), hostname);
  let said = '';
  socket.on('data', (piece: Buffer) => (said += piece.toString('latin1')));
  socket.write(text);
  await once(socket, 'close');
  return said;
}

describe('what clients send', () => {
  it.each([
    ['with a length', 'Content-Length: 5\r\n\r\nhello'],
    ['in chunks', 'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n'],
  ])('a GET with a body %s is a GET, and the next request is one of its own', async (_, rest) => {
    const said = await exchange(
      `GET ${new URL(url).pathname} HTTP/1.1\r\nHost: a\r\n${rest}` +
        'GET /live/time HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    );
    expect(said.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200']);
  });

  it.each([
    ['bytes=0-0', 206],
    ['bytes=-1', 206],
    [`bytes=${SIZE - 1}-`, 206],
    ['bytes=0-999999999999999', 206],
    ['BYTES=0-1', 206],
    [`bytes=${SIZE}-`, 416],
    ['bytes=-0', 416],
    ['bytes=5-2', 200],
    ['bytes=0-1,3-4', 200],
    ['items=0-1', 200],
    ['bytes=a-b', 200],
    ['bytes=99999999999999999999-', 200],
    [`bytes=${'0-0,'.repeat(9)}1-1`, 200],
  ])('Range: %s is %i, and no error outlives its client', async (range, status) => {
    const { headers, ...answer } = await get(url, { range });
    const shown = [answer.status, headers['cache-control'], headers['content-range']?.replace(/^.*\//, '')];
    const size = String(SIZE);
    const expected = {
      200: [200, 'public, max-age=60, s-maxage=600, immutable', undefined],
      206: [206, 'public, max-age=60, s-maxage=600, immutable', size],
      416: [416, 'max-age=0', size],
    };
    expect(shown).toEqual(expected[status as keyof typeof expected]);
    expect(watched.requests()).toEqual([]);
  });

  it.each<[string, (tag: string) => Record<string, string>, string, number]>([
    ['one of several tags', (tag) => ({ 'if-none-match': `"x", ${tag}` }), 'GET', 304],
    ['a weak tag', (tag) => ({ 'if-none-match': `W/${tag}` }), 'GET', 304],
    ['any tag', () => ({ 'if-none-match': '*' }), 'HEAD', 304],
    ['another tag', () => ({ 'if-none-match': '"x"' }), 'GET', 200],
    ['a tag before a range', (tag) => ({ 'if-none-match': tag, range: 'bytes=0-1' }), 'GET', 304],
    ['a range of its tag', (tag) => ({ 'if-range': tag, range: 'bytes=0-1' }), 'GET', 206],
    ['a range of another', () => ({ 'if-range': '"x"', range: `bytes=${SIZE}-` }), 'GET', 200],
    ['a range of HEAD', () => ({ range: 'bytes=0-1' }), 'HEAD', 200],
  ])('%s', async (_, headers, method, status) => {
    expect((await send(method, url, headers(etag))).status).toBe(status);
    expect(watched.requests()).toEqual([]);
  });

  it('headers that the edge says to itself make no difference', async () => {
    const { headers } = await get(url, {
      ...{
        'headwater-version': '9',
        'headwater-revision': '9',
        'headwater-hold': '1',
        'headwater-fill': '1',
      },
      ...{
        'headwater-retry': '1',
        'headwater-turn': '1',
        'headwater-traffic': 'live',
        'headwater-ban': 'obj.age > 0s',
      },
      ...{ cookie: 'a=b', authorization: 'Bearer x', 'cache-control': 'no-cache', pragma: 'no-cache' },
    });
    expect(headers['cache-status']).toBe('headwater-appliance; hit');
    expect(watched.requests()).toEqual([]);
  });
});

describe('what regions send', () => {
  const KEPT = 'max-age=60';
  const BODY = 'x'.repeat(1000);
  let region: ScriptedRegion;
  /** With a second region, which is well, and without. */
  let backed: Appliance;
  let lone: Appliance;
  let bans: VarnishBans;

  beforeAll(async () => {
    region = await new ScriptedRegion().start();
    const scripted = { name: 'scripted', url: region.url };
    const [well] = watched.proxies;
    backed = await startAppliance(watched.group({ regions: [scripted, { name: 'well', url: well?.url }] }));
    lone = await startAppliance(watched.group({ regions: [scripted] }));
    bans = new VarnishBans(adminSocket(backed.places));
  });

  afterAll(async () => {
    await Promise.all([backed.stop(), lone.stop(), bans.close()]);
    region.close();
  });

  beforeEach(() => region.requests.splice(0));

  const chunked = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nCache-Control: ${KEPT}\r\n\r\n`;
  it.each<[string, Script]>([
    ['no HTTP', (socket) => socket.end('hello\r\n\r\n')],
    ['nothing', (socket) => socket.destroy()],
    ['half of a body', (socket) => socket.end(plain('200 OK', KEPT, BODY).slice(0, -500))],
    ['a chunk that is none', (socket) => socket.end(`${chunked}no\r\n`)],
    ['chunks without an end', endless(chunked)],
    [
      'a header of 20 kB',
      (socket) => socket.end(plain('200 OK', KEPT, BODY, `A: ${'a'.repeat(20_000)}\r\n`)),
    ],
    ['200 headers', (socket) => socket.end(plain('200 OK', KEPT, BODY, 'A: a\r\n'.repeat(200)))],
    ['no status', (socket) => socket.end(plain('000 ', KEPT, BODY))],
    ['a status beyond all', (socket) => socket.end(plain('99999 ?', KEPT, BODY))],
    [
      'a switch of protocols',
      (socket) => socket.end('HTTP/1.1 101 ?\r\nConnection: upgrade\r\nUpgrade: a\r\n\r\n'),
    ],
    ['a 304 that nobody asked for', (socket) => socket.end(plain('304 Not Modified', KEPT, ''))],
    [
      'a part that nobody asked for',
      (socket) => socket.end(plain('206 Part', KEPT, BODY, 'Content-Range: bytes 0-999/9999\r\n')),
    ],
    [
      'an error of a server before it',
      (socket) => socket.end('HTTP/1.1 502 ?\r\nContent-Length: 4\r\n\r\noops'),
    ],
  ])('%s: the other region answers; alone, a problem of ours for no cache', async (_, script) => {
    region.script = script;
    const target = new URL(url).pathname;
    const whole = await get(`${backed.url}${target}`);
    expect([whole.status, whole.body.equals(Buffer.from(media(NUMBER)))]).toEqual([200, true]);
    const failed = await get(`${lone.url}${target}`);
    expect([
      failed.status,
      failed.headers['cache-control'],
      failed.headers['access-control-allow-origin'],
    ]).toEqual([503, 'no-store', '*']);
    expect(JSON.parse(failed.body.toString())).toMatchObject({ status: 503 });
    // Forgotten, for the next of these.
    await bans.ban('obj.status != 0');
  });

  it('orders to nginx are none', async () => {
    const orders = 'X-Accel-Redirect: /healthz\r\nX-Accel-Limit-Rate: 1\r\nX-Accel-Expires: 0\r\n';
    region.script = (socket) => socket.end(plain('200 OK', KEPT, BODY, orders));
    const { status, body } = await get(`${lone.url}/live/acme/orders/a`);
    expect([status, body.toString()]).toEqual([200, BODY]);
    expect(region.requests).toHaveLength(1);
  });

  it.each<[string, Script, number]>([
    // In no time: who comes a moment later asks for himself.
    ['fails', (socket) => socket.end(plain('500 ?', 'no-store', '')), 100],
    [
      'fails after a while',
      (socket) => setTimeout(() => socket.end(plain('500 ?', 'no-store', '')), 2000),
      1,
    ],
    ['is silent', () => undefined, 1],
  ])(
    'a region that %s: all who wait have the manifest of before, by one request',
    async (what, script, asksMax) => {
      const manifest = `${lone.url}/live/acme/${what.replaceAll(' ', '-')}/manifest.mpd`;
      region.script = (socket) => socket.end(plain('200 OK', 'max-age=1, stale-if-error=60', BODY));
      expect((await get(manifest)).status).toBe(200);
      // Beyond the second for which a manifest is stale while it is fetched.
      await sleep(2100);
      region.script = script;
      region.requests.splice(0);
      const clients = new Clients();
      const served = await clients.storm(100, 0, () => manifest);
      clients.close();
      expect(served).toEqual(Array.from({ length: 100 }, () => ({ status: 200, bytes: BODY.length })));
      expect(region.requests.length).toBeLessThanOrEqual(asksMax);
    },
  );

  it('what must be revalidated stands in for nothing', async () => {
    const manifest = `${lone.url}/live/acme/strict/manifest.mpd`;
    region.script = (socket) =>
      socket.end(plain('200 OK', 'max-age=1, must-revalidate, stale-if-error=60', BODY));
    expect((await get(manifest)).status).toBe(200);
    await sleep(2100);
    region.script = (socket) => socket.end(plain('500 ?', 'no-store', ''));
    expect((await get(manifest)).status).toBe(503);
  });
});

describe('live and DVR', () => {
  it('a storm far back on a silent region leaves live its connections', async () => {
    const [proxy] = watched.proxies;
    const live = await makeEvent(watched.origin.deployment, HELD, 290);
    const storm = new Clients();
    const lone = await startAppliance(watched.group({ regions: [{ name: proxy?.name, url: proxy?.url }] }));
    const follower = openTestAgent(watched, lone.places, [live]);
    try {
      await follower.step();
      const number = await nextNumber();
      const target = (at: number) => `${live.path}/v360/${at}.m4s`;
      proxy?.silentFor((asked) => asked !== target(number));
      watched.forget();
      const served = storm.storm(265, 0, (index) => lone.url + target(number - 20 - index));
      await until(() => Promise.resolve((proxy?.requests.length ?? 0) >= CONNECTIONS_MAX.dvr));
      const held = get(lone.url + target(number));
      await until(() => Promise.resolve(proxy?.requests.includes(target(number)) === true));
      await live.putMedia('a', number);
      expect((await held).status).toBe(200);
      expect(statuses(await served)).toEqual({ 503: 265 });
    } finally {
      proxy?.silentFor(undefined);
      storm.close();
      await follower.close();
      await lone.stop();
    }
  });
});

describe('what is left when the agent ends', () => {
  it('/healthz says so, and says nothing of origins', async () => {
    const health = async () => {
      const { status, body } = await get(`${appliance.url}/healthz`);
      return [status, JSON.parse(body.toString()) as Record<string, unknown>] as const;
    };
    const file = join(appliance.places.state, 'health.json');
    await agent.step();
    const [status, shown] = await health();
    expect([status, shown['status'], Object.keys(shown)]).toEqual([
      200,
      'ok',
      ['status', 'atMs', 'events', 'heardAtMs'],
    ]);
    const told = JSON.parse(readFileSync(file, 'utf8')) as { atMs: number };
    writeFileSync(file, JSON.stringify({ ...told, atMs: told.atMs - 40_000 }));
    expect(await health()).toMatchObject([200, { status: 'agent silent' }]);
    rmSync(file);
    expect(await health()).toEqual([404, { status: 'no agent' }]);
    await agent.step();
  });

  it('notices of an event that no agent knows are those of its origin', async () => {
    const unknown = await makeEvent(watched.origin.deployment, PATIENT);
    expect((await unknown.control('POST', '/notices', { type: 'news' })).status).toBeLessThan(300);
    await until(
      async () => (await get(`${appliance.url}${unknown.path}/0`)).headers['headwater-notices'] !== undefined,
    );
  });
});

function endless(head: string): Script {
  const piece = `10000\r\n${'z'.repeat(65_536)}\r\n`;
  return (socket) => {
    socket.write(head);
    const more = () => {
      while (!socket.destroyed && socket.write(piece));
    };
    socket.on('drain', more);
    more();
  };
}
