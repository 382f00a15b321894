import { once } from 'node:events';
import { connect } from 'node:net';
import { inspect } from 'node:util';
import { request } from 'undici';
import { reprDigest } from '../../http/segment-headers';
import { reportedDefects } from '../../http/segment-inspection';
import { nodeDigester } from '../../stores/node-digester';
import { FakeClock } from '../support/fake-clock';
import { eventually } from '../support/put-recorder';
import { temporaryDirectory } from '../support/temporary-directory';
import {
  bytesOf,
  countsOf,
  EVENT,
  expectStored,
  initIsIn,
  INIT,
  pathOf,
  range,
  SECRET,
  started,
} from './packager-double';
import { regionDouble } from './region-double';

describe('what arrives whole', () => {
  it('is PUT to every region with Content-Length, digest, verdict and credential, the init first', async () => {
    const regions = [await regionDouble(), await regionDouble()];
    const { init, segment } = await started({ to: regions.map(({ url }) => url) });
    expect([await init(), await segment(1), await segment(2)]).toEqual([201, 201, 201]);
    await eventually(() => regions.every(({ stored }) => stored.size === 3));
    for (const region of regions) {
      expect(region.order[0]).toBe(INIT);
      expectStored(region, [1, 2]);
      const arrived = region.arrived.find(({ path }) => path === pathOf(1));
      expect(arrived?.headers).toMatchObject({
        'content-length': bytesOf(1).length.toString(),
        'repr-digest': reprDigest(nodeDigester.sha256Hex(bytesOf(1))),
        authorization: `Basic ${Buffer.from(`a:${SECRET}`).toString('base64')}`,
      });
      expect(arrived?.headers['segment-inspection']).toMatch(/^tfdt=\d+, dur=\d+, samples=50, defects=\(\)$/);
    }
  });

  it('keeps its connections', async () => {
    const region = await regionDouble();
    const running = await started({ to: [region.url] });
    await running.init();
    for (const number of range(1, 10)) {
      await running.segment(number);
      await eventually(() => countsOf(running, region).ok === number);
    }
    // The first segment follows the answer to the init before its connection is free again.
    expect(new Set(region.arrived.map(({ remotePort }) => remotePort)).size).toBeLessThanOrEqual(2);
    expect(region.attempts.get(INIT)).toBe(1);
  });

  it('says what is wrong with it, to the packager and to the origin', async () => {
    const region = await regionDouble();
    const { init, put } = await started({ to: [region.url] });
    await init();
    const cut = bytesOf(1).subarray(0, 5000);
    expect(await put(pathOf(1), cut)).toBe(201);
    await eventually(() => region.stored.has(pathOf(1)));
    const header = region.arrived.at(-1)?.headers['segment-inspection'];
    expect(reportedDefects(header as string).map(({ name }) => name)).toEqual(['truncated']);
  });
});

describe('the packager', () => {
  it('is answered while no region answers, and never waits for one', async () => {
    const regions = [await regionDouble(), await regionDouble()];
    for (const region of regions) region.behave = () => 'silent';
    // Time stands still: whoever waited for a region would wait for ever.
    const { init, segment } = await started({
      to: regions.map(({ url }) => url),
      clock: new FakeClock(1e12),
    });
    const statuses = [await init(), ...(await Promise.all(range(1, 20).map(segment)))];
    expect(statuses).toEqual(Array(21).fill(201));
  });

  it.each([
    ['an empty PUT, its test of the connection', 'PUT', '', 200],
    ['DELETE, when its window slides', 'DELETE', '', 200],
    ['POST, as DASH-IF allows', 'POST', 'x', 201],
    ['GET, which nothing is here for', 'GET', '', 405],
  ])('gets its answer to %s', async (_, method, body, status) => {
    const region = await regionDouble();
    const { publisher } = await started({ to: [region.url] });
    const options = body === '' ? {} : { body };
    const answer = await request(publisher.url + pathOf(1), { method: method as 'PUT', ...options });
    await answer.body.dump();
    expect(answer.statusCode).toBe(status);
    await eventually(() => region.stored.has(pathOf(1)) === (status === 201));
  });

  it('may ask with Expect: 100-continue', async () => {
    const region = await regionDouble();
    const { publisher } = await started({ to: [region.url] });
    const socket = connect(publisher.port, '127.0.0.1');
    socket.write(`PUT ${pathOf(1)} HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n`);
    const [first] = (await once(socket, 'data')) as [Buffer];
    expect(first.toString()).toMatch(/^HTTP\/1.1 100 Continue/);
    socket.write('whole'.slice(0, 4));
    const [second] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    expect(second.toString()).toMatch(/^HTTP\/1.1 201/);
    await eventually(() => region.stored.has(pathOf(1)));
    expect(region.stored.get(pathOf(1))?.toString()).toBe('whol');
  });

  it('loses nothing that was whole when it leaves before the answer', async () => {
    const region = await regionDouble();
    const { publisher } = await started({ to: [region.url] });
    const socket = connect(publisher.port, '127.0.0.1');
    const body = bytesOf(1);
    socket.write(`PUT ${pathOf(1)} HTTP/1.1\r\nHost: h\r\nContent-Length: ${body.length}\r\n\r\n`);
    socket.end(body);
    await eventually(() => region.stored.has(pathOf(1)));
    expectStored(region, [1]);
    socket.destroy();
  });

  it('that breaks off in a body publishes nothing of it, is counted, and may go on', async () => {
    const region = await regionDouble();
    const { publisher, init, segment } = await started({ to: [region.url] });
    await init();
    const socket = connect(publisher.port, '127.0.0.1');
    socket.end(`PUT ${pathOf(1)} HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`);
    await eventually(() => publisher.stats().torn === 1);
    await segment(2);
    await eventually(() => region.stored.has(pathOf(2)));
    expect(region.attempts.has(pathOf(1))).toBe(false);
  });
});

describe('the bounds', () => {
  it('give up the oldest first, and count it', async () => {
    const region = await regionDouble();
    await region.down();
    const backlogBytesMax = 5 * bytesOf(0).length + 1000 * 5;
    const running = await started({ to: [region.url], budgetMs: 1, backlogBytesMax });
    const sizes = range(1, 20).map((number) => bytesOf(number).length);
    for (const number of range(1, 20)) await running.segment(number);
    await eventually(() => countsOf(running, region).lost > 0);
    const waited = () =>
      running.events.filter((e) => e.kind === 'outcome' && e.outcome.kind === 'waiting').length;
    await eventually(() => waited() === 20);
    const status = running.publisher.stats().regions[0]!;
    expect(status.backlogBytes).toBeLessThanOrEqual(backlogBytesMax);
    expect(countsOf(running, region).lost).toBe(20 - status.backlogParcels);
    expect(Math.max(...sizes)).toBeLessThan(backlogBytesMax);
    await region.up();
    await eventually(() => region.stored.size === status.backlogParcels);
    expectStored(region, range(21 - status.backlogParcels, 20));
  });

  it('refuse a body that is too large for any segment', async () => {
    const region = await regionDouble();
    const { put } = await started({ to: [region.url], bodyBytesMax: 1000 });
    expect(await put(pathOf(1), Buffer.alloc(1001))).toBe(413);
    expect(region.arrived).toEqual([]);
  });
});

describe("a packager's manifests", () => {
  it('are sent one at a time: what was superseded meanwhile is never sent', async () => {
    const clock = new FakeClock(1e12);
    const region = await regionDouble();
    const path = `${EVENT}/manifest.mpd`;
    region.behave = (_, attempt) => (attempt === 1 ? 'silent' : 201);
    const { put } = await started({ to: [region.url], clock });
    for (const version of range(1, 9)) await put(path, Buffer.from(`<MPD version="${version}"/>`));
    await eventually(() => region.arrived.length === 1);
    await clock.advance(2000);
    await clock.advance(1000);
    await eventually(() => region.stored.has(path));
    expect(region.stored.get(path)?.toString()).toBe('<MPD version="9"/>');
    expect(region.attempts.get(path)).toBe(2);
  });
});

describe('the end', () => {
  it('sends what is left first', async () => {
    const region = await regionDouble();
    region.behave = (path, attempt) => (path !== INIT && attempt < 3 ? 503 : 201);
    const { init, segment, publisher } = await started({
      to: [region.url],
      budgetMs: 60_000,
      drainMs: 60_000,
    });
    await init();
    for (const number of range(1, 5)) await segment(number);
    await publisher.stop();
    expectStored(region, range(1, 5));
  });

  it('counts what could not be sent, and does not wait longer than asked', async () => {
    const region = await regionDouble();
    region.behave = () => 'silent';
    const running = await started({ to: [region.url], budgetMs: 60_000, drainMs: 10 });
    for (const number of range(1, 3)) await running.segment(number);
    await running.publisher.stop();
    expect(countsOf(running, region)).toEqual({ ok: 0, late: 0, refused: 0, lost: 3 });
  });

  it('leaves with a spool what the next process sends, and the inits it needs', async () => {
    const region = await regionDouble();
    const spool = { directory: temporaryDirectory() };
    const first = await started({ to: [region.url], spool, budgetMs: 10 });
    await first.init();
    await eventually(() => initIsIn(first, region));
    await region.down();
    for (const number of range(1, 3)) await first.segment(number);
    await eventually(() => first.publisher.stats().regions[0]?.backlogParcels === 3);
    await first.publisher.stop();
    expect(countsOf(first, region).lost).toBe(0);
    region.order = [];
    await region.up();
    const second = await started({ to: [region.url], spool });
    await eventually(() => region.stored.size === 4);
    expect(region.order).toEqual([INIT, ...[3, 2, 1].map(pathOf)]);
    expectStored(region, range(1, 3));
    await eventually(() => second.publisher.stats().regions[0]?.spoolBytes === 0);
  });
});

describe('what is told', () => {
  it('is metrics of everything, and the secret nowhere', async () => {
    const region = await regionDouble();
    region.behave = (path) => (path === pathOf(2) ? 403 : 201);
    const running = await started({ to: [region.url] });
    await running.init();
    await running.segment(1);
    await running.segment(2);
    await eventually(() => countsOf(running, region).ok === 1 && countsOf(running, region).refused === 1);
    const metrics = await (await request(`${running.publisher.url}/metrics`)).body.text();
    const host = region.url.host;
    expect(metrics).toContain(
      `headwater_publisher_delivered_total{region="${host}",kind="segment",outcome="ok"} 1`,
    );
    expect(metrics).toContain('headwater_publisher_received_total{kind="init"} 1');
    const told = inspect([running.events, running.log, running.publisher.stats(), metrics], { depth: null });
    expect(told).not.toContain(SECRET);
    expect(told).not.toContain(Buffer.from(`a:${SECRET}`).toString('base64'));
  });

  it('is the number, delay and defects of each track', async () => {
    const region = await regionDouble();
    const { init, segment, put, publisher } = await started({ to: [region.url] });
    await init();
    await segment(7);
    await put(pathOf(8), bytesOf(8).subarray(0, 5000));
    const [track] = publisher.stats().tracks;
    expect(track).toMatchObject({
      track: 'demo/loop/v180/*.m4s',
      last: '8',
      segments: 2,
      defective: 1,
      lastDefects: ['truncated'],
    });
  });
});
