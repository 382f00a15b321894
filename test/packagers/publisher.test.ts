import { startPublisher, type Publisher, type PublisherEvent } from '../../publisher';
import type { TestEvent } from '../acceptance/deployment';
import { eventually } from '../support/put-recorder';
import { FaultyWay, type Fault } from './faulty-way';
import { startFfmpeg } from './ffmpeg';
import { makeLiveEvent, replicasOf, startLiveOrigin, type LiveOrigin, type Replica } from './live-origin';
import { nextStartS, PACKAGED_EVENT, REPRESENTATIONS, type Packager } from './process';
import { installShakaPackager, startShaka } from './shaka';

/** 16 s of media, of which the second region is down for 5 s. */
const SEGMENTS = 8;
const DOWN_MS = 5000;
const NAMES = ['ffmpeg -f hls', 'ffmpeg -f dash', 'shaka-packager'] as const;
type Name = (typeof NAMES)[number];

interface Run {
  readonly event: TestEvent;
  readonly publisher: Publisher;
  readonly events: readonly PublisherEvent[];
  readonly packager: Packager;
  /** Paths of bodies that broke off before the packager was told to end. */
  torn: readonly string[];
}

let origin: LiveOrigin;
let ways: readonly FaultyWay[];
let first: number;
const runs = new Map<Name, Run>();

/** Of 20 requests one is reset in its body, one after it, and two are answered 503. */
function badWay(count: number): Fault {
  return ({ 3: 'reset', 8: 503, 13: 'reset-after', 18: 503 } as const)[count % 20] ?? 'none';
}

beforeAll(async () => {
  const shaka = installShakaPackager();
  origin = await startLiveOrigin();
  ways = origin.deployment.regions.map(({ publishUrl }) => new FaultyWay(new URL(publishUrl), badWay));
  await Promise.all(ways.map((way) => way.up()));
  const startS = nextStartS(Date.now() + 6000);
  first = startS / 2;
  await Promise.all(NAMES.map((name) => start(name, shaka, startS)));
  await eventually(() => received('ffmpeg -f hls', 'video') >= 2);
  await ways[1]?.down();
  await new Promise((resolve) => setTimeout(resolve, DOWN_MS));
  await ways[1]?.up();
  await eventually(() =>
    NAMES.every((name) => Math.min(received(name, 'video'), received(name, 'audio')) >= SEGMENTS),
  );
  // ffmpeg ends with answers unread, so its kernel may reset a body that is still under way: that one is its own doing.
  for (const run of runs.values())
    run.torn = run.events.flatMap((event) => (event.kind === 'torn' ? [event.path] : []));
  // The encoders stop, the publishers go on until nothing is missing.
  await Promise.all([...runs.values()].map(({ packager }) => packager.stop()));
  await eventually(() => [...runs.values()].every((run) => isSettled(run)));
}, 120_000);

afterAll(async () => {
  await Promise.all([...runs.values()].map(({ publisher }) => publisher.stop()));
  await Promise.all(ways.map((way) => way.close()));
  await origin.stop();
});

it('the ways were bad: connections broke before and after the body, and gateways said 503', () => {
  for (const { counts } of ways)
    expect(Math.min(counts.reset, counts['reset-after'], counts[503])).toBeGreaterThanOrEqual(3);
});

describe.each(NAMES)('%s through the publisher', (name) => {
  it.each(Object.values(REPRESENTATIONS))(
    '%s: every segment that came whole is in both regions, as it came',
    async (id) => {
      const replicas = (await replicasOf(
        runOf(name).event,
        id,
        first,
        first + SEGMENTS - 1,
      )) as readonly Stored[];
      for (let number = first; number < first + SEGMENTS; number++) {
        const digest = digestOf(name, id, number);
        const stored = replicas.filter((replica) => replica.number === number);
        expect(stored.map(({ region }) => region).sort()).toEqual(['us-east-1', 'us-west-2']);
        expect(stored.map((replica) => [number, replica.digest, replica.defects])).toEqual(
          Array(2).fill([number, digest, []]),
        );
      }
    },
  );

  it('nothing was lost or refused, the region that was down has what it missed, and no defect was found', () => {
    const { publisher, torn } = runOf(name);
    const { tracks, regions } = publisher.stats();
    expect(tracks.map(({ track }) => track)).toEqual(
      ['a64', 'v180'].map((id) => `packagers/${runOf(name).event.name}/${id}`),
    );
    for (const { regions: counts } of tracks)
      for (const { lost, refused } of Object.values(counts)) expect([lost, refused]).toEqual([0, 0]);
    const late = tracks.map(({ regions: counts }) => counts[ways[1]?.url.host ?? '']?.late ?? 0);
    expect(Math.min(...late)).toBeGreaterThanOrEqual(1);
    expect(regions.map(({ backlogParcels }) => backlogParcels)).toEqual([0, 0]);
    expect(torn).toEqual([]);
  });

  it('answered 201 or 200 to whatever the packager sent, so it never noticed', async () => {
    const { packager } = runOf(name);
    expect(packager.messages()).not.toMatch(/HTTP error|Broken pipe|Connection reset|Failed to/i);
    // It ran until it was asked to end: by a signal, or as ffmpeg says it.
    const codes = await packager.ended;
    expect(codes.every((code) => code === null || code === 0 || code === 255)).toBe(true);
  });
});

interface Stored extends Replica {
  readonly digest: string;
}

async function start(name: Name, shaka: string, startS: number): Promise<void> {
  const event = await makeLiveEvent(origin, PACKAGED_EVENT, first);
  const events: PublisherEvent[] = [];
  const publisher = await startPublisher({
    ...{ to: ways.map(({ url }) => url), port: 0, onEvent: (happened) => events.push(happened) },
    credential: { pipeline: 'a', secret: await event.secretOf('a') },
    control: {
      ...{ url: new URL(event.region().controlUrl), token: origin.deployment.token },
      event: { tenant: event.tenant, event: event.name },
    },
  });
  // What the packager knows of credentials does not matter: the publisher has its own.
  const options = { eventUrl: new URL(event.path, publisher.url), pipeline: 'a', secret: 'none', startS };
  const packager =
    name === 'shaka-packager'
      ? await startShaka(shaka, options)
      : await startFfmpeg({ ...options, format: name === 'ffmpeg -f hls' ? 'hls' : 'dash' });
  runs.set(name, { event, publisher, events, packager, torn: [] });
}

function runOf(name: Name): Run {
  const run = runs.get(name);
  if (run === undefined) throw new Error(`${name}: wanted it to run`);
  return run;
}

function segmentsOf(name: Name, kind: keyof typeof REPRESENTATIONS) {
  return (runs.get(name)?.events ?? []).flatMap((event) =>
    event.kind === 'received' &&
    event.parcel.kind === 'segment' &&
    event.parcel.path.includes(`/${REPRESENTATIONS[kind]}/`)
      ? [event]
      : [],
  );
}

function received(name: Name, kind: keyof typeof REPRESENTATIONS): number {
  return segmentsOf(name, kind).length;
}

function digestOf(name: Name, id: string, number: number): string | undefined {
  const kind = id === REPRESENTATIONS.video ? 'video' : 'audio';
  return segmentsOf(name, kind).find(({ verdict }) => verdict.number === `${number}`)?.parcel.digest;
}

/** Every region has, or has refused, each segment. */
function isSettled({ publisher }: Run): boolean {
  return publisher
    .stats()
    .tracks.every(({ segments, regions }) =>
      Object.values(regions).every(({ ok, late, refused, lost }) => ok + late + refused + lost === segments),
    );
}
