import { DEMO_REPRESENTATIONS, loadDemoAsset } from '../../demo/asset';
import { restamp } from '../../demo/restamp';
import { padded as paddedSegment } from '../acceptance/deployment';
import { deployed, type DeployedRegion } from './deployed';

/** Segments of the demo loop, 2 s each since 1970. */
export const SEGMENT_MS = 2000;
const REPRESENTATION = 'v360';
export const asset = loadDemoAsset();

/** How far before the live edge the tests publish: due for a while, and inside the window for longer than they run. */
const BEFORE_EDGE = 20;

/** Counted from one instant: the live edge moves on as fast as slow tests use numbers up. */
const newest = Math.floor(Date.now() / SEGMENT_MS) - BEFORE_EDGE;

/** A number nobody has used before, nor the one after it: tests share one event and its stores. */
let used = 0;
export function freshNumber(): number {
  used += 2;
  return newest - used;
}

export interface LiveEventUnderTest {
  readonly name: string;
  readonly path: string;
  /** Secrets by pipeline. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** Creates an event with two pipelines in the control plane and publishes its init segment everywhere. */
export async function createEvent(
  event: string,
  configuration: Readonly<Record<string, unknown>> = {},
): Promise<LiveEventUnderTest> {
  const path = `/control/v1/tenants/acme/events/${event}`;
  const created = await control('PUT', path, {
    availabilityStartTime: '1970-01-01T00:00:00Z',
    segmentTemplate: {
      timescale: 1000,
      duration: SEGMENT_MS,
      startNumber: 0,
      initialization: '$RepresentationID$/init.mp4',
      media: '$RepresentationID$/$Number$.m4s',
    },
    initialSegmentNumber: Math.floor(Date.now() / SEGMENT_MS) - 1000,
    pipelines: ['a', 'b'],
    representations: DEMO_REPRESENTATIONS.map((representation) => representation.configuration),
    ...configuration,
  });
  if (created.status !== 201)
    throw new Error(`creating ${event}: wanted 201, got ${created.status} ${await created.text()}`);
  const secrets: Record<string, string> = {};
  for (const pipeline of ['a', 'b']) {
    const answer = await control('PUT', `${path}/pipelines/${pipeline}/credential`, {});
    secrets[pipeline] = ((await answer.json()) as { secret: string }).secret;
  }
  const made = { name: event, path: `/live/acme/${event}`, secrets };
  for (const region of deployed().regions) {
    const answer = await put(region, made, 'a', `${REPRESENTATION}/init.mp4`, asset.init(REPRESENTATION));
    if (answer.status >= 300)
      throw new Error(`init in ${region.region}: wanted 2xx, got ${answer.status} ${await answer.text()}`);
  }
  return made;
}

export function control(method: string, path: string, body?: unknown): Promise<Response> {
  const { controlUrl, operatorToken } = deployed();
  return fetch(controlUrl + path, {
    method,
    headers: { Authorization: `Bearer ${operatorToken}`, 'Content-Type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

interface PutOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function put(
  region: DeployedRegion,
  { path, secrets }: LiveEventUnderTest,
  pipeline: string,
  name: string,
  bytes: Uint8Array,
  { method = 'PUT', headers = {} }: PutOptions = {},
): Promise<Response> {
  const basic = Buffer.from(`${pipeline}:${secrets[pipeline] ?? ''}`).toString('base64');
  return fetch(`${region.publishUrl}${path}/${name}`, {
    method,
    headers: { Authorization: `Basic ${basic}`, ...headers },
    body: bytes,
  });
}

export function get(region: DeployedRegion, { path }: LiveEventUnderTest, name: string): Promise<Response> {
  return wholly(fetch(`${region.serveUrl}${path}/${name}`));
}

/** Waits for the body too: one of a segment's size that nobody reads would keep its connection, and Jest, open. */
export async function wholly(asked: Promise<Response>): Promise<Response> {
  const answer = await asked;
  await answer.clone().arrayBuffer();
  return answer;
}

export function mediaName(number: number): string {
  return `${REPRESENTATION}/${number}.m4s`;
}

/** The segment that belongs at `number`. */
export function segment(number: number): Uint8Array {
  return asset.segment(REPRESENTATION, number);
}

/** The pictures of `number` once more, with the time of `number + 1`: an encoder that froze. */
export function frozen(number: number): Uint8Array {
  const next = asset.representations.find(({ configuration }) => configuration.id === REPRESENTATION);
  const { timescale } = next?.configuration ?? { timescale: 0 };
  return restamp(segment(number), {
    sequenceNumber: number + 1,
    baseMediaDecodeTime: (BigInt(number + 1) * BigInt(SEGMENT_MS) * BigInt(timescale)) / 1000n,
  });
}

/** The segment at `number`, made `size` bytes long. */
export function padded(number: number, size: number): Uint8Array {
  return paddedSegment(segment(number), size);
}
