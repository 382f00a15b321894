import type { InitInspection } from '../../origin/media/inspection';
import { get, type TestEvent } from '../acceptance/deployment';
import { inspectedInit } from '../support/inspected';
import { judged } from './expectation';
import { startFfmpeg } from './ffmpeg';
import {
  arrived,
  makeLiveEvent,
  replicasOf,
  startLiveOrigin,
  view,
  type LiveOrigin,
  type Viewed,
} from './live-origin';
import { nextStartS, PACKAGED_EVENT, REPRESENTATIONS, type Packager } from './process';
import { installShakaPackager, startShaka } from './shaka';

/** 10 s of media. */
const SEGMENTS = 5;
const NAMES = ['ffmpeg -f hls', 'ffmpeg -f dash, named by $Time$', 'shaka-packager'] as const;
type Name = (typeof NAMES)[number];

let origin: LiveOrigin;
let first: number;
const events = new Map<Name, TestEvent>();
const packagers: Packager[] = [];
const viewed = new Map<string, readonly Viewed[]>();
const inits = new Map<string, InitInspection>();

beforeAll(async () => {
  const shaka = installShakaPackager();
  origin = await startLiveOrigin();
  const startS = nextStartS(Date.now() + 6000);
  first = startS / 2;
  for (const name of NAMES) events.set(name, await makeLiveEvent(origin, PACKAGED_EVENT, first));
  const starts = NAMES.map(async (name) => {
    const event = eventOf(name);
    // The region that the edge does not ask first: what one region lacks, another has.
    const eventUrl = new URL(event.path, event.region(1).publishUrl);
    const options = { eventUrl, pipeline: 'a', secret: await event.secretOf('a'), startS };
    if (name === 'shaka-packager') return startShaka(shaka, options);
    return startFfmpeg({ ...options, format: name === 'ffmpeg -f hls' ? 'hls' : 'dash' });
  });
  packagers.push(...(await Promise.all(starts)));
  await Promise.all(NAMES.flatMap((name) => Object.values(REPRESENTATIONS).map((id) => watch(name, id))));
}, 120_000);

afterAll(async () => {
  await Promise.all(packagers.map((packager) => packager.stop()));
  await origin.stop();
});

describe.each(NAMES)('%s, straight to one region', (name) => {
  it.each(Object.values(REPRESENTATIONS))(
    '%s: each segment lands on its number, without a defect',
    async (id) => {
      const replicas = await replicasOf(eventOf(name), id, first, first + SEGMENTS - 1);
      expect(replicas.map(({ number, region, defects }) => ({ number, region, defects }))).toEqual(
        Array.from({ length: SEGMENTS }, (_, at) => ({
          number: first + at,
          region: 'us-west-2',
          defects: [],
        })),
      );
    },
  );

  it.each(Object.values(REPRESENTATIONS))(
    '%s: a viewer gets every number at the edge, and it is the right one',
    (id) => {
      const all = viewed.get(`${name} ${id}`) ?? [];
      const init = inits.get(`${name} ${id}`) as InitInspection;
      expect(all).toHaveLength(SEGMENTS);
      for (const { number, answer } of all) {
        expect([number, judged(answer.body, number, id, init).defects]).toEqual([number, []]);
        expect(answer.headers['headwater-defects']).toBeUndefined();
      }
    },
  );
});

/** Views what a packager sends of one representation. */
async function watch(name: Name, id: string): Promise<void> {
  const event = eventOf(name);
  const url = `${origin.edgeUrl}${event.path}/${id}`;
  const last = first + SEGMENTS - 1;
  viewed.set(`${name} ${id}`, await view(url, first, last));
  inits.set(`${name} ${id}`, inspectedInit((await get(`${url}/init.mp4`)).body));
  await arrived(event, id, last, ['a']);
}

function eventOf(name: Name): TestEvent {
  const event = events.get(name);
  if (event === undefined) throw new Error(`${name}: wanted an event, got none`);
  return event;
}
