import type { EventKey } from '../../origin/candidate';
import type { EdgeConfiguration } from '../../origin/events/edge-configuration';
import { INVALIDATIONS_MAX } from '../../origin/events/invalidations';
import { eventBan, rangeBans } from './ban';
import type { Told } from './control-source';

/** Where the agent hears of events. */
export interface EventSource {
  read(key: EventKey, etag: string | undefined): Promise<Told>;
  list(tenant: string): Promise<readonly EventKey[]>;
}

/** Where nginx reads them. */
export interface EventSink {
  readonly names: readonly string[];
  write(name: string, configuration: EdgeConfiguration): void;
  remove(name: string): void;
}

export interface AgentOptions {
  readonly source: EventSource;
  readonly sink: EventSink;
  /** Makes the cache forget. */
  readonly ban: (expression: string) => Promise<void>;
  readonly nowMs: () => number;
  /** Events to follow, beside all those of `tenants`. */
  readonly events: readonly EventKey[];
  readonly tenants: readonly string[];
  /** Ids of invalidations that were handled before, by event. */
  readonly handled?: Readonly<Record<string, readonly string[]>>;
}

export interface AgentHealth {
  readonly events: number;
  /** When every followed event was last heard of, epoch ms; 0: never. */
  readonly heardAtMs: number;
  readonly failures: number;
  readonly bans: number;
  /** Bans that Varnish has not taken yet, and repetitions to come. */
  readonly bansLeft: number;
  readonly lastFailure: string | undefined;
}

/** Followed at most; the newest beyond are left out, and their requests are forwarded. */
export const EVENTS_MAX = 1000;

/** Tenants are listed this often: an event that is not known yet is no harm. */
const LIST_MS = 5000;

/** Events asked about at a time. */
const READS_MAX = 8;

/**
 * A fetch that was under way when the cache was told may bring the former answer this late: held for 8 s in one region,
 * and then in another.
 */
const UNDER_WAY_MS = 20_000;

/**
 * For so long a known event is not forgotten on the word of an origin: one that has not heard of it yet, or has lost its
 * store, says the same as one where it was deleted. To forget it empties the cache of it, and opens the guard.
 */
const UNKNOWN_MS = 10_000;

interface Known {
  readonly etag: string | undefined;
  readonly configuration: EdgeConfiguration;
}

interface Repetition {
  readonly atMs: number;
  readonly expressions: readonly string[];
}

/** Repetitions to come; beyond that the oldest are done early. */
const REPETITIONS_MAX = 4096;

/** Keeps one appliance up to date: each step looks once at every event. What cannot be heard leaves things as they are. */
export class EdgeAgent {
  readonly #options: AgentOptions;
  readonly #known = new Map<string, Known>();
  readonly #handled: Map<string, ReadonlySet<string>>;
  /** Since when origins do not know an event, epoch ms. */
  readonly #unknownSinceMs = new Map<string, number>();
  #repetitions: Repetition[] = [];
  #listed: readonly EventKey[] = [];
  #listedAtMs = -Infinity;
  #heardAtMs = 0;
  #failures = 0;
  #bans = 0;
  #lastFailure: string | undefined;

  constructor(options: AgentOptions) {
    this.#options = options;
    this.#handled = new Map(Object.entries(options.handled ?? {}).map(([name, ids]) => [name, new Set(ids)]));
  }

  get health(): AgentHealth {
    return {
      events: this.#known.size,
      heardAtMs: this.#heardAtMs,
      failures: this.#failures,
      bans: this.#bans,
      bansLeft: this.#repetitions.length,
      lastFailure: this.#lastFailure,
    };
  }

  /** Invalidations that need not be handled again, by event: what a next run begins with. */
  get handled(): Readonly<Record<string, readonly string[]>> {
    return Object.fromEntries([...this.#handled].map(([name, ids]) => [name, [...ids]]));
  }

  /** Never rejects. */
  async step(): Promise<void> {
    const followed = await this.#followed();
    const failedBefore = this.#failures;
    const left = [...followed];
    const worker = async () => {
      for (let key = left.shift(); key !== undefined; key = left.shift()) await this.#look(key);
    };
    await Promise.all(Array.from({ length: READS_MAX }, worker));
    if (this.#failures === failedBefore) this.#heardAtMs = this.#options.nowMs();
    await this.#repeat();
  }

  async #followed(): Promise<readonly EventKey[]> {
    const { source, sink, tenants, events, nowMs } = this.#options;
    if (tenants.length > 0 && nowMs() - this.#listedAtMs >= LIST_MS)
      try {
        this.#listed = (await Promise.all(tenants.map((tenant) => source.list(tenant)))).flat();
        this.#listedAtMs = nowMs();
      } catch (error) {
        this.#failed(error);
      }
    const byName = new Map([...events, ...this.#listed].map((key) => [nameOf(key), key]));
    const isListed = tenants.length === 0 || this.#listedAtMs > -Infinity;
    if (isListed) for (const name of sink.names) if (!byName.has(name)) this.#doubt(name);
    return [...byName.values()].slice(0, EVENTS_MAX);
  }

  async #look(key: EventKey): Promise<void> {
    const name = nameOf(key);
    try {
      const known = this.#known.get(name);
      const told = await this.#options.source.read(key, known?.etag);
      if (told.kind === 'unknown') {
        this.#doubt(name);
        return;
      }
      this.#unknownSinceMs.delete(name);
      if (told.kind !== 'configuration') return;
      const { configuration, etag } = told;
      // Origins hear of changes one after the other; what is older than what is known is no news.
      if (known !== undefined && configuration.revision < known.configuration.revision) return;
      // First what nginx reads, so that no request asks for the former revision any more; then the cache.
      this.#options.sink.write(name, configuration);
      await this.#invalidate(name, configuration);
      this.#known.set(name, { configuration, etag });
    } catch (error) {
      this.#failed(error);
    }
  }

  #doubt(name: string): void {
    const nowMs = this.#options.nowMs();
    const sinceMs = this.#unknownSinceMs.get(name) ?? nowMs;
    this.#unknownSinceMs.set(name, sinceMs);
    if (nowMs - sinceMs >= UNKNOWN_MS) this.#forget(name);
  }

  #forget(name: string): void {
    this.#known.delete(name);
    this.#unknownSinceMs.delete(name);
    this.#handled.delete(name);
    this.#options.sink.remove(name);
  }

  async #invalidate(name: string, configuration: EdgeConfiguration): Promise<void> {
    const handled = this.#handled.get(name);
    const { invalidations } = configuration;
    const fresh = invalidations.filter(({ id }) => handled?.has(id) !== true);
    if (fresh.length > 0) {
      // A full list of which nothing is known: there were more than it tells.
      const isIncomplete = fresh.length === invalidations.length && invalidations.length >= INVALIDATIONS_MAX;
      const expressions = isIncomplete
        ? [eventBan(configuration)]
        : fresh.flatMap((range) => rangeBans(configuration, range));
      await this.#banAll(expressions);
      this.#repetitions.push({ atMs: this.#options.nowMs() + UNDER_WAY_MS, expressions });
    }
    this.#handled.set(name, new Set(invalidations.map(({ id }) => id)));
  }

  async #repeat(): Promise<void> {
    const nowMs = this.#options.nowMs();
    while (this.#repetitions.length > 0) {
      const [next] = this.#repetitions;
      if (next === undefined || (next.atMs > nowMs && this.#repetitions.length <= REPETITIONS_MAX)) return;
      try {
        await this.#banAll(next.expressions);
      } catch (error) {
        this.#failed(error);
        return;
      }
      this.#repetitions = this.#repetitions.slice(1);
    }
  }

  async #banAll(expressions: readonly string[]): Promise<void> {
    for (const expression of expressions) {
      await this.#options.ban(expression);
      this.#bans += 1;
    }
  }

  #failed(error: unknown): void {
    this.#failures += 1;
    this.#lastFailure = error instanceof Error ? error.message : String(error);
  }
}

function nameOf({ tenant, event }: EventKey): string {
  return `${tenant}/${event}`;
}
