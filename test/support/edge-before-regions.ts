import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Edge, type EdgeAnswered } from '../../edge/node/edge';
import type { HttpRequest, HttpResponse } from '../../http/message';
import type { EventEntry } from '../../origin/events/event-record';
import { edgeConfigurationOf } from '../../origin/events/edge-configuration';
import { FakeClock } from './fake-clock';
import { liveEvent } from './live-event';

/** Segment 1000 is due just now. */
const NOW_MS = 2_002_500;
export const SEGMENT = '/live/acme/final/v720/1000.m4s';
export const BYTES = Buffer.from('0123456789');
export const FOR_GOOD = { 'Cache-Control': 'public, max-age=60, s-maxage=7200, immutable', ETag: '"d1"' };

export interface Region {
  readonly server: Server;
  readonly url: string;
  readonly requests: string[];
}

const open: Region[] = [];
const edges: Edge[] = [];

export async function region(listener: RequestListener): Promise<Region> {
  const requests: string[] = [];
  const server = createServer((message, response) => {
    requests.push(message.url ?? '');
    listener(message, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const made = { server, requests, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  open.push(made);
  return made;
}

/** Answers everything alike. */
export function always(
  status: number,
  headers: Record<string, string> = FOR_GOOD,
  body: Buffer = BYTES,
): RequestListener {
  return (_, response) => response.writeHead(status, headers).end(body);
}

/** What the edge knows of the event, as a test changes it. */
export interface Knowledge {
  version: number;
  revision: number;
  entries: readonly EventEntry[];
}

interface Circumstances extends Knowledge {
  readonly nowMs: number;
  readonly initialSegmentNumber: number;
  readonly cacheBytes: number;
}

export function edgeBefore(regions: readonly Region[], more: Partial<Circumstances> = {}) {
  const { nowMs = NOW_MS, initialSegmentNumber = 900, cacheBytes } = more;
  const { version = 1, revision = 1, entries = [] } = more;
  const clock = new FakeClock(nowMs);
  const answered: EdgeAnswered[] = [];
  const known: Knowledge = { version, revision, entries };
  const edge = new Edge({
    regions: regions.map(({ url }, index) => ({ name: `region-${index}`, url })),
    configurationOf: async () => {
      const { entries: told, ...head } = known;
      return edgeConfigurationOf(liveEvent({ initialSegmentNumber }, told, head));
    },
    clock,
    onAnswered: (_, how) => answered.push(how),
    ...(cacheBytes !== undefined && { cacheBytes }),
  });
  edges.push(edge);
  return { edge, clock, answered, known };
}

export function request(path = SEGMENT, headers: Record<string, string> = {}, method = 'GET'): HttpRequest {
  const [name = '', query = ''] = path.split('?');
  return { method, path: name, query: Object.fromEntries(new URLSearchParams(query)), headers };
}

export const textOf = ({ body }: HttpResponse) => Buffer.from(body as Uint8Array).toString();

/** Closes what a test opened. */
export async function closeAll(): Promise<void> {
  for (const edge of edges.splice(0)) await edge.close();
  for (const { server } of open.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
}
