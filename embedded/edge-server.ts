import type { FaultLab } from '../demo/lab/fault-lab';
import { Edge } from '../edge/node/edge';
import { CONTROL_PREFIX } from '../http/control-plane';
import type { HttpRequest, HttpResponse } from '../http/message';
import { jsonResponse, problemResponse } from '../http/problem';
import { failedAnswer } from '../http/serve-plane';
import { edgeConfigurationOf, type EdgeConfiguration } from '../origin/events/edge-configuration';
import { EventDirectory } from '../origin/events/event-directory';
import type { LiveEvent } from '../origin/events/live-event';
import type { Clock } from '../origin/ports/clock';
import type { Invalidation } from '../origin/ports/invalidator';
import type { EventStore } from '../origin/ports/event-store';
import { systemRandom } from '../stores/system-random';
import { createHttpServer, type HttpServer, type Route } from '../server/http-server';
import type { Log } from '../server/log';
import { EdgeMetrics } from './metrics';
import type { Region } from './region';
import { LAB_PREFIX, labRoute } from './lab-routes';
import { controlRoute } from './region-routes';

export interface EdgeServerOptions {
  readonly host: string;
  readonly port: number;
  readonly regions: readonly Region[];
  readonly events: EventStore;
  /** The console's pages: `/console/...` and what it needs; undefined for what it has not. */
  readonly page: (path: string) => HttpResponse | undefined;
  /** SHA-256 of the administrator's tokens, hexadecimal. */
  readonly administratorDigests: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
}

/** Bytes of body that a request to an edge may bring; nobody reads them. */
const BODY_MAX = 65_536;

/** The port that viewers and operators use: the edge, the console with the control plane, health. */
export class EdgeServer {
  readonly #options: EdgeServerOptions;
  readonly #edge: Edge;
  readonly #metrics: EdgeMetrics;
  readonly #server: HttpServer;
  readonly #cut = new Set<string>();
  #lab: FaultLab | undefined;
  #port: number;

  constructor(options: EdgeServerOptions) {
    const { regions, events, clock, log, port } = options;
    this.#options = options;
    this.#port = port;
    this.#metrics = new EdgeMetrics(() => this.#edge.cachedBytes);
    const directory = new EventDirectory(events, clock, systemRandom);
    this.#edge = new Edge({
      regions: regions.map(({ name, url }) => ({ name, url })),
      isReachable: (region) => !this.#cut.has(region),
      configurationOf: async (key) => compiled(await directory.get(key)),
      clock,
      onFetched: (region, status) => this.#metrics.fetched(region, status),
      onAnswered: (request, how, requestClass) => this.#metrics.edgeAnswered(request, how, requestClass),
    });
    this.#server = createHttpServer({
      route: (head) => this.#route(head),
      ...{ clock, log },
      onAnswered: (head, status, elapsedMs) => this.#metrics.answered(head, status, elapsedMs),
    });
  }

  get url(): string {
    return `http://${this.#options.host}:${this.#port}`;
  }

  /** @throws node's error when the port cannot be had. */
  async start(): Promise<void> {
    this.#port = await this.#server.listen(this.#options.host, this.#port);
  }

  /** Whether a region cannot be reached from here. */
  cutOff(region: string, isCut: boolean): void {
    if (isCut) this.#cut.add(region);
    else this.#cut.delete(region);
  }

  /** Serves the lab's calls from now on. */
  openLab(lab: FaultLab): void {
    this.#lab = lab;
  }

  invalidate(invalidation: Invalidation): void {
    this.#edge.invalidate(invalidation);
  }

  async stop(graceMs: number): Promise<void> {
    await this.#server.close(graceMs);
    await this.#edge.close();
  }

  #route(head: HttpRequest): Route | Promise<Route> {
    const { path, method } = head;
    if (path.startsWith(CONTROL_PREFIX))
      return this.#control(({ origin }) => controlRoute(origin, head, this.#options.administratorDigests));
    const lab = this.#lab;
    if (lab !== undefined && path.startsWith(LAB_PREFIX))
      return this.#control(({ origin }) => labRoute(lab, origin, head, this.#options.administratorDigests));
    if (PUBLISHES.has(method)) return { kind: 'refuse', response: readOnly(method) };
    return {
      kind: 'take',
      bodyBytesMax: BODY_MAX,
      answer: async () => {
        if (path.startsWith('/live/')) return this.#edge.answer(head);
        if (method !== 'GET' && method !== 'HEAD') return notFound();
        if (path === '/healthz') return this.#health();
        if (path === '/metrics') return this.#metrics.response();
        if (path === '/')
          return { status: 302, headers: { Location: '/console/', 'Cache-Control': 'no-store' } };
        return this.#options.page(path) ?? notFound();
      },
    };
  }

  /**
   * The console is one origin with what it calls, so the control plane needs no CORS. Each region answers the same; the
   * nearest that runs is asked.
   */
  #control(route: (nearest: Region) => Promise<Route>): Route | Promise<Route> {
    const region = this.#options.regions.find(({ isRunning }) => isRunning);
    return region === undefined ? { kind: 'refuse', response: failedAnswer() } : route(region);
  }

  /** Healthy while one region is: viewers notice nothing of the others. */
  #health(): HttpResponse {
    const regions = this.#options.regions.map(({ name, isRunning }) => ({ name, running: isRunning }));
    const ok = regions.some(({ running }) => running);
    return jsonResponse(ok ? 200 : 503, { status: ok ? 'ok' : 'no region', regions });
  }
}

const COMPILED = new WeakMap<LiveEvent, EdgeConfiguration>();

/** One configuration for each revision of an event, however many requests. */
function compiled(event: LiveEvent | undefined): EdgeConfiguration | undefined {
  if (event === undefined) return undefined;
  const known = COMPILED.get(event) ?? edgeConfigurationOf(event);
  COMPILED.set(event, known);
  return known;
}

const PUBLISHES = new Set(['PUT', 'POST', 'DELETE']);

function readOnly(method: string): HttpResponse {
  const detail = `${method} goes to the port of a region; this is the edge, which serves GET and HEAD.`;
  return problemResponse(
    { status: 405, title: 'Method not allowed', detail },
    { 'Access-Control-Allow-Origin': '*', 'Cache-Control': 'no-store', Allow: 'GET, HEAD, OPTIONS' },
  );
}

function notFound(): HttpResponse {
  return problemResponse(
    {
      status: 404,
      title: 'Nothing here',
      detail: 'Wanted /live/..., /control/v1/..., /console/, /healthz or /metrics.',
    },
    { 'Cache-Control': 'no-store' },
  );
}
