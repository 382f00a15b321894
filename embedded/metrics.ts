import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { EdgeAnswered } from '../edge/node/edge';
import type { EdgeClass } from '../edge/traffic';
import { CONTROL_PREFIX } from '../http/control-plane';
import type { HttpRequest, HttpResponse } from '../http/message';
import type { Published } from '../http/publish-plane';
import type { RequestClass, Served } from '../http/serve-plane';
import type { EventKey } from '../origin/candidate';
import type { Finding } from '../origin/flag/finding';
import type { SweptRepresentation } from '../origin/flag/sweep';
import type { StoreCall } from '../origin/serve/store-pressure';
import { HealthGauges } from './health-gauges';

/** From a cached answer to the longest hold. Seconds. */
const SECONDS_BUCKETS = [0.001, 0.005, 0.02, 0.1, 0.25, 0.5, 1, 2, 5, 10];
const PUBLISHES = new Set(['PUT', 'POST', 'DELETE']);
const METHODS = new Set(['GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'OPTIONS']);

/**
 * What /metrics of one port tells (Prometheus text; docs/metrics.md). Labels are names an operator configured, never a
 * client's.
 */
export class HttpMetrics {
  readonly registry = new Registry();
  readonly #requests = new Counter({
    name: 'headwater_http_requests_total',
    help: 'Requests answered; status 499: the client left before.',
    labelNames: ['class', 'method', 'status'],
    registers: [this.registry],
  });
  readonly #seconds = new Histogram({
    name: 'headwater_http_request_duration_seconds',
    help: 'From the head of a request to the last byte of its answer, holds included.',
    labelNames: ['class', 'status'],
    buckets: SECONDS_BUCKETS,
    registers: [this.registry],
  });

  /** What is found out while a request is answered, for when it has been. */
  readonly #classes = new WeakMap<HttpRequest, RequestClass>();

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  answered(head: HttpRequest, status: number, elapsedMs: number): void {
    const { method } = head;
    const labels = { class: this.#classes.get(head) ?? planeOf(head), status };
    this.#requests.inc({ ...labels, method: METHODS.has(method) ? method : 'other' });
    this.#seconds.observe(labels, elapsedMs / 1000);
  }

  protected classified(head: HttpRequest, requestClass: RequestClass | undefined): void {
    if (requestClass !== undefined) this.#classes.set(head, requestClass);
  }

  async response(): Promise<HttpResponse> {
    const headers = { 'Content-Type': this.registry.contentType, 'Cache-Control': 'no-store' };
    return { status: 200, headers, body: await this.registry.metrics() };
  }
}

/** The class of what is no GET of something that an event has. */
function planeOf({ path, method }: HttpRequest): 'publish' | 'control' | 'other' {
  if (path.startsWith(CONTROL_PREFIX)) return 'control';
  return path.startsWith('/live/') && PUBLISHES.has(method) ? 'publish' : 'other';
}

/** What a region's gauges show. */
export interface RegionState {
  readonly storedBytes: () => number;
  readonly memoryBytes: () => number;
  readonly held: () => number;
}

export class RegionMetrics extends HttpMetrics {
  readonly #ingested = new Counter({
    name: 'headwater_ingested_total',
    help: 'PUTs by what became of them.',
    labelNames: ['tenant', 'event', 'pipeline', 'outcome'],
    registers: [this.registry],
  });
  readonly #defects = new Counter({
    name: 'headwater_defects_total',
    help: 'Defects found in what pipelines sent.',
    labelNames: ['tenant', 'event', 'pipeline', 'defect'],
    registers: [this.registry],
  });
  readonly #served = new Counter({
    name: 'headwater_served_total',
    help: 'GETs of segments by outcome; pipeline: whose copy was served.',
    labelNames: ['tenant', 'event', 'class', 'outcome', 'pipeline'],
    registers: [this.registry],
  });
  readonly #storeCalls = new Counter({
    name: 'headwater_store_calls_total',
    help: 'Reads of GETs that memory could not answer; slow: beyond their target. DVR waits from 40 % of them on.',
    labelNames: ['call', 'slow'],
    registers: [this.registry],
  });
  readonly #findings = new Counter({
    name: 'headwater_findings_total',
    help: 'What one segment alone does not show: flagged, missing, split, disagree, masked.',
    labelNames: ['tenant', 'event', 'finding'],
    registers: [this.registry],
  });

  readonly #health = new HealthGauges(this.registry);

  /** @param state of the region, asked at every scrape */
  constructor(state: RegionState) {
    super();
    const gauge = (name: string, help: string, value: () => number) =>
      new Gauge({
        ...{ name, help, registers: [this.registry] },
        collect() {
          this.set(value());
        },
      });
    gauge('headwater_stored_bytes', 'Bytes of all files of the region.', state.storedBytes);
    gauge('headwater_memory_bytes', 'Bytes of the newest segments in memory.', state.memoryBytes);
    gauge('headwater_held_requests', 'Requests held until their segment is published.', state.held);
  }

  published({ event, outcome }: Published, pipeline: string): void {
    if (event === undefined || outcome === undefined) return;
    const labels = { ...event.key, pipeline };
    this.#ingested.inc({ ...labels, outcome: outcome.kind });
    const defects =
      outcome.kind === 'stored'
        ? outcome.candidate.defects
        : outcome.kind === 'unusable'
          ? outcome.defects
          : [];
    for (const { name } of defects) this.#defects.inc({ ...labels, defect: name });
  }

  served(head: HttpRequest, { event, outcome, requestClass }: Served): void {
    this.classified(head, requestClass);
    if (event === undefined || outcome === undefined) return;
    const pipeline = outcome.kind === 'selected' ? outcome.copy.pipeline : '';
    this.#served.inc({ ...event.key, class: requestClass ?? 'other', outcome: outcome.kind, pipeline });
  }

  storeCalled(call: StoreCall, isSlow: boolean): void {
    this.#storeCalls.inc({ call, slow: String(isSlow) });
  }

  swept(swept: readonly SweptRepresentation[]): void {
    this.#health.swept(swept);
  }

  found({ tenant, event }: EventKey, finding: Finding): void {
    this.#findings.inc({ tenant, event, finding: finding.kind });
  }
}

export class EdgeMetrics extends HttpMetrics {
  readonly #answers = new Counter({
    name: 'headwater_edge_answers_total',
    help: 'Requests by how the edge answered: guard (no fetch), hit, collapsed (shared a fetch), miss, stale, ...',
    labelNames: ['class', 'outcome'],
    registers: [this.registry],
  });
  readonly #fetches = new Counter({
    name: 'headwater_edge_fetches_total',
    help: 'Requests of the edge to a region by status; failed: no answer.',
    labelNames: ['region', 'status'],
    registers: [this.registry],
  });

  /** @param cachedBytes asked at every scrape */
  constructor(cachedBytes: () => number) {
    super();
    new Gauge({
      name: 'headwater_edge_cached_bytes',
      help: 'Bytes of the cache.',
      registers: [this.registry],
      collect() {
        this.set(cachedBytes());
      },
    });
  }

  edgeAnswered(head: HttpRequest, outcome: EdgeAnswered, requestClass: EdgeClass): void {
    this.classified(head, requestClass === 'other' ? undefined : requestClass);
    this.#answers.inc({ class: requestClass, outcome });
  }

  fetched(region: string, status: number | 'failed'): void {
    this.#fetches.inc({ region, status });
  }
}
