import { get, makeEvent, media, newest, PATIENT, until, type TestEvent } from '../acceptance/deployment';
import { type Appliance, startAppliance } from './appliance';
import { Clients, sleep, statuses } from './clients';
import { startWatchedOrigin, type WatchedOrigin } from './guarded-origin';

let watched: WatchedOrigin;
let appliance: Appliance;

beforeAll(async () => {
  watched = await startWatchedOrigin();
  appliance = await startAppliance(watched.group());
});

afterEach(async () => {
  for (const proxy of watched.proxies) await proxy.start();
  watched.forget();
});

afterAll(async () => {
  await appliance.stop();
  await watched.stop();
});

/** One segment of both pipelines' in every region. */
async function publish(event: TestEvent, number: number): Promise<string> {
  for (const region of [0, 1]) await event.putMedia('a', number, media(number), { region });
  return `${appliance.url}${event.path}/v360/${number}.m4s`;
}

describe('regions', () => {
  it('the first goes away: nobody notices', async () => {
    const event = await makeEvent(watched.origin.deployment, PATIENT);
    const first = newest() - 20;
    const urls: string[] = [];
    for (let number = first; number < first + 6; number += 1) urls.push(await publish(event, number));
    expect((await get(urls[0] ?? '')).headers['headwater-candidate']).toContain('served="us-east-1"');
    await watched.proxies[0]?.stop();
    for (const url of urls.slice(1, 5)) {
      const { status, headers } = await get(url);
      expect([status, headers['headwater-candidate']]).toEqual([
        200,
        expect.stringContaining('served="us-west-2"'),
      ]);
    }
    await watched.proxies[0]?.start();
    watched.forget();
    let asked = 0;
    // The probe looks once a second.
    await until(async () => {
      await get(`${appliance.url}${event.path}/v360/again${(asked += 1)}.m4s`);
      return watched.proxies[0]?.requests.length === 1;
    });
    const back = await get(urls[5] ?? '');
    expect(back.headers['headwater-candidate']).toContain('served="us-east-1"');
  });

  it('one goes away in the middle of its answer: the other is asked, and the bytes are whole', async () => {
    const event = await makeEvent(watched.origin.deployment, PATIENT);
    const number = newest() - 20;
    const url = await publish(event, number);
    watched.proxies[0]?.breakNext();
    const { status, body, headers } = await get(url);
    expect([status, body.equals(Buffer.from(media(number)))]).toEqual([200, true]);
    expect(headers['headwater-candidate']).toContain('served="us-west-2"');
  });

  it('the first closes kept connections as requests leave: they are sent again, and the second is not asked', async () => {
    const event = await makeEvent(watched.origin.deployment, PATIENT);
    watched.proxies[0]?.closeKept(true);
    for (let number = newest() - 30; number < newest() - 10; number += 1) {
      const { status, headers } = await get(await publish(event, number));
      expect([status, headers['headwater-candidate']]).toEqual([
        200,
        expect.stringContaining('served="us-east-1"'),
      ]);
    }
    watched.proxies[0]?.closeKept(false);
    expect(watched.proxies[1]?.requests).toEqual([]);
  });

  it('one says that a segment is missing: the other is asked, and an honest 404 survives its failure', async () => {
    const event = await makeEvent(watched.origin.deployment, PATIENT);
    const number = newest() - 20;
    const url = `${appliance.url}${event.path}/v360/${number}.m4s`;
    expect((await get(url)).status).toBe(404);
    expect(watched.proxies.map(({ requests }) => requests.length)).toEqual([1, 1]);
    watched.proxies[1]?.breakNext();
    expect((await get(url)).status).toBe(404);
    await publish(event, number);
    expect((await get(url)).status).toBe(200);
  });

  it('all go away: what is there is served, stale where it must be; the rest is a 503 for no cache', async () => {
    const event = await makeEvent(watched.origin.deployment, PATIENT);
    const number = newest() - 20;
    const url = await publish(event, number);
    const manifest = `${appliance.url}${event.path}/manifest.mpd`;
    for (const one of [url, manifest]) expect((await get(one)).status).toBe(200);
    for (const proxy of watched.proxies) await proxy.stop();
    await sleep(3100);
    const clients = new Clients();
    const served = await clients.storm(50, 0, () => manifest);
    clients.close();
    expect(statuses(served)).toEqual({ 200: 50 });
    expect((await get(url)).status).toBe(200);
    const lost = await get(`${appliance.url}${event.path}/v360/${number + 1}.m4s`);
    expect([lost.status, lost.headers['cache-control'], lost.headers['access-control-allow-origin']]).toEqual(
      [503, 'no-store', '*'],
    );
    for (const proxy of watched.proxies) await proxy.start();
    await until(
      async () => (await get(`${appliance.url}${event.path}/v360/${number + 1}.m4s`)).status === 404,
    );
  });

  it('Varnish goes away: a problem of ours, for no cache', async () => {
    const lone = await startAppliance(watched.group());
    await lone.varnish.stop();
    const { status, headers, body } = await get(`${lone.url}/live/acme/final/manifest.mpd`);
    expect([status, headers['cache-control'], headers['content-type']]).toEqual([
      503,
      'no-store',
      'application/problem+json',
    ]);
    expect(JSON.parse(body.toString())).toMatchObject({ status: 503 });
    await lone.stop();
  });
});
