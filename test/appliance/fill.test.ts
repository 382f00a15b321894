import { get, makeEvent, media, newest, PATIENT, until, type TestEvent } from '../acceptance/deployment';
import { type LiveOrigin, startLiveOrigin } from '../packagers/live-origin';
import { parseGroup } from '../../edge/appliance/group';
import { type Appliance, startAppliance } from './appliance';
import { freePort } from './daemon';
import { RegionProxy } from './region-proxy';

const NODES = ['edge-1', 'edge-2', 'edge-3'] as const;

/** An appliance with a way to the origin of its own, which tells whose fetches are whose. */
interface Node {
  readonly name: string;
  readonly way: RegionProxy;
  readonly appliance: Appliance;
}

let origin: LiveOrigin;
let event: TestEvent;
const nodes: Node[] = [];

beforeAll(async () => {
  origin = await startLiveOrigin();
  const [region] = origin.deployment.regions;
  const addresses = await Promise.all(
    NODES.map(async (name) => ({ name, host: '127.0.0.1', port: await freePort() })),
  );
  for (const name of NODES) {
    const way = await new RegionProxy('us-east-1', region?.serveUrl ?? '').start();
    const group = parseGroup(
      JSON.stringify({
        ...{ regions: [{ name: way.name, url: way.url }], memoryMegabytes: 64, nodes: addresses },
        fill: [{ folder: 'a128', nodes: ['edge-3'] }, { nodes: ['edge-1', 'edge-2'] }],
      }),
    );
    nodes.push({ name, way, appliance: await startAppliance(group, { node: name }) });
  }
  event = await makeEvent(origin.deployment, {
    ...PATIENT,
    publish: { ...PATIENT.publish, holdMs: 4000 },
  });
});

afterAll(async () => {
  await Promise.all(nodes.map(({ appliance }) => appliance.stop()));
  await Promise.all(nodes.map(({ way }) => way.close()));
  await origin.stop();
});

beforeEach(() => nodes.forEach(({ way }) => way.requests.splice(0)));

/** `asked` are asked for one path: the nodes that fetched it from the origin. */
async function fetchersOf(path: string, asked: readonly Node[], status: number): Promise<readonly string[]> {
  const target = `${event.path}/${path}`;
  const answers = await Promise.all(asked.map(({ appliance }) => get(appliance.url + target)));
  expect(answers.map((answer) => answer.status)).toEqual(asked.map(() => status));
  return nodes.flatMap(({ name, way }) => Array.from({ length: way.count(target) }, () => name));
}

/** The same for segments that are there, one after the other. */
async function fetchers(folder: string, numbers: readonly number[], asked: readonly Node[] = nodes) {
  const found: (readonly string[])[] = [];
  for (const number of numbers) found.push(await fetchersOf(`${folder}/${number}.m4s`, asked, 200));
  return found;
}

let names = 0;

/** Waits until the probes of `asked` have seen what is up and what is down; names that nobody knows show it. */
async function untilFilledBy(
  folder: string,
  asked: readonly Node[],
  fillers: readonly string[],
): Promise<void> {
  await until(async () => {
    const found = await fetchersOf(`${folder}/none${(names += 1)}.m4s`, asked, 404);
    return found.length === 1 && fillers.includes(found[0] ?? '');
  });
}

const range = (first: number, count: number) => Array.from({ length: count }, (_, at) => first + at);

describe('a group that names its fill nodes', () => {
  it('a representation is fetched by one of them, once, whoever was asked', async () => {
    const numbers = range(newest() - 20, 6);
    for (const number of numbers) {
      await event.putMedia('a', number);
      await event.put('a', `a128/${number}.m4s`, media(number, 'a128'));
    }
    await untilFilledBy('v360', nodes, ['edge-1', 'edge-2']);
    await untilFilledBy('a128', nodes, ['edge-3']);
    const video = await fetchers('v360', numbers);
    const [first] = video;
    expect(['edge-1', 'edge-2']).toContain(first?.[0]);
    expect(video).toEqual(numbers.map(() => [first?.[0]]));
    expect(await fetchers('a128', numbers)).toEqual(numbers.map(() => ['edge-3']));
  });

  it('what is expected is held at the origin once, for all of them', async () => {
    const number = newest() + 1;
    const path = `${event.path}/v360/${number}.m4s`;
    const answers = nodes.map(({ appliance }) => get(appliance.url + path));
    await until(async () => nodes.some(({ way }) => way.count(path) > 0));
    await event.putMedia('a', number);
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(nodes.reduce((sum, { way }) => sum + way.count(path), 0)).toBe(1);
  });

  it('a fill node that is down is stood in for by the other, and by the asked ones when both are', async () => {
    const numbers = range(newest() - 40, 6);
    for (const number of numbers) await event.putMedia('a', number);
    const [usual] = (await fetchers('v360', numbers.slice(0, 1))).flat();
    const down = nodes.find(({ name }) => name === usual);
    const other = nodes.find(({ name }) => name !== usual && name !== 'edge-3');
    const third = nodes.find(({ name }) => name === 'edge-3');
    if (down === undefined || other === undefined || third === undefined)
      throw new Error('wanted three nodes');
    await down.appliance.varnish.stop();
    // The first request meets a closed port and goes to the origin by itself; then the probe has seen it.
    expect((await fetchers('v360', numbers.slice(1, 2), [third])).flat()).toHaveLength(1);
    await untilFilledBy('v360', [other, third], [other.name]);
    expect(await fetchers('v360', numbers.slice(2, 4), [other, third])).toEqual([[other.name], [other.name]]);
    await other.appliance.varnish.stop();
    await untilFilledBy('v360', [third], ['edge-3']);
    expect(await fetchers('v360', numbers.slice(4, 5), [third])).toEqual([['edge-3']]);
  });
});
