import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHeadwater } from '../../embedded';
import { get, TestEvent, until, type Answer, type Deployment } from '../acceptance/deployment';

/** The single-machine origin, started for packagers: two regions and the edge. */
export interface LiveOrigin {
  readonly deployment: Deployment;
  readonly edgeUrl: string;
  /** What it found worth a warning, a line of JSON each. */
  readonly warnings: readonly string[];
  stop(): Promise<void>;
}

export async function startLiveOrigin(): Promise<LiveOrigin> {
  const warnings: string[] = [];
  const dataDirectory = mkdtempSync(join(tmpdir(), 'headwater-live-'));
  const headwater = await startHeadwater({
    dataDirectory,
    edgePort: 0,
    regions: [
      { name: 'us-east-1', port: 0 },
      { name: 'us-west-2', port: 0 },
    ],
    demo: false,
    writeLog: (line) => warnings.push(line),
  });
  const regions = headwater.regions.map(({ name, url }) => ({
    ...{ name, publishUrl: url, serveUrl: url, controlUrl: url },
  }));
  return {
    deployment: { regions, token: headwater.controlToken },
    edgeUrl: headwater.edgeUrl,
    warnings,
    async stop() {
      await headwater.stop();
      rmSync(dataDirectory, { recursive: true });
    },
  };
}

/**
 * Makes an event for packagers that start at number `first`. Nothing of it depends on the machine's speed: a segment
 * that is a minute late is still waited for.
 */
export async function makeLiveEvent(
  { deployment }: LiveOrigin,
  configuration: Readonly<Record<string, unknown>>,
  first: number,
): Promise<TestEvent> {
  const event = new TestEvent(deployment, 'packagers');
  const patient = { delayMs: 500, holdMs: 5000, retryDeadlineMs: 60_000 };
  const answer = await event.configure({ ...configuration, publish: patient, initialSegmentNumber: first });
  if (answer.status !== 201)
    throw new Error(`event: wanted 201, got ${answer.status} ${String(answer.body)}`);
  return event;
}

/** One number as a viewer got it. */
export interface Viewed {
  readonly number: number;
  readonly answer: Answer;
  /** When the request that was answered with the segment went out. */
  readonly askedAtMs: number;
}

/** Asks for one number after the other, each as soon as the one before has come, as a player at the live edge does. */
export async function view(url: string, first: number, last: number): Promise<readonly Viewed[]> {
  const viewed: Viewed[] = [];
  for (let number = first; number <= last; number += 1) viewed.push(await viewOne(url, number));
  return viewed;
}

async function viewOne(url: string, number: number): Promise<Viewed> {
  for (;;) {
    const askedAtMs = Date.now();
    const answer = await get(`${url}/${number}.m4s`);
    if (answer.status === 200) return { number, answer, askedAtMs };
    if (answer.status !== 404)
      throw new Error(`${url}/${number}.m4s: wanted 200 or 404, got ${answer.status} ${String(answer.body)}`);
    const opensMs = Number(answer.headers['headwater-expires-ms'] ?? 0);
    await new Promise((resolve) => setTimeout(resolve, Math.max(20, opensMs - Date.now())));
  }
}

/** The pipeline whose copy an answer is. */
export function pipelineOf({ headers }: Answer): string | undefined {
  return /pipeline="(\w+)"/.exec(headers['headwater-candidate'] ?? '')?.[1];
}

/** A copy of one number in one region, as the control plane tells it. */
export interface Replica {
  readonly number: number;
  readonly pipeline: string;
  readonly region: string;
  readonly defects: readonly Readonly<Record<string, unknown>>[];
}

/** The numbers of one answer at most. */
const TIMELINE_MAX = 300;

/** Every candidate of `first` to `last` that a region has, the inspection's notes included. */
export async function replicasOf(
  event: TestEvent,
  representation: string,
  first: number,
  last: number,
): Promise<readonly Replica[]> {
  const replicas: Replica[] = [];
  for (let from = first; from <= last; from += TIMELINE_MAX) {
    const to = Math.min(last, from + TIMELINE_MAX - 1);
    const answer = await event.control(
      'GET',
      `/timeline?representation=${representation}&from=${from}&to=${to}`,
    );
    const { segments } = JSON.parse(answer.body.toString()) as Timeline;
    for (const { chosen, passedOver } of segments)
      for (const copy of [...(chosen === null ? [] : [chosen]), ...passedOver])
        replicas.push(...copy.replicas);
  }
  return replicas;
}

interface Timeline {
  readonly segments: readonly {
    readonly chosen: TimelineCopy | null;
    readonly passedOver: readonly TimelineCopy[];
  }[];
}

interface TimelineCopy {
  readonly replicas: readonly Replica[];
}

/** Waits until the region that tells the timeline has the number of every pipeline. */
export async function arrived(
  event: TestEvent,
  representation: string,
  number: number,
  pipelines: readonly string[],
): Promise<void> {
  await until(async () => {
    const replicas = await replicasOf(event, representation, number, number);
    return pipelines.every((pipeline) => replicas.some((replica) => replica.pipeline === pipeline));
  });
}
