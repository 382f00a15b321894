import { EventDirectory } from '../origin/events/event-directory';
import { TimelineMemory } from '../origin/manifests/timeline-memory';
import type { Origin } from '../origin/origin';
import type { Clock } from '../origin/ports/clock';
import { RecentBytes } from '../origin/serve/recent-bytes';
import { makeServing } from '../origin/serve/serving';
import type { Invalidator } from '../origin/ports/invalidator';
import type { CredentialStore, EventStore } from '../origin/ports/event-store';
import type { OperatorTokenStore } from '../origin/ports/operator-token-store';
import { openEmbeddedRegion, type Durability, type EmbeddedRegion } from '../stores/embedded';
import { nodeDigester } from '../stores/node-digester';
import { systemRandom } from '../stores/system-random';
import { createHttpServer, type HttpServer } from '../server/http-server';
import { startHealthWatch } from './health-watch';
import type { Log } from '../server/log';
import { RegionMetrics } from './metrics';
import { type LaggingEvents, laggingEvents } from './lagging-events';
import type { GateTroubles, RegionGate } from './region-gate';
import { regionRouter } from './region-routes';
import { Reviewer, type OnFinding } from './reviewer';
import type { Repeating } from './repeating';
import { startRetention } from './retention';

export interface RegionOptions {
  readonly host: string;
  /** 0: any that is free; kept over restarts. */
  readonly port: number;
  readonly directory: string;
  readonly durability: Durability;
  /** Bytes of files; beyond it the oldest go. */
  readonly maxBytes: number;
  /** Bytes of one PUT's body. */
  readonly segmentBytesMax: number;
  /** This region's stores as all regions see them. */
  readonly gate: RegionGate;
  readonly peers: readonly RegionGate[];
  /** Bytes of the newest segments that stay in memory. */
  readonly memoryBytesMax: number;
  readonly events: EventStore;
  readonly credentials: CredentialStore;
  readonly operatorTokens: OperatorTokenStore;
  /** SHA-256 of the administrator's tokens, hexadecimal. */
  readonly administratorDigests: readonly string[];
  readonly invalidator: Invalidator;
  readonly clock: Clock;
  readonly log: Log;
}

/** What is under way when the process is asked to end. */
const GRACE_MS = 2000;

/** One region of the single-machine origin: its stores, its origin, its port. */
export class Region {
  readonly #options: RegionOptions;
  readonly #origin: Origin;
  readonly #metrics: RegionMetrics;
  readonly #recent: RecentBytes;
  readonly #events: LaggingEvents;
  readonly #reviewer: Reviewer;
  #port: number;
  #running: Running | undefined;

  constructor(options: RegionOptions) {
    const {
      clock,
      gate,
      peers,
      events,
      credentials,
      operatorTokens,
      port,
      log,
      memoryBytesMax,
      invalidator,
    } = options;
    this.#options = options;
    this.#port = port;
    this.#recent = new RecentBytes(memoryBytesMax);
    this.#events = laggingEvents(events, clock);
    const serving = makeServing({
      ...{ clock, region: gate.region, bytes: this.#recent, isTold: true },
      onStoreCall: (call, isSlow) => this.#metrics.storeCalled(call, isSlow),
    });
    for (const { region, onChange } of [gate, ...peers])
      onChange((segment) =>
        segment === undefined ? serving.memory.forgetRegion(region) : serving.memory.forget(region, segment),
      );
    this.#origin = {
      ...{
        clock,
        credentials,
        operatorTokens,
        peers,
        digester: nodeDigester,
        local: gate,
        eventStore: events,
      },
      events: new EventDirectory(this.#events, clock, systemRandom),
      timelines: new TimelineMemory(),
      serving,
      invalidator,
    };
    this.#metrics = new RegionMetrics({
      storedBytes: () => this.#running?.stores.retention.totalBytes ?? 0,
      memoryBytes: () => this.#recent.bytes,
      held: () => serving.holds.held,
    });
    this.#reviewer = new Reviewer(this.#origin, this.#onFinding, log);
  }

  get name(): string {
    return this.#options.gate.region;
  }

  /** Known once it has been started. */
  get url(): string {
    return `http://${this.#options.host}:${this.#port}`;
  }

  /** Its use cases, for whoever wires the process: nothing of it goes around the stores. */
  get origin(): Origin {
    return this.#origin;
  }

  /** What its stores' calls meet, for whoever rehearses failures. */
  get troubles(): GateTroubles {
    return this.#options.gate.troubles;
  }

  /** Makes it hear of changes to events so many milliseconds late. 0: at once. */
  lagEvents(lagMs: number): void {
    this.#events.lagMs = lagMs;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /**
   * Opens the stores, then the port.
   * @throws DirectoryRefused, or node's error when the port cannot be had.
   */
  async start(): Promise<void> {
    if (this.#running !== undefined) return;
    const { gate, clock, log, host } = this.#options;
    const stores = this.#openStores();
    const server = createHttpServer({
      route: regionRouter(this.#origin, this.#metrics, { ...this.#options, uploads: stores.uploads }),
      ...{ clock, log },
      onAnswered: (head, status, elapsedMs) => this.#metrics.answered(head, status, elapsedMs),
    });
    gate.open(stores);
    try {
      this.#port = await server.listen(host, this.#port);
    } catch (error) {
      gate.shut();
      await stores.close();
      throw error;
    }
    const retention = startRetention(stores.retention, clock, log);
    const watch = startHealthWatch({
      ...{ origin: this.#origin, log, onFinding: this.#onFinding },
      onSwept: (swept) => this.#metrics.swept(swept),
    });
    this.#running = { stores, server, retention, watch };
  }

  /**
   * Stops as a region that is lost does: connections are cut after `graceMs` and its stores reject. What was
   * acknowledged is there again after {@link Region.start}.
   */
  async stop(graceMs = GRACE_MS): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    this.#running = undefined;
    await running.server.close(graceMs);
    this.#options.gate.shut();
    await running.retention.stop();
    await running.watch.stop();
    await this.#reviewer.idle();
    await running.stores.close();
  }

  readonly #onFinding: OnFinding = (finding, event, representation) => {
    const { gate, log } = this.#options;
    this.#metrics.found(event.key, finding);
    // A pipeline that is down is told once, by its state, not by every number.
    if (finding.kind !== 'missing')
      log.warn(finding.kind, {
        ...{ region: gate.region, ...event.key, representation: representation.configuration.id },
        ...finding,
      });
  };

  #openStores(): EmbeddedRegion {
    const { directory, durability, maxBytes, clock, log } = this.#options;
    const stores = openEmbeddedRegion({
      ...{ directory, durability, maxBytes, clock, region: this.name, digester: nodeDigester },
      recent: this.#recent,
      onWarning: (warning) => log.warn('the disk limit of a region evicts live segments', { ...warning }),
    });
    if (stores.startedEmpty)
      log.warn('the machine crashed while the region was open, so it begins empty', { region: this.name });
    stores.candidates.onChange(this.#reviewer.take);
    return stores;
  }
}

interface Running {
  readonly stores: EmbeddedRegion;
  readonly server: HttpServer;
  readonly retention: Repeating;
  readonly watch: Repeating;
}
