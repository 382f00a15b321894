import { Edge, type EdgeOptions } from '../edge/node/edge';
import type { HttpRequest, HttpResponse } from '../http/message';
import { problemResponse } from '../http/problem';
import type { Clock } from '../origin/ports/clock';
import type { Invalidation } from '../origin/ports/invalidator';
import { ANYBODY } from '../server/body-memory';
import { createHttpServer, type HttpServer, type Route } from '../server/http-server';
import type { Log } from '../server/log';
import { EdgeMetrics } from './metrics';

export interface EdgePortOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly edge: Omit<EdgeOptions, 'clock' | 'onFetched' | 'onAnswered'>;
  /** What comes before all else, whatever its method; undefined: not its business. */
  readonly first?: (head: HttpRequest) => Route | Promise<Route> | undefined;
  /** What GET has beside media, `/healthz` and `/metrics`. */
  readonly page?: (path: string) => HttpResponse | undefined;
  readonly health: () => HttpResponse;
  /** Paths that there are, for whoever asks for others. */
  readonly paths: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Bytes of body that a request to an edge may bring; nobody reads them. */
const BODY_MAX = 65_536;

/** A port that serves an edge: media, health and metrics. */
export class EdgePort {
  readonly #options: EdgePortOptions;
  readonly #edge: Edge;
  readonly #metrics: EdgeMetrics;
  readonly #server: HttpServer;
  #port: number;

  constructor(options: EdgePortOptions) {
    const { clock, log, port } = options;
    this.#options = options;
    this.#port = port;
    this.#metrics = new EdgeMetrics(() => this.#edge.cachedBytes);
    this.#edge = new Edge({
      ...options.edge,
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

  invalidate(invalidation: Invalidation): void {
    this.#edge.invalidate(invalidation);
  }

  async stop(graceMs: number): Promise<void> {
    await this.#server.close(graceMs);
    await this.#edge.close();
  }

  #route(head: HttpRequest): Route | Promise<Route> {
    const { path, method } = head;
    const first = this.#options.first?.(head);
    if (first !== undefined) return first;
    if (PUBLISHES.has(method)) return { kind: 'refuse', response: readOnly(method) };
    return {
      kind: 'take',
      bodyBytesMax: BODY_MAX,
      owners: ANYBODY,
      answer: async () => {
        if (path.startsWith('/live/')) return this.#edge.answer(head);
        if (method !== 'GET' && method !== 'HEAD') return this.#notFound();
        if (path === '/healthz') return this.#options.health();
        if (path === '/metrics') return this.#metrics.response();
        return this.#options.page?.(path) ?? this.#notFound();
      },
    };
  }

  #notFound(): HttpResponse {
    return problemResponse(
      { status: 404, title: 'Nothing here', detail: `Wanted ${this.#options.paths}.` },
      { 'Cache-Control': 'no-store' },
    );
  }
}

const PUBLISHES = new Set(['PUT', 'POST', 'DELETE']);

function readOnly(method: string): HttpResponse {
  const detail = `${method} goes to the port of a region; this is the edge, which serves GET and HEAD.`;
  return problemResponse(
    { status: 405, title: 'Method not allowed', detail },
    { 'Access-Control-Allow-Origin': '*', 'Cache-Control': 'no-store', Allow: 'GET, HEAD, OPTIONS' },
  );
}
