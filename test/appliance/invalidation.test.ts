import type { RunningAgent } from '../../edge/agent/run-agent';
import {
  get,
  jsonOf,
  makeEvent,
  media,
  newest,
  PATIENT,
  until,
  type TestEvent,
} from '../acceptance/deployment';
import { type Appliance, startAppliance } from './appliance';
import { openTestAgent, startWatchedOrigin, type WatchedOrigin } from './guarded-origin';

let watched: WatchedOrigin;
let appliance: Appliance;
let agent: RunningAgent | undefined;

beforeAll(async () => {
  watched = await startWatchedOrigin();
  appliance = await startAppliance(watched.group());
});

afterEach(async () => {
  await agent?.close();
  agent = undefined;
});

afterAll(async () => {
  await appliance.stop();
  await watched.stop();
});

const path = (event: TestEvent, number: number) => `${event.path}/v360/${number}.m4s`;
const pipelineOf = (headers: Readonly<Record<string, string>>) =>
  /pipeline="(\w+)"/.exec(headers['headwater-candidate'] ?? '')?.[1];

/** Ten numbers of two pipelines, of which every one is cached; `b` has other bytes. */
async function warmEvent(): Promise<{ event: TestEvent; numbers: readonly number[] }> {
  const event = await makeEvent(watched.origin.deployment, PATIENT);
  const first = newest() - 30;
  const numbers = Array.from({ length: 10 }, (_, at) => first + at);
  for (const number of numbers) {
    await event.putMedia('a', number);
    // Another region's, so that masks of `a` leave something in both.
    for (const region of [0, 1]) await event.putMedia('b', number, media(number), { region });
  }
  agent = openTestAgent(watched, appliance.places, [event]);
  await agent.step();
  for (const number of numbers)
    await until(async () => (await warm(event, number)) === 'headwater-appliance; hit');
  watched.forget();
  return { event, numbers };
}

async function warm(event: TestEvent, number: number): Promise<string | undefined> {
  const { status, headers } = await get(appliance.url + path(event, number));
  expect(status).toBe(200);
  return headers['cache-status'];
}

/** Waits until the agent has told Varnish of a change. */
async function untilTold(change: () => Promise<unknown>): Promise<void> {
  const before = (await agent?.step())?.bans ?? 0;
  await change();
  await until(async () => ((await agent?.step())?.bans ?? 0) > before);
}

/** Asks for every number and names those which the origin was asked for. */
async function fetchedAgain(event: TestEvent, numbers: readonly number[]): Promise<readonly number[]> {
  for (const number of numbers)
    await until(async () => (await warm(event, number))?.endsWith('hit') === true);
  return numbers.filter((number) => watched.requests().includes(path(event, number)));
}

describe('an invalidation', () => {
  it('of a range: exactly those numbers are fetched again', async () => {
    const { event, numbers } = await warmEvent();
    const [, , from = 0, , , to = 0] = numbers;
    await untilTold(async () => {
      const range = { fromSegment: from, toSegment: to, reason: 'wrong slate' };
      expect((await event.control('POST', '/invalidations', range)).status).toBe(201);
    });
    expect(await fetchedAgain(event, numbers)).toEqual(numbers.slice(2, 6));
  });

  it.each([
    ['a', 4],
    ['b', 0],
  ])('of pipeline %s alone, while a was served: %d numbers', async (pipeline, count) => {
    const { event, numbers } = await warmEvent();
    const range = { fromSegment: numbers[2], toSegment: numbers[5], pipeline };
    await untilTold(() => event.control('POST', '/invalidations', range));
    expect(await fetchedAgain(event, numbers)).toEqual(numbers.slice(2, 2 + count));
  });

  it.each([
    ['us-east-1', 4],
    ['us-west-2', 0],
  ])('of what %s served, which is the first: %d numbers', async (region, count) => {
    const { event, numbers } = await warmEvent();
    const range = { fromSegment: numbers[2], toSegment: numbers[5], pipeline: 'a', region };
    await untilTold(() => event.control('POST', '/invalidations', range));
    expect(await fetchedAgain(event, numbers)).toEqual(numbers.slice(2, 2 + count));
  });

  it("comes with a mask: those numbers are b's, nobody is answered an error, and undone they are a's", async () => {
    const { event, numbers } = await warmEvent();
    const before = await pipelines(event, numbers);
    expect(before).toEqual(numbers.map(() => 'a'));
    const mask = { pipeline: 'a', fromSegment: numbers[2], toSegment: numbers[5], reason: 'black' };
    let id = '';
    await untilTold(async () => {
      const answer = await event.control('POST', '/masks', mask);
      expect(answer.status).toBe(201);
      id = String(jsonOf(answer)['id']);
    });
    expect(await fetchedAgain(event, numbers)).toEqual(numbers.slice(2, 6));
    expect(await pipelines(event, numbers)).toEqual(numbers.map((_, at) => (at >= 2 && at <= 5 ? 'b' : 'a')));
    watched.forget();
    await untilTold(() => event.control('DELETE', `/masks/${encodeURIComponent(id)}`));
    expect(await fetchedAgain(event, numbers)).toEqual(numbers.slice(2, 6));
    expect(await pipelines(event, numbers)).toEqual(numbers.map(() => 'a'));
  });

  it('of everything: the version is another, and so is every key', async () => {
    const { event, numbers } = await warmEvent();
    const before = (await get(appliance.url + path(event, numbers[0] ?? 0))).headers['headwater-version'];
    expect((await event.control('POST', '/invalidations', { all: true })).status).toBe(201);
    await until(async () => {
      await agent?.step();
      const { headers } = await get(appliance.url + path(event, numbers[0] ?? 0));
      return headers['headwater-version'] !== before;
    });
    expect(await fetchedAgain(event, numbers)).toEqual(numbers);
  });

  it('that an agent was not there for is told by its next one', async () => {
    const { event, numbers } = await warmEvent();
    await agent?.close();
    const range = { fromSegment: numbers[0], toSegment: numbers[0] };
    expect((await event.control('POST', '/invalidations', range)).status).toBe(201);
    expect(await fetchedAgain(event, numbers)).toEqual([]);
    agent = openTestAgent(watched, appliance.places, [event]);
    await until(async () => ((await agent?.step())?.bans ?? 0) > 0);
    expect(await fetchedAgain(event, numbers)).toEqual(numbers.slice(0, 1));
  });
});

describe('a notice', () => {
  it('comes with what was cached before it, and with a 404 of the edge', async () => {
    const { event, numbers } = await warmEvent();
    const posted = await event.control('POST', '/notices', { type: 'slate', data: { text: 'soon' } });
    expect(posted.status).toBe(201);
    const early = `${appliance.url}${event.path}/v360/${newest() + 100}.m4s`;
    await until(async () => {
      await agent?.step();
      return (await get(early)).headers['headwater-notices']?.includes('slate') === true;
    });
    const { headers } = await get(appliance.url + path(event, numbers[0] ?? 0));
    expect(headers['cache-status']).toBe('headwater-appliance; hit');
    expect(headers['headwater-notices']).toContain('slate');
  });
});

describe('an agent', () => {
  it('keeps what it has while every origin is silent, and says so', async () => {
    const { event, numbers } = await warmEvent();
    const { openAgent } = await import('../../edge/agent/run-agent');
    const { systemClock } = await import('../../stores/system-clock');
    await agent?.close();
    agent = openAgent({
      origins: [new URL('http://127.0.0.1:9'), new URL('http://127.0.0.1:19')],
      token: 'none',
      events: [{ tenant: event.tenant, event: event.name }],
      tenants: [],
      places: appliance.places,
      clock: systemClock,
    });
    const health = await agent.step();
    expect(health).toMatchObject({ failures: 1, events: 0 });
    expect(health.lastFailure).toMatch(/ECONNREFUSED/);
    expect(jsonOf(await get(`${appliance.url}/healthz`))).toMatchObject({ status: 'origins not heard' });
    // nginx still turns away what cannot exist.
    watched.forget();
    const early = await get(`${appliance.url}${event.path}/v360/${(numbers[0] ?? 0) + 500}.m4s`);
    expect([early.status, early.headers['cache-status']]).toEqual([404, 'headwater-appliance; detail=guard']);
    expect(watched.requests()).toEqual([]);
  });
});

async function pipelines(event: TestEvent, numbers: readonly number[]) {
  const answers = await Promise.all(numbers.map((number) => get(appliance.url + path(event, number))));
  return answers.map(({ headers }) => pipelineOf(headers));
}
