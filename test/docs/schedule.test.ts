import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HttpResponse } from '../../http/message';
import type { Origin } from '../../origin/origin';
import { cutFrames } from '../../demo/damage';
import {
  asset,
  deploy,
  EDGE,
  NEXT_DUE_MS,
  publish,
  publishInit,
  serve,
  type Deployment,
} from '../support/deployment';
import { settle } from '../support/settle';

interface Row {
  readonly request: string;
  readonly status: string;
  readonly cacheControl: string;
  readonly trueUntil: string;
}

const ROWS: readonly Row[] = readFileSync(join(__dirname, '../../docs/schedule.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| request') && !line.startsWith('| ---'))
  .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')))
  .map(([, request = '', status = '', cacheControl = '', trueUntil = '']) => {
    return { request, status, cacheControl, trueUntil };
  });

/** What a row's request looks like, made true in a deployment: its answer, and until when it is true. */
type Scene = (deployment: Deployment) => Promise<{ response: HttpResponse; trueUntilMs?: number }>;

const DEPTH_SECONDS = 600;
const NEXT = EDGE + 1;
/** A segment of 10 s is next for long before a request for it is held. */
const TEN_SECONDS = {
  segmentTemplate: {
    ...{ timescale: 1000, duration: 10_000, startNumber: 0 },
    ...{ initialization: '$RepresentationID$/init.mp4', media: '$RepresentationID$/$Number$.m4s' },
  },
  initialSegmentNumber: 1,
};
const TEN_NEXT = Math.floor((EDGE * 2) / 10) + 1;
const TEN_NEXT_DUE_MS = (TEN_NEXT + 1) * 10_000 + 500;

async function answer(origin: Origin, number: number | string): Promise<{ response: HttpResponse }> {
  const { response } = await serve(origin, `v360/${number}.m4s`);
  return { response };
}

/** Asks now, lets `meanwhile` happen, and lets time pass until the answer. */
async function held({ clock, origin }: Deployment, number: number, meanwhile: () => Promise<unknown>) {
  const asked = answer(origin, number);
  await clock.advance(200);
  await meanwhile();
  return settle(clock, asked);
}

const short = (number: number) => cutFrames(asset.segment('v360', number), 11);
const nothing = () => Promise.resolve();

const SCENES: Readonly<Record<string, { readonly configuration?: object; readonly scene: Scene }>> = {
  'of an event that nobody knows': {
    scene: async ({ origin }) => serve(origin, `/live/acme/other/v360/${EDGE}.m4s`),
  },
  'of a representation that nobody knows': {
    scene: async ({ origin }) => serve(origin, `v999/${EDGE}.m4s`),
  },
  'whose number is written another way': { scene: ({ origin }) => answer(origin, `0${EDGE}`) },
  'before the initial one': { scene: ({ origin }) => answer(origin, EDGE - 1001) },
  'after the final one': {
    configuration: { finalSegmentNumber: EDGE },
    scene: ({ origin }) => answer(origin, NEXT),
  },
  'older than the DVR window': { scene: ({ origin }) => answer(origin, EDGE - DEPTH_SECONDS / 2 - 1) },
  'beyond the next, before nextFrom(n)': {
    scene: async ({ origin }) => ({
      ...(await answer(origin, NEXT + 10)),
      trueUntilMs: NEXT_DUE_MS + 18_000,
    }),
  },
  'the initial one, before nextFrom(n)': {
    configuration: { initialSegmentNumber: NEXT + 10 },
    scene: async ({ origin }) => ({
      ...(await answer(origin, NEXT + 10)),
      trueUntilMs: NEXT_DUE_MS + 15_000,
    }),
  },
  'next, a valid copy is there, however early': {
    scene: async ({ origin }) => {
      await publish(origin, { number: NEXT });
      return answer(origin, NEXT);
    },
  },
  'next, not there, before opensAt(n)': {
    configuration: TEN_SECONDS,
    scene: async ({ clock, origin }) => {
      await clock.advanceTo(TEN_NEXT_DUE_MS - 8000);
      return answer(origin, TEN_NEXT);
    },
  },
  'due, a valid copy is there': {
    scene: async ({ origin }) => {
      await publish(origin);
      return answer(origin, EDGE);
    },
  },
  'due, only a defective copy is there': {
    scene: async ({ origin }) => {
      await publish(origin, { bytes: short(EDGE) });
      return answer(origin, EDGE);
    },
  },
  'due, a valid copy is there, another region could not be heard': {
    scene: async (deployment) => {
      await publish(deployment.origin, { pipeline: 'b' });
      const silent = { ...deployment.origin.local, region: 'us-west-2' };
      const candidates = { ...silent.candidates, ofSegment: () => new Promise<never>(() => undefined) };
      const origin = { ...deployment.origin, peers: [{ ...silent, candidates }] };
      return settle(deployment.clock, answer(origin, EDGE));
    },
  },
  'open, published before due(n) + holdMs': {
    scene: (deployment) => held(deployment, NEXT, () => publish(deployment.origin, { number: NEXT })),
  },
  'open, not there by due(n) + holdMs': { scene: (deployment) => held(deployment, EDGE, nothing) },
  'not there, before due(n) + retryDeadlineMs': {
    scene: async ({ clock, origin }) => {
      await clock.advanceTo(NEXT_DUE_MS + 5999);
      return answer(origin, NEXT);
    },
  },
  'not there at due(n) + retryDeadlineMs or later': {
    scene: async ({ clock, origin }) => {
      await clock.advanceTo(NEXT_DUE_MS + 6000);
      return answer(origin, NEXT);
    },
  },
  'the same, of an event with whenMissing: "empty"': {
    configuration: { whenMissing: 'empty' },
    scene: async ({ clock, origin }) => {
      await publishInit(origin);
      await clock.advanceTo(NEXT_DUE_MS + 6000);
      return answer(origin, NEXT);
    },
  },
  'due and not there, of a sparse representation': {
    configuration: {
      representations: [{ id: 'v360', contentType: 'video', sparse: true }],
    },
    scene: async ({ clock, origin }) => {
      await publishInit(origin);
      await clock.advanceTo(NEXT_DUE_MS);
      return answer(origin, NEXT);
    },
  },
  'published after a 410': {
    scene: async ({ clock, origin }) => {
      await clock.advanceTo(NEXT_DUE_MS + 6000);
      expect((await answer(origin, NEXT)).response.status).toBe(410);
      await publish(origin, { number: NEXT });
      return answer(origin, NEXT);
    },
  },
};

/** A cell's `{words}` as the number that they mean for this answer. */
function meant(cell: string, nowMs: number, trueUntilMs: number | undefined): string {
  const seconds = Math.min(300, Math.floor(((trueUntilMs ?? NaN) - nowMs - 100) / 1000));
  return cell
    .replace('{floor((nextFrom - now - 100) / 1000), at most 300}', seconds.toString())
    .replace('{DVR seconds}', DEPTH_SECONDS.toString())
    .replace('{segment seconds}', '2');
}

it('every row of docs/schedule.md has its scene here, and every scene its row', () => {
  expect(ROWS.map(({ request }) => request).sort()).toEqual(Object.keys(SCENES).sort());
});

it.each(ROWS)('a request for segment n $request: $status', async (row) => {
  const { configuration = {}, scene } = SCENES[row.request]!;
  const deployment = await deploy({ timeShiftBufferDepthSeconds: DEPTH_SECONDS, ...configuration });
  const { response, trueUntilMs } = await scene(deployment);
  expect(response.status.toString()).toBe(row.status);
  expect(response.headers['Cache-Control']).toBe(
    meant(row.cacheControl, deployment.clock.nowMs(), trueUntilMs),
  );
  expect(response.headers['Headwater-Expires-Ms']).toBe(trueUntilMs?.toString());
  expect(row.trueUntil).toBe(trueUntilMs === undefined ? '' : 'Headwater-Expires-Ms: nextFrom(n)');
});
