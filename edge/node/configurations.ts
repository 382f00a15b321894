import type { EventKey } from '../../origin/candidate';
import type { EdgeConfiguration } from '../../origin/events/edge-configuration';
import { cancelSource } from '../../origin/ports/cancel';
import type { Clock } from '../../origin/ports/clock';
import type { Told } from '../agent/control-source';

/** Where an edge hears of an event: the control plane of any region. */
export interface ConfigurationSource {
  read(key: EventKey, etag: string | undefined): Promise<Told>;
}

export interface ConfigurationsOptions {
  readonly source: ConfigurationSource;
  readonly clock: Clock;
  /** Told each time that nobody could be heard. */
  readonly onFailed?: (error: unknown) => void;
}

/** As origins do, so that a change acts here a second after it acts there. */
const FRESH_MS = 1000;
/** A name of no event is forwarded, and the origin decides: it costs nobody anything to hear of it later. */
const UNKNOWN_FRESH_MS = 5000;
/** How long a request waits for a look while something is known already. */
const REFRESH_MS_MAX = 100;
/** Known events and names of none; beyond, the least recently asked for is forgotten. */
export const CONFIGURATIONS_MAX = 2000;
/** Looks at a time: clients can invent names without end. Beyond, what is not known is forwarded. */
export const LOOKS_MAX = 64;

interface Known {
  configuration: EdgeConfiguration | undefined;
  etag: string | undefined;
  /** Whether anybody was ever heard: before, there is nothing to go by. */
  heard: boolean;
  lookAgainMs: number;
  /** The look under way: one for all requests that want it. */
  look: Promise<void> | undefined;
}

/**
 * An edge's memory of events, asked of a control plane when requests come for them. While nobody can be heard, what was
 * known holds.
 */
export class Configurations {
  readonly #options: ConfigurationsOptions;
  readonly #known = new Map<string, Known>();
  #looks = 0;

  constructor(options: ConfigurationsOptions) {
    this.#options = options;
  }

  /** How many names are in memory. */
  get size(): number {
    return this.#known.size;
  }

  /** @returns the event, about a second old while a control plane answers; undefined: unknown, the origin decides. */
  async of(key: EventKey): Promise<EdgeConfiguration | undefined> {
    const { clock } = this.#options;
    const known = this.#entryOf(`${key.tenant}/${key.event}`);
    if (clock.nowMs() >= known.lookAgainMs && known.look === undefined && this.#looks < LOOKS_MAX)
      known.look = this.#look(key, known);
    if (known.look !== undefined) {
      if (known.heard) await this.#within(known.look);
      else await known.look;
    }
    return known.configuration;
  }

  #entryOf(name: string): Known {
    const known = this.#known.get(name) ?? {
      ...{ configuration: undefined, etag: undefined, heard: false },
      ...{ lookAgainMs: -Infinity, look: undefined },
    };
    // The map's order is the order of use.
    this.#known.delete(name);
    this.#known.set(name, known);
    const [oldest] = this.#known.keys();
    if (this.#known.size > CONFIGURATIONS_MAX && oldest !== undefined) this.#known.delete(oldest);
    return known;
  }

  /** Never rejects. */
  async #look(key: EventKey, known: Known): Promise<void> {
    const { source, clock, onFailed } = this.#options;
    this.#looks += 1;
    let freshMs = FRESH_MS;
    try {
      const told = await source.read(key, known.etag);
      known.heard = true;
      if (told.kind === 'unknown') {
        [known.configuration, known.etag] = [undefined, undefined];
        freshMs = UNKNOWN_FRESH_MS;
      }
      if (told.kind === 'configuration' && !isOlder(told.configuration, known.configuration))
        [known.configuration, known.etag] = [told.configuration, told.etag];
    } catch (error) {
      onFailed?.(error);
    }
    this.#looks -= 1;
    known.lookAgainMs = clock.nowMs() + freshMs;
    known.look = undefined;
  }

  async #within(look: Promise<void>): Promise<void> {
    const { clock } = this.#options;
    const looked = cancelSource();
    const done = look.then(() => {
      looked.cancel();
    });
    await Promise.race([done, clock.sleepUntil(clock.nowMs() + REFRESH_MS_MAX, looked)]);
  }
}

/** Origins hear of changes one after the other; what is older than what is known is no news. */
function isOlder(told: EdgeConfiguration, known: EdgeConfiguration | undefined): boolean {
  return known !== undefined && told.revision < known.revision;
}
