import type { FaultLab } from '../demo/lab/fault-lab';
import { CONTROL_PREFIX } from '../http/control-plane';
import type { HttpRequest, HttpResponse } from '../http/message';
import { jsonResponse } from '../http/problem';
import { failedAnswer } from '../http/serve-plane';
import { edgeConfigurationOf, type EdgeConfiguration } from '../origin/events/edge-configuration';
import { EventDirectory } from '../origin/events/event-directory';
import type { LiveEvent } from '../origin/events/live-event';
import type { Clock } from '../origin/ports/clock';
import type { Invalidation } from '../origin/ports/invalidator';
import type { EventStore } from '../origin/ports/event-store';
import { systemRandom } from '../stores/system-random';
import type { Route } from '../server/http-server';
import type { Log } from '../server/log';
import { EdgePort } from './edge-port';
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

/** The port that viewers and operators use: the edge, the console with the control plane, health. */
export class EdgeServer {
  readonly #options: EdgeServerOptions;
  readonly #port: EdgePort;
  readonly #cut = new Set<string>();
  #lab: FaultLab | undefined;

  constructor(options: EdgeServerOptions) {
    const { regions, events, clock, log, host, port } = options;
    this.#options = options;
    const directory = new EventDirectory(events, clock, systemRandom);
    this.#port = new EdgePort({
      ...{ host, port, clock, log },
      edge: {
        regions: regions.map(({ name, url }) => ({ name, url })),
        isReachable: (region) => !this.#cut.has(region),
        configurationOf: async (key) => compiled(await directory.getForAnybody(key, false)),
      },
      first: (head) => this.#operated(head),
      page: (path) => (path === '/' ? TO_CONSOLE : options.page(path)),
      health: () => this.#health(),
      paths: '/live/..., /control/v1/..., /console/, /healthz or /metrics',
    });
  }

  get url(): string {
    return this.#port.url;
  }

  /** @throws node's error when the port cannot be had. */
  start(): Promise<void> {
    return this.#port.start();
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
    this.#port.invalidate(invalidation);
  }

  stop(graceMs: number): Promise<void> {
    return this.#port.stop(graceMs);
  }

  #operated(head: HttpRequest): Route | Promise<Route> | undefined {
    const { administratorDigests } = this.#options;
    if (head.path.startsWith(CONTROL_PREFIX))
      return this.#control(({ origin }) => controlRoute(origin, head, administratorDigests));
    const lab = this.#lab;
    if (lab !== undefined && head.path.startsWith(LAB_PREFIX))
      return this.#control(({ origin }) => labRoute(lab, origin, head, administratorDigests));
    return undefined;
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

const TO_CONSOLE: HttpResponse = {
  status: 302,
  headers: { Location: '/console/', 'Cache-Control': 'no-store' },
};

const COMPILED = new WeakMap<LiveEvent, EdgeConfiguration>();

/** One configuration for each revision of an event, however many requests. What was not asked for, regions know. */
function compiled(event: LiveEvent | 'not-asked' | undefined): EdgeConfiguration | undefined {
  if (event === undefined || event === 'not-asked') return undefined;
  const known = COMPILED.get(event) ?? edgeConfigurationOf(event);
  COMPILED.set(event, known);
  return known;
}
