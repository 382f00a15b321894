import { get, type TestEvent } from '../acceptance/deployment';
import { startFanOut, type FanOut } from '../packagers/fan-out';
import { makeLiveEvent, replicasOf, startLiveOrigin, type LiveOrigin } from '../packagers/live-origin';
import { nextStartS, type Packager } from '../packagers/process';
import { eventually } from '../support/put-recorder';
import {
  configurationOf,
  FORMATS,
  REPRESENTATION_IDS,
  startEncoder,
  startGridMs,
  type Format,
} from './encoders';

/** Seconds of media of each track. */
const SECONDS = Number(process.env['SOAK_SECONDS'] ?? 600);
const PIPELINES = ['a', 'b'] as const;
const NAMES = Object.keys(FORMATS) as (keyof typeof FORMATS)[];

/** One event with its two pipelines, as it ran. */
interface Run {
  readonly event: TestEvent;
  readonly first: number;
  readonly last: number;
  /** When the media of the last number ends. */
  readonly endMs: number;
  readonly fanOuts: readonly FanOut[];
}

let origin: LiveOrigin;
const packagers: Packager[] = [];
const runs = new Map<string, Run>();
const metrics = new Map<string, string>();

beforeAll(
  async () => {
    origin = await startLiveOrigin();
    for (const name of NAMES) runs.set(name, await start(FORMATS[name]));
    await Promise.all([...runs.values()].map(whole));
    // What encoders flush when they are stopped is no whole segment: nothing of it reaches the origin.
    const fanOuts = [...runs.values()].flatMap((run) => run.fanOuts);
    await Promise.all(fanOuts.map((fanOut) => fanOut.close()));
    for (const { name, serveUrl } of origin.deployment.regions)
      metrics.set(name, (await get(`${serveUrl}/metrics`)).body.toString());
  },
  (SECONDS + 120) * 1000,
);

afterAll(async () => {
  await Promise.all(packagers.map((packager) => packager.stop()));
  await origin.stop();
});

describe.each(NAMES)('%s, AAC at 48 and 44.1 kHz, two pipelines', (name) => {
  it('every PUT is taken by both regions, and none is answered with a defect', () => {
    for (const { passed } of runOf(name).fanOuts) {
      const wrong = passed.filter(
        ({ statuses, defects }) =>
          defects.length > 0 || statuses.some((status) => status !== 200 && status !== 201),
      );
      expect(wrong).toEqual([]);
    }
  });

  it.each(REPRESENTATION_IDS)(
    '%s: every number of both pipelines is there, without a defect or a note',
    async (id) => {
      const { event, first, last } = runOf(name);
      const replicas = await replicasOf(event, id, first, last);
      expect(replicas.filter(({ defects }) => defects.length > 0)).toEqual([]);
      const places = new Set(
        replicas.map(({ number, pipeline, region }) => `${number} ${pipeline} ${region}`),
      );
      expect(places.size).toBe((last - first + 1) * PIPELINES.length * origin.deployment.regions.length);
    },
  );
});

describe('what one segment alone cannot show', () => {
  it('the regions count no defect and no finding', () => {
    for (const text of metrics.values()) {
      expect(text).toContain('headwater_ingested_total{');
      expect(text.match(/^headwater_(defects|findings)_total\{.*$/gm)).toBeNull();
    }
  });

  it('and warn of nothing', () => expect(origin.warnings).toEqual([]));
});

/** Both pipelines start at the same T0, so that their audio frames lie alike. */
async function start(format: Format): Promise<Run> {
  const startS = nextStartS(Date.now() + 4000, startGridMs(format));
  const first = Math.round((startS * 1000) / format.segmentMs);
  const event = await makeLiveEvent(origin, configurationOf(format), first);
  const regions = origin.deployment.regions.map(({ publishUrl }) => new URL(publishUrl));
  const fanOuts = await Promise.all(PIPELINES.map(() => startFanOut(regions)));
  const started = PIPELINES.map(async (pipeline, at) => {
    const eventUrl = new URL(event.path, fanOuts[at]?.url);
    return startEncoder(format, { eventUrl, pipeline, secret: await event.secretOf(pipeline), startS });
  });
  packagers.push(...(await Promise.all(started)));
  const last = first + Math.floor((SECONDS * 1000) / format.segmentMs) - 1;
  return { event, first, last, endMs: (last + 1) * format.segmentMs, fanOuts };
}

/** Resolves when every pipeline has delivered every number. Looks at nothing before the last has ended. */
async function whole({ event, last, endMs, fanOuts }: Run): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, endMs - Date.now()));
  const paths = REPRESENTATION_IDS.map((id) => `${event.path}/${id}/${last}.m4s`);
  await eventually(() =>
    fanOuts.every(({ passed }) => paths.every((wanted) => passed.some(({ path }) => path === wanted))),
  );
}

function runOf(name: string): Run {
  const run = runs.get(name);
  if (run === undefined) throw new Error(`${name}: wanted a run, got none`);
  return run;
}
