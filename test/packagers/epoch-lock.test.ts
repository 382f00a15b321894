import { timingDefects } from '../../origin/media/timing';
import type { InitInspection, SegmentInspection } from '../../origin/media/inspection';
import { inspectedInit, soundSegment } from '../support/inspected';
import { eventually, startPutRecorder, type PutRecorder, type Recorded } from '../support/put-recorder';
import { expectationOf } from './expectation';
import { everyThirdSegment, startFanOut } from './fan-out';
import { startFfmpeg } from './ffmpeg';
import { nextStartS, REPRESENTATIONS, START_GRID_S, type Packager } from './process';
import { installShakaPackager, startShaka } from './shaka';

/** All packagers run at once: a real one takes as long as its media lasts. */
const SEGMENTS = 8;
const SECRET = 's3cret';
const AUTHORIZATION = `Basic ${Buffer.from(`a:${SECRET}`).toString('base64')}`;
const names = [
  'ffmpeg -f hls',
  'ffmpeg -f hls, started 8 s later',
  'ffmpeg -f dash',
  'shaka-packager',
] as const;
const received = new Map<string, readonly Recorded[]>();

beforeAll(async () => {
  const shaka = installShakaPackager();
  const startS = nextStartS(Date.now());
  const common = { pipeline: 'a', secret: SECRET, startS };
  const runs = [
    run((eventUrl) => startFfmpeg({ ...common, eventUrl, format: 'hls' })),
    run((eventUrl) => startFfmpeg({ ...common, eventUrl, format: 'hls', startS: startS + START_GRID_S })),
    run((eventUrl) => startFfmpeg({ ...common, eventUrl, format: 'dash' })),
    run((eventUrl) => startShaka(shaka, { ...common, eventUrl })),
  ];
  const requests = await Promise.all(runs);
  names.forEach((name, at) => received.set(name, requests[at] ?? []));
}, 120_000);

describe.each(names)('%s', (name) => {
  it('sends its credential with the first request', () => {
    const [first] = received.get(name) ?? [];
    expect(first?.headers.authorization).toBe(AUTHORIZATION);
    expect(first?.headers.expect).toBeUndefined();
  });

  it.each(Object.values(REPRESENTATIONS))(
    '%s: numbers count 2 s since 1970, and each segment is where its number says',
    (representation) => {
      for (const [number, inspection] of segmentsOf(name, representation))
        expect(
          timingDefects(inspection, expectationOf(number, representation, initOf(name, representation))),
        ).toEqual([]);
    },
  );

  it.each(Object.values(REPRESENTATIONS))(
    '%s: another pipeline cuts the same numbers at the same times',
    (representation) => {
      const ours = segmentsOf(name, representation);
      const theirs = segmentsOf(names[0], representation);
      const shared = [...ours.keys()].filter((number) => theirs.has(number));
      expect(shared.length).toBeGreaterThanOrEqual(3);
      for (const number of shared) expect(cutOf(ours.get(number))).toEqual(cutOf(theirs.get(number)));
    },
  );
});

describe.each(Object.values(REPRESENTATIONS))('the init identity of %s', (representation) => {
  const identities = () => names.map((name) => initOf(name, representation).identity);

  it('is one for every ffmpeg, whatever the muxer, so these pipelines mix', () => {
    expect(new Set(identities().slice(0, 3)).size).toBe(1);
  });

  it("is shaka-packager's own, since its trex has defaults: not to be mixed with ffmpeg in one event", () => {
    expect(identities().slice(0, 3)).not.toContain(identities()[3]);
  });
});

describe('the fan-out', () => {
  it('passes each PUT whole to every region, and withholds what it is told', async () => {
    const regions = await Promise.all([startPutRecorder(), startPutRecorder(() => 503)]);
    const fanOut = await startFanOut(
      regions.map(({ url }) => url),
      everyThirdSegment,
    );
    const statuses = [];
    for (const number of [1, 2, 3, 4]) {
      const body = new Blob([`segment ${number}`]).stream();
      const init = { method: 'PUT', body, duplex: 'half', headers: { authorization: AUTHORIZATION } };
      statuses.push((await fetch(new URL(`/v/${number}.m4s`, fanOut.url), init as RequestInit)).status);
    }
    await fanOut.close();
    await Promise.all(regions.map((region) => region.close()));
    expect(statuses).toEqual([201, 201, 201, 201]);
    expect(fanOut.passed.map((passed) => passed.statuses)).toEqual([[201, 503], [201, 503], [], [201, 503]]);
    for (const { requests } of regions) {
      expect(requests.map(({ path, body }) => [path, body.toString()])).toEqual([
        ['/v/1.m4s', 'segment 1'],
        ['/v/2.m4s', 'segment 2'],
        ['/v/4.m4s', 'segment 4'],
      ]);
      expect(requests[0]?.headers).toMatchObject({ authorization: AUTHORIZATION, 'content-length': '9' });
    }
  });
});

/** Everything one packager sends until each representation has its segments. */
async function run(start: (eventUrl: URL) => Promise<Packager>): Promise<readonly Recorded[]> {
  const recorder = await startPutRecorder();
  const packager = await start(new URL('/live/demo/loop', recorder.url));
  await Promise.race([
    packager.ended.then(() =>
      Promise.reject(new Error(`wanted it to go on, it ended: ${packager.messages()}`)),
    ),
    eventually(() => Object.values(REPRESENTATIONS).every((id) => mediaOf(recorder, id).length >= SEGMENTS)),
  ]);
  // What comes at the end (a last short segment, another init) is no part of the live edge.
  const requests = [...recorder.requests];
  await packager.stop();
  await recorder.close();
  return requests;
}

function mediaOf({ requests }: Pick<PutRecorder, 'requests'>, representation: string): readonly Recorded[] {
  return requests.filter(
    ({ path, body }) => path.includes(`/${representation}/`) && path.endsWith('.m4s') && body.length > 0,
  );
}

function initOf(name: string, representation: string): InitInspection {
  const init = (received.get(name) ?? []).find(({ path }) => path.endsWith(`/${representation}/init.mp4`));
  if (init === undefined) throw new Error(`${name}: wanted an init of ${representation}, got none`);
  return inspectedInit(init.body);
}

/** By number: the file's name, which is a time for DASH. */
function segmentsOf(name: string, representation: string): ReadonlyMap<number, SegmentInspection> {
  const init = initOf(name, representation);
  return new Map(
    mediaOf({ requests: received.get(name) ?? [] }, representation).map(({ path, body }) => {
      const named = Number(/(\d+)\.m4s$/.exec(path)?.[1]);
      const number = name.includes('dash') ? Math.round(named / init.timescale / 2) : named;
      return [number, soundSegment(body, init)];
    }),
  );
}

function cutOf(inspection: SegmentInspection | undefined) {
  if (inspection === undefined) return undefined;
  const { baseMediaDecodeTime, durationTicks, sampleCount } = inspection;
  return { baseMediaDecodeTime, durationTicks, sampleCount };
}
