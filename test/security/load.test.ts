import { media, newest, send } from '../acceptance/deployment';
import { RawConnection } from '../acceptance/raw-http';
import { openScene, raw, type Scene } from './scene';

let scene: Scene;
let region: string;
beforeAll(async () => {
  scene = await openScene();
  region = scene.own.region().publishUrl;
});
afterAll(() => scene.close());

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

let runs = 0;

/** A packager that PUTs and viewers that GET, one after the other, until told to end. */
function liveTraffic() {
  const statuses = new Map<string, number>();
  const latenciesMs: number[] = [];
  const ending = new AbortController();
  const number = newest() - 90 + (runs += 1);
  const note = async (what: string, answer: Promise<{ readonly status: number }>) => {
    const startedMs = performance.now();
    const line = `${what} ${(await answer).status}`;
    latenciesMs.push(performance.now() - startedMs);
    statuses.set(line, (statuses.get(line) ?? 0) + 1);
  };
  const ended = (async () => {
    const bytes = media(number);
    await note('PUT', scene.own.putMedia('a', number, bytes));
    while (!ending.signal.aborted) {
      // The same number again is 200: as much work, without the schedule's pace.
      await note('PUT', scene.own.putMedia('a', number, bytes));
      for (const url of [region, scene.headwater.edgeUrl])
        await note('GET', send('GET', `${url}${scene.own.path}/v360/${number}.m4s`));
      await note('GET', send('GET', `${scene.headwater.edgeUrl}${scene.own.path}/manifest.mpd`));
      await sleep(20);
    }
  })();
  return {
    async end() {
      ending.abort();
      await ended;
      const sorted = latenciesMs.sort((one, other) => one - other);
      const at = (part: number) => (sorted[Math.floor(sorted.length * part)] ?? 0).toFixed(1);
      return { statuses: Object.fromEntries(statuses), p50Ms: at(0.5), p99Ms: at(0.99) };
    },
  };
}

const MALFORMED: readonly ((secret: string) => string)[] = [
  () => 'GET /live/%00 HTTP/1.1\r\nHost: h\r\n\r\n',
  () => 'GET /live/acceptance/../../x HTTP/1.1\r\nHost: h\r\n\r\n',
  () => 'nonsense\r\n\r\n',
  () => `GET /${'a'.repeat(3000)} HTTP/1.1\r\nHost: h\r\n\r\n`,
  () => `GET /live/time HTTP/1.1\r\nHost: h\r\nFiller: ${'a'.repeat(20_000)}\r\n\r\n`,
  () => 'PUT /live/acceptance/e/v360/1.m4s HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nabcde',
  () => 'PUT /live/acceptance/e/v360/1.m4s HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
  () =>
    'POST /control/v1/tokens HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer x\r\nContent-Length: 2\r\n\r\n{}',
  (secret) =>
    `PUT ${scene.own.path}/v360/${newest() - 95}.m4s HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer ${secret}\r\nContent-Length: 9\r\n\r\nnot media`,
  (secret) =>
    `PUT ${scene.own.path}/v360/init.mp4 HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer ${secret}\r\nContent-Length: 12\r\n\r\n\0\0\0\x0cmoov\xff\xff\xff\xff`,
  () => `GET /live/acceptance/${scene.own.name}/v360/${'9'.repeat(30)}.m4s HTTP/1.1\r\nHost: h\r\n\r\n`,
  () =>
    `GET /live/acceptance/${scene.own.name}/v360/init.mp4 HTTP/1.1\r\nHost: h\r\nRange: bytes=99999999-\r\n\r\n`,
];

it('200 malformed requests a second fail none of the live ones, and none is answered 500 and more', async () => {
  const alone = liveTraffic();
  await sleep(3000);
  const before = await alone.end();

  const secret = scene.secrets.get('another pipeline’s secret') ?? '';
  const live = liveTraffic();
  const answers: Promise<number>[] = [];
  const startedMs = performance.now();
  for (let tick = 0; tick < 100; tick += 1) {
    for (let at = 0; at < 20; at += 1) {
      const text = MALFORMED[(tick * 20 + at) % MALFORMED.length]?.(secret) ?? '';
      answers.push(raw(region, text).then(({ status = 400 }) => status));
    }
    await sleep(startedMs + (tick + 1) * 100 - performance.now());
  }
  const statuses = await Promise.all(answers);
  const tookMs = performance.now() - startedMs;
  const during = await live.end();
  process.stdout.write(
    `malformed: ${statuses.length} in ${(tookMs / 1000).toFixed(1)} s; live alone ${JSON.stringify(before)}, meanwhile ${JSON.stringify(during)}\n`,
  );
  expect(statuses.filter((status) => status < 400 || status >= 500)).toEqual([]);
  expect(Object.keys(during.statuses).sort()).toEqual(['GET 200', 'PUT 200', 'PUT 201']);
  expect(during.statuses['GET 200']).toBeGreaterThan(30);
});

it('clients that send their head or body by single bytes are cut off, and stop nobody', async () => {
  const head = `PUT ${scene.own.path}/v360/1.m4s HTTP/1.1\r\nHost: h\r\n`;
  const connections = Array.from({ length: 200 }, () => new RawConnection(region));
  const slow = connections.map((connection, at) => {
    // Half of them never end their head, half of them never the body of a request that is refused.
    connection.write(at % 2 === 0 ? head : `${head}Content-Length: 100000\r\n\r\n`);
    return { connection, drip: at % 2 === 0 ? 'F' : 'x' };
  });
  const live = liveTraffic();
  const endMs = Date.now() + 40_000;
  while (connections.some(({ ended }) => !ended) && Date.now() < endMs) {
    for (const { connection, drip } of slow) if (!connection.ended) connection.write(drip);
    await sleep(500);
  }
  const { statuses } = await live.end();
  expect(connections.filter(({ ended }) => !ended)).toHaveLength(0);
  expect(Object.keys(statuses).sort()).toEqual(['GET 200', 'PUT 200', 'PUT 201']);
  const answered = connections.map(({ received }) => /^HTTP\/1.1 (\d{3})/.exec(received)?.[1]);
  expect(new Set(answered)).toEqual(new Set(['408', '401']));
});

it('a thousand idle connections stop nobody', async () => {
  const idle = Array.from({ length: 1000 }, () => new RawConnection(region));
  for (const connection of idle) connection.write('GET /live/ti');
  const live = liveTraffic();
  await sleep(1000);
  const { statuses } = await live.end();
  for (const connection of idle) connection.close();
  expect(Object.keys(statuses).sort()).toEqual(['GET 200', 'PUT 200', 'PUT 201']);
});

it('ends in order with all of them around', async () => {
  const slow = Array.from({ length: 50 }, () => new RawConnection(region));
  for (const connection of slow)
    connection.write('GET /live/time HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n');
  await slow[0]?.until('').catch(() => undefined);
  expect(await scene.headwater.end('SIGTERM')).toBe(0);
  expect(scene.headwater.said()).not.toMatch(/"level":"error"|Unhandled|TypeError/);
});
