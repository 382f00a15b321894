import type { EventKey } from '../../origin/candidate';
import type { EdgeConfiguration } from '../../origin/events/edge-configuration';
import { EventNames } from '../../origin/events/event-names';
import { LookAllowance } from '../../origin/events/look-allowance';
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
/**
 * Looks a second for names of which nothing is known, and as many for those asked for again: clients can invent names
 * without end. With both a fifth of what a control plane on AWS answers to everybody. Beyond, what is not known is
 * forwarded, which costs an event in its first seconds nothing but its guard.
 */
export const STRANGE_LOOKS_PER_SECOND = 10;
/** Of these at a time, when control planes are slow. */
const STRANGE_LOOKS_MAX = 64;

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
  readonly #names = new EventNames<Known>();
  readonly #allowance = new LookAllowance(STRANGE_LOOKS_PER_SECOND);
  #strangeLooks = 0;

  constructor(options: ConfigurationsOptions) {
    this.#options = options;
  }

  /** How many names are in memory. */
  get size(): number {
    return this.#names.size;
  }

  /** @returns the event, about a second old while a control plane answers; undefined: unknown, the origin decides. */
  async of(key: EventKey): Promise<EdgeConfiguration | undefined> {
    const name = `${key.tenant}/${key.event}`;
    const found = this.#names.find(name);
    const known = found ?? this.#stranger(name);
    if (this.#options.clock.nowMs() >= known.lookAgainMs && known.look === undefined) {
      if (known.configuration !== undefined) known.look = this.#look(key, known);
      else if (this.#mayLook(found === undefined)) known.look = this.#lookAtStranger(key, known);
    }
    if (known.look !== undefined) {
      if (known.heard) await this.#within(known.look);
      else await known.look;
    }
    return known.configuration;
  }

  #stranger(name: string): Known {
    const stranger: Known = {
      ...{ configuration: undefined, etag: undefined, heard: false },
      ...{ lookAgainMs: -Infinity, look: undefined },
    };
    this.#names.keep(name, stranger, false);
    return stranger;
  }

  #mayLook(isNew: boolean): boolean {
    if (this.#strangeLooks >= STRANGE_LOOKS_MAX) return false;
    return this.#allowance.take(isNew ? 'new' : 'asked-again', this.#options.clock.nowMs());
  }

  async #lookAtStranger(key: EventKey, known: Known): Promise<void> {
    this.#strangeLooks += 1;
    await this.#look(key, known);
    this.#strangeLooks -= 1;
  }

  /** Never rejects. */
  async #look(key: EventKey, known: Known): Promise<void> {
    const { source, clock, onFailed } = this.#options;
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
    this.#names.keep(`${key.tenant}/${key.event}`, known, known.configuration !== undefined);
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
