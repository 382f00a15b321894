import { get, type TestEvent } from '../acceptance/deployment';
import type { InitInspection } from '../../origin/media/inspection';
import { nodeDigester } from '../../stores/node-digester';
import { inspectedInit } from '../support/inspected';
import { eventually } from '../support/put-recorder';
import { judged } from './expectation';
import { everyThirdSegment, startFanOut, type FanOut, type Passed } from './fan-out';
import { startFfmpeg } from './ffmpeg';
import {
  makeLiveEvent,
  pipelineOf,
  startLiveOrigin,
  view,
  type LiveOrigin,
  type Viewed,
} from './live-origin';
import { nextStartS, PACKAGED_EVENT, REPRESENTATIONS, type Packager } from './process';

/** 30 s of media. */
const SEGMENTS = 15;
const PIPELINES = ['a', 'b'] as const;
type Pipeline = (typeof PIPELINES)[number];

let origin: LiveOrigin;
let event: TestEvent;
let first: number;
const fanOuts = new Map<Pipeline, FanOut>();
const packagers: Packager[] = [];
const viewed = new Map<string, readonly Viewed[]>();
const inits = new Map<string, InitInspection>();

beforeAll(async () => {
  origin = await startLiveOrigin();
  // Time to make the event: regions take a second to know of it.
  const startS = nextStartS(Date.now() + 4000);
  first = startS / 2;
  event = await makeLiveEvent(origin, PACKAGED_EVENT, first);
  const regions = origin.deployment.regions.map(({ publishUrl }) => new URL(publishUrl));
  for (const pipeline of PIPELINES) {
    const fanOut = await startFanOut(regions, pipeline === 'a' ? everyThirdSegment : undefined);
    fanOuts.set(pipeline, fanOut);
    const options = { pipeline, secret: await event.secretOf(pipeline), startS, format: 'hls' } as const;
    packagers.push(await startFfmpeg({ ...options, eventUrl: new URL(event.path, fanOut.url) }));
  }
  await Promise.all(
    Object.values(REPRESENTATIONS).map(async (id) => {
      viewed.set(id, await view(`${origin.edgeUrl}${event.path}/${id}`, first, first + SEGMENTS - 1));
      inits.set(id, inspectedInit((await get(`${origin.edgeUrl}${event.path}/${id}/init.mp4`)).body));
    }),
  );
  // Both have sent all, and only then are the encoders stopped: what they flush is no whole segment.
  for (const id of Object.values(REPRESENTATIONS))
    await eventually(() =>
      PIPELINES.every((pipeline) => sent(pipeline, id, first + SEGMENTS - 1).length > 0),
    );
  await Promise.all([...fanOuts.values()].map((fanOut) => fanOut.close()));
}, 120_000);

afterAll(async () => {
  await Promise.all(packagers.map((packager) => packager.stop()));
  await origin.stop();
});

describe.each(Object.values(REPRESENTATIONS))('%s at the edge, a third of pipeline a withheld', (id) => {
  it('every number is served, whole and where its number says, and nothing is said of defects', () => {
    const init = inits.get(id) as InitInspection;
    for (const { number, answer } of viewedOf(id)) {
      const { defects, startsWithSync } = judged(answer.body, number, id, init);
      expect({ number, defects, startsWithSync }).toEqual({ number, defects: [], startsWithSync: true });
      expect(answer.headers['headwater-defects']).toBeUndefined();
    }
  });

  it('no media twice, none left out', () => {
    const init = inits.get(id) as InitInspection;
    const segments = viewedOf(id).map(({ number, answer }) => judged(answer.body, number, id, init));
    const digests = new Set(viewedOf(id).map(({ answer }) => nodeDigester.sha256Hex(answer.body)));
    expect(digests.size).toBe(SEGMENTS);
    const samples = segments.reduce((sum, { sampleCount = 0 }) => sum + sampleCount, 0);
    // 30 s hold 1406.25 AAC frames: the last segment begins before the grid's end and ends after it.
    expect(samples).toBe(id === REPRESENTATIONS.video ? SEGMENTS * 50 : 1407);
  });

  it('every number is, byte for byte, what that pipeline sent', () => {
    for (const { number, answer } of viewedOf(id)) {
      const pipeline = pipelineOf(answer) as Pipeline;
      expect([number, nodeDigester.sha256Hex(answer.body)]).toEqual([
        number,
        passedOf(pipeline, id, number).digest,
      ]);
    }
  });

  it('what a withheld came from b; the rest from a, or from b when a was later', () => {
    for (const { number, answer, askedAtMs } of viewedOf(id)) {
      expect([number, sourcesOf(id, number, askedAtMs)]).toEqual([
        number,
        expect.arrayContaining([pipelineOf(answer)]),
      ]);
    }
  });

  it('afterwards every region chooses a wherever it has it, and b for exactly the third', async () => {
    for (const region of [0, 1]) {
      for (const { number } of viewedOf(id)) {
        const answer = await event.get(`${id}/${number}.m4s`, {}, region);
        expect([number, answer.status, pipelineOf(answer)]).toEqual([
          number,
          200,
          number % 3 === 0 ? 'b' : 'a',
        ]);
      }
    }
  });
});

describe('the pipelines', () => {
  it.each(PIPELINES)(
    '%s: every PUT was taken by both regions, manifests too, and no defect found',
    (pipeline) => {
      const passed = fanOuts.get(pipeline)?.passed.filter((one) => !isWithheld(one)) ?? [];
      expect(passed.length).toBeGreaterThanOrEqual(2 * SEGMENTS);
      for (const { path, statuses, defects } of passed)
        expect({
          path,
          statuses: statuses.every((status) => status === 200 || status === 201),
          defects,
        }).toEqual({
          ...{ path, statuses: true, defects: [] },
        });
    },
  );

  it('gave the origin nothing to warn of', () => expect(origin.warnings).toEqual([]));
});

function viewedOf(id: string): readonly Viewed[] {
  const all = viewed.get(id) ?? [];
  expect(all.map(({ number }) => number)).toEqual(Array.from({ length: SEGMENTS }, (_, at) => first + at));
  return all;
}

/** Whose copy a right answer is. What a region had acknowledged of a when b's copy left for it, no answer may pass over. */
function sourcesOf(id: string, number: number, askedAtMs: number): readonly Pipeline[] {
  const [ofA, ofB] = [passedOf('a', id, number), passedOf('b', id, number)];
  if (isWithheld(ofA)) return ['b'];
  return ofA.answeredAtMs < Math.max(ofB.forwardedAtMs, askedAtMs) ? ['a'] : ['a', 'b'];
}

function passedOf(pipeline: Pipeline, id: string, number: number): Passed {
  const [found, ...more] = sent(pipeline, id, number);
  if (found === undefined || more.length > 0)
    throw new Error(`${id}/${number}: wanted one PUT of ${pipeline}, got ${more.length + (found ? 1 : 0)}`);
  return found;
}

function sent(pipeline: Pipeline, id: string, number: number): readonly Passed[] {
  const path = `${event.path}/${id}/${number}.m4s`;
  return fanOuts.get(pipeline)?.passed.filter((one) => one.path === path) ?? [];
}

function isWithheld({ statuses }: Passed): boolean {
  return statuses.length === 0;
}
