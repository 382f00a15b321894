import { DEMO_CONFIGURATION } from '../../demo/event';
import { loadDemoAsset } from '../../demo/asset';
import { controlPlane } from '../../http/control-plane';
import type { Operator } from '../../http/control-call';
import type { HttpRequest, HttpResponse } from '../../http/message';
import { publishPlane, type Published } from '../../http/publish-plane';
import { servePlane, type Served } from '../../http/serve-plane';
import type { EventKey, SegmentKey } from '../../origin/candidate';
import { putEvent } from '../../origin/events/change-event';
import { EventDirectory } from '../../origin/events/event-directory';
import type { LiveEvent, Representation } from '../../origin/events/live-event';
import { ingestInit } from '../../origin/ingest/ingest-init';
import { ingestSegment } from '../../origin/ingest/ingest-segment';
import type { IngestOutcome } from '../../origin/ingest/outcome';
import { TimelineMemory } from '../../origin/manifests/timeline-memory';
import type { Defect } from '../../origin/media/defect';
import type { Origin } from '../../origin/origin';
import { NEVER, type Cancel } from '../../origin/ports/cancel';
import { RecentBytes } from '../../origin/serve/recent-bytes';
import type { SegmentMemory } from '../../origin/serve/segment-memory';
import { makeServing, type ServingOptions } from '../../origin/serve/serving';
import { nodeDigester } from '../../stores/node-digester';
import { counting, type CallCounts } from './counting';
import { FakeClock } from './fake-clock';
import { memoryEvents, memoryRegion } from './memory-stores';
import { NOW_MS } from './samples';

export const KEY: EventKey = { tenant: 'acme', event: 'final' };
export const PATH = '/live/acme/final';

/** The newest number that is due at {@link NOW_MS}: segments of 2 s since 1970, 0.5 s for the pipelines. */
export const EDGE = NOW_MS / 2000 - 2;
/** From then on segment {@link EDGE} + 1 is due. */
export const NEXT_DUE_MS = (EDGE + 2) * 2000 + 500;

/** Real segments: the demo loop, stamped for the number asked for. */
export const asset = loadDemoAsset();
export const DEFAULTS = { ...DEMO_CONFIGURATION, initialSegmentNumber: EDGE - 1000 };
export const OPERATOR: Operator = { name: 'operator-1', tenants: '*', write: true };

export interface Deployment {
  readonly clock: FakeClock;
  readonly origins: readonly [Origin, ...Origin[]];
  /** The first region's. */
  readonly origin: Origin;
  /** Calls of the stores by region, and of the events' stores, since the last `forget`. */
  readonly counts: { readonly regions: readonly CallCounts[]; readonly events: CallCounts };
  readonly forget: () => void;
}

/** An event `acme/final` of the demo's form in every region, as if each had its machine; the clock is at NOW_MS. */
export async function deploy(
  configuration: Readonly<Record<string, unknown>> = {},
  regions: readonly string[] = ['us-east-1'],
  options: Partial<ServingOptions> = {},
): Promise<Deployment> {
  const clock = new FakeClock(NOW_MS - 60_000);
  const memories: SegmentMemory[] = [];
  const counted = regions.map((region) => {
    const tell = (segment: SegmentKey) => memories.forEach((memory) => memory.forget(region, segment));
    return counting(memoryRegion(region, clock, nodeDigester, tell));
  });
  const events = counting(memoryEvents(clock));
  const origins = counted.map(({ stores }, at): Origin => {
    const peers = counted.filter((_, other) => other !== at).map((other) => other.stores);
    const { events: eventStore, credentials, operatorTokens } = events.stores;
    const bytes = new RecentBytes(64 * 2 ** 20);
    const serving = makeServing({ clock, region: stores.region, bytes, isTold: true, ...options });
    if (options.isTold !== false) memories.push(serving.memory);
    return {
      ...{ clock, digester: nodeDigester, local: stores, peers, eventStore, credentials, operatorTokens },
      events: new EventDirectory(eventStore, clock, () => 0),
      timelines: new TimelineMemory(),
      serving,
    };
  });
  const [origin, ...others] = origins;
  if (origin === undefined) throw new RangeError('regions: wanted one or more, got none');
  const made = await putEvent(origin, KEY, { ...DEFAULTS, ...configuration });
  if (made.kind !== 'done') throw new Error(JSON.stringify(made));
  await clock.advanceTo(NOW_MS);
  const counts = { regions: counted.map((one) => one.counts), events: events.counts };
  const forget = () => [...counts.regions, counts.events].forEach((one) => one.reset());
  forget();
  return { clock, origins: [origin, ...others], origin, counts, forget };
}

/** The event as this origin knows it now. */
export async function eventOf(origin: Origin): Promise<LiveEvent> {
  const event = await origin.events.reload(KEY);
  if (event === undefined) throw new Error('wanted the event, got none');
  return event;
}

export function representationOf(event: LiveEvent, id: string): Representation {
  const representation = event.representations.get(id);
  if (representation === undefined) throw new Error(`wanted representation ${id}, got none`);
  return representation;
}

export interface Publication {
  readonly pipeline?: string;
  readonly representation?: string;
  readonly number?: number;
  readonly bytes?: Uint8Array;
  readonly reported?: readonly Defect[];
}

/** PUTs a segment past HTTP: by default pipeline `a`'s good copy of the newest video segment that is due. */
export async function publish(origin: Origin, publication: Publication = {}): Promise<IngestOutcome> {
  const { pipeline = 'a', representation = 'v360', number = EDGE, reported = [] } = publication;
  const bytes = publication.bytes ?? asset.segment(representation, number);
  const event = await eventOf(origin);
  return ingestSegment(origin, {
    ...{ event, representation: representationOf(event, representation), pipeline, number, bytes, reported },
    digest: nodeDigester.sha256Hex(bytes),
  });
}

/** PUTs an init segment past HTTP: by default pipeline `a`'s of the small video. */
export async function publishInit(
  origin: Origin,
  { pipeline = 'a', representation = 'v360', ...publication }: Publication = {},
): Promise<IngestOutcome> {
  const bytes = publication.bytes ?? asset.init(representation);
  const event = await eventOf(origin);
  return ingestInit(origin, {
    ...{ event, representation: representationOf(event, representation), pipeline, bytes },
    digest: nodeDigester.sha256Hex(bytes),
  });
}

export type RequestParts = Partial<Omit<HttpRequest, 'path'>>;

/** A request with lower-case header names, as runtimes hand it in. */
export function request(path: string, parts: RequestParts = {}): HttpRequest {
  return { method: 'GET', query: {}, headers: {}, ...parts, path };
}

/** GETs `path` of any tenant, absolute; a path that begins with no slash is below the event. */
export function serve(
  origin: Origin,
  path: string,
  parts: RequestParts = {},
  cancel: Cancel = NEVER,
): Promise<Served> {
  return servePlane(origin, request(absolute(path), parts), cancel);
}

/** PUTs `body` as the pipeline, by default `a`, whose credential has been checked. */
export function put(
  origin: Origin,
  path: string,
  body: Uint8Array | undefined,
  { pipeline = 'a', ...parts }: RequestParts & { readonly pipeline?: string } = {},
): Promise<Published> {
  const publisher = { ...KEY, pipeline, credential: `${pipeline}-1` };
  const sent = request(absolute(path), { method: 'PUT', ...(body && { body }), ...parts });
  return publishPlane(origin, sent, publisher);
}

/** Calls the control plane below the event's URL, or at an absolute path. */
export function control(
  origin: Origin,
  method: string,
  path: string,
  input?: unknown,
  parts: RequestParts = {},
  operator: Operator | undefined = OPERATOR,
): Promise<HttpResponse> {
  const body = input === undefined ? {} : { body: new TextEncoder().encode(JSON.stringify(input)) };
  const whole = path.startsWith('/') ? path : `/control/v1/tenants/acme/events/final${path && `/${path}`}`;
  return controlPlane(origin, request(whole, { method, ...body, ...parts }), operator);
}

function absolute(path: string): string {
  return path.startsWith('/') ? path : `${PATH}/${path}`;
}

export function jsonOf({ body }: HttpResponse): Record<string, unknown> {
  if (typeof body !== 'string') throw new TypeError(`body: wanted text, got ${typeof body}`);
  return JSON.parse(body) as Record<string, unknown>;
}
