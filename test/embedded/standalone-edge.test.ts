import { startStandaloneEdge, type StandaloneEdge } from '../../embedded/standalone-edge';
import type { Headwater } from '../../embedded';
import { get, makeEvent, media, newest, send, until, type TestEvent } from '../acceptance/deployment';
import { deploymentOf, embeddedRun } from '../support/embedded-run';

/** An edge as a process of its own has it: it knows regions by their URLs alone. */
describe('an edge in front of regions', () => {
  let headwater: Headwater;
  let edge: StandaloneEdge;
  let event: TestEvent;
  const log: string[] = [];
  const number = newest() - 50;

  beforeAll(async () => {
    headwater = await embeddedRun(['one', 'two']);
    const origins = headwater.regions.map(({ url }) => new URL(url));
    edge = await startStandaloneEdge({
      ...{ host: '127.0.0.1', port: 0, origins, controls: origins, token: headwater.controlToken },
      cacheBytes: 64e6,
      writeLog: (line) => void log.push(line),
    });
    event = await makeEvent(deploymentOf(headwater));
  });
  afterAll(async () => {
    await edge.stop();
    await headwater.stop();
  });

  const ask = (path: string) => get(`${edge.url}${event.path}/${path}`);
  const fetches = async () => {
    const text = (await get(`${edge.url}/metrics`)).body.toString();
    return [...text.matchAll(/^headwater_edge_fetches_total\{.*\} (\d+)$/gm)].reduce(
      (sum, [, count]) => sum + Number(count),
      0,
    );
  };

  it('serves what they have, once fetched', async () => {
    await event.putMedia('a', number);
    const first = await ask(`v360/${number}.m4s`);
    expect(first.body.equals(media(number))).toBe(true);
    const before = await fetches();
    expect((await ask(`v360/${number}.m4s`)).headers['cache-status']).toMatch(/hit/);
    expect(await fetches()).toBe(before);
  });

  it('answers by the schedule what cannot exist, and asks nobody', async () => {
    const before = await fetches();
    const early = await ask(`v360/${newest() + 60}.m4s`);
    expect([early.status, early.headers['cache-status']]).toEqual([404, 'headwater-edge; detail=guard']);
    expect(await fetches()).toBe(before);
  });

  it('fetches anew what was invalidated, a second or two after the origins know of it', async () => {
    await event.putMedia('a', number + 1);
    await ask(`v360/${number + 1}.m4s`);
    await send(
      'POST',
      `${headwater.regions[0]?.url ?? ''}/control/v1/tenants/${event.path.replace('/live/', '').replace('/', '/events/')}/invalidations`,
      { authorization: `Bearer ${headwater.controlToken}`, 'content-type': 'application/json' },
      JSON.stringify({ fromSegment: number + 1, toSegment: number + 1 }),
    );
    let how = '';
    await until(async () => {
      const { headers } = await ask(`v360/${number + 1}.m4s`);
      how = headers['cache-status'] ?? '';
      return !how.includes('hit');
    });
    expect(how).toMatch(/fwd=\S+; fwd-status=200/);
  });

  it('goes on with one region, and with what it has when none is left', async () => {
    const [one, two] = headwater.regions;
    await event.putMedia('a', number + 2);
    await one?.stop(0);
    expect((await ask('manifest.mpd')).status).toBe(200);
    await two?.stop(0);
    const kept = await ask(`v360/${number}.m4s`);
    expect([kept.status, kept.body.equals(media(number))]).toEqual([200, true]);
    await until(() => {
      void ask('v360/1.m4s');
      return Promise.resolve(log.some((line) => line.includes('no control plane could be heard')));
    });
    await one?.start();
    await two?.start();
  });

  it.each([
    ['GET', '/healthz', 200],
    ['PUT', '/live/acme/final/v360/1.m4s', 405],
    ['GET', '/console/', 404],
    ['GET', '/control/v1/tenants/acme/events', 404],
    ['GET', '/live/time', 200],
  ])('answers %s %s with %i', async (method, path, status) => {
    expect((await send(method, `${edge.url}${path}`)).status).toBe(status);
  });
});
