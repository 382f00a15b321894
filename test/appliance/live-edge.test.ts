import type { RunningAgent } from '../../edge/agent/run-agent';
import { get, makeEvent, media, newest, type TestEvent } from '../acceptance/deployment';
import { type Appliance, startAppliance } from './appliance';
import { Clients, sleep, statuses } from './clients';
import { HELD, nextNumber, openTestAgent, startWatchedOrigin, type WatchedOrigin } from './guarded-origin';

const CLIENTS = 1000;

let watched: WatchedOrigin;
let appliance: Appliance;
const agents: RunningAgent[] = [];
const clients = new Clients();

beforeAll(async () => {
  watched = await startWatchedOrigin();
  appliance = await startAppliance(watched.group());
});

afterAll(async () => {
  clients.close();
  for (const agent of agents) await agent.close();
  await appliance.stop();
  await watched.stop();
});

async function followedEvent(configuration: Readonly<Record<string, unknown>> = HELD): Promise<TestEvent> {
  const event = await makeEvent(watched.origin.deployment, configuration);
  const agent = openTestAgent(watched, appliance.places, [event]);
  agents.push(agent);
  await agent.step();
  watched.forget();
  return event;
}

/** What the Node edge asked its regions since it started. */
async function nodeFetches(): Promise<number> {
  const text = (await get(`${watched.origin.edgeUrl}/metrics`)).body.toString();
  const counts = [...text.matchAll(/^headwater_edge_fetches_total\{.*\} (\d+)$/gm)];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}

describe.each([
  ['the appliance', () => appliance.url, () => Promise.resolve(watched.requests().length)],
  ['the Node edge', () => watched.origin.edgeUrl, nodeFetches],
])('%s', (_, edge, fetches) => {
  it(`${CLIENTS} clients that ask before publication all get the segment, by two requests upstream at most`, async () => {
    const event = await followedEvent();
    const number = await nextNumber();
    const path = `${event.path}/v360/${number}.m4s`;
    const before = await fetches();
    const storm = clients.storm(CLIENTS, 900, () => edge() + path);
    await sleep(1000);
    await event.putMedia('a', number);
    const served = await storm;
    const size = media(number).length;
    expect(statuses(served)).toEqual({ 200: CLIENTS });
    expect(served.filter(({ bytes }) => bytes !== size)).toEqual([]);
    expect((await fetches()) - before).toBeLessThanOrEqual(2);
  });
});

describe('the appliance and the schedule', () => {
  it('a storm outside of the schedule reaches no origin', async () => {
    const event = await followedEvent();
    const edge = newest();
    const names = [edge + 5, edge + 1000, 1, edge - 5000, `0${edge}`].map((number) => `v360/${number}.m4s`);
    names.push('v9/1.m4s', 'nothing', 'v360/x/1.m4s');
    const served = await clients.storm(
      3000,
      2000,
      (index) => `${appliance.url}${event.path}/${names[index % names.length] ?? ''}?x=${index}`,
    );
    const { 404: early = 0, 410: expired = 0 } = statuses(served);
    expect(early + expired).toBe(3000);
    expect(watched.requests()).toEqual([]);
  });

  it('who waits for what never comes is told once, and who comes later is not told the same', async () => {
    const event = await followedEvent({ ...HELD, publish: { ...HELD.publish, holdMs: 2000 } });
    const number = await nextNumber();
    const path = `${event.path}/v360/${number}.m4s`;
    const served = await clients.storm(300, 500, () => appliance.url + path);
    expect(statuses(served)).toEqual({ 404: 300 });
    // Each region once, and once more for who came as the answer left.
    expect(watched.requests().length).toBeLessThanOrEqual(4);
    await event.putMedia('a', number);
    expect((await get(appliance.url + path)).status).toBe(200);
  });

  it('without an agent the origin decides, and its not-yet is forgotten to the millisecond', async () => {
    const event = await makeEvent(watched.origin.deployment, HELD);
    const number = (await nextNumber()) + 1;
    const url = `${appliance.url}${event.path}/v360/${number}.m4s`;
    const early = await get(url);
    const expiresMs = Number(early.headers['headwater-expires-ms']);
    expect([early.status, expiresMs]).toEqual([404, number * 2000]);
    watched.forget();
    expect((await get(url)).status).toBe(404);
    expect(watched.requests()).toEqual([]);
    await event.putMedia('a', number);
    await sleep(expiresMs - Date.now());
    expect((await get(url)).status).toBe(200);
  });

  it('tells the time, refuses other methods, and answers preflights', async () => {
    watched.forget();
    const time = await get(`${appliance.url}/live/time`);
    expect(Math.abs(Date.parse(time.body.toString()) - Date.now())).toBeLessThan(60_000);
    const statusOf = async (method: string) =>
      (await fetch(`${appliance.url}/live/a/b/c`, { method })).status;
    expect(await Promise.all(['OPTIONS', 'POST', 'DELETE'].map(statusOf))).toEqual([204, 405, 405]);
    expect(watched.requests()).toEqual([]);
  });
});
