import type { EventKey } from '../candidate';
import { cancelSource } from '../ports/cancel';
import type { Clock } from '../ports/clock';
import type { EventStore } from '../ports/event-store';
import type { Random } from '../ports/random';
import { compileEvent } from './live-event';
import type { LiveEvent } from './live-event';

/** How long an origin answers from what it knows of an event before it looks again. Changes act within 2 s. */
export const FRESH_MS = 1000;
/**
 * By chance up to this much less, for each look: events that were all looked up in the same moment (a start, the end of a
 * failure) are not all looked up again in the same moment for ever.
 */
export const FRESH_JITTER_MS = 200;
/** How long a request waits for that look; then it is answered from what was known. */
const REFRESH_MS_MAX = 100;
/** Known events and names of no event, in memory. */
const ENTRIES_MAX = 2000;

interface Known {
  event: LiveEvent | undefined;
  /** Whether the store has ever answered: before, there is nothing to fall back on. */
  answered: boolean;
  /** From then on the store is asked again. -Infinity: look, whatever is known. */
  lookAgainMs: number;
  /** The look under way: one for all requests that want it. */
  refresh: Promise<void> | undefined;
}

/**
 * An instance's memory of events, unknown ones included: requests for what does not exist touch no store. While the
 * store fails, what was known holds.
 */
export class EventDirectory {
  readonly #store: Pick<EventStore, 'read'>;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #known = new Map<string, Known>();
  readonly #listeners = new Map<string, Set<() => void>>();

  constructor(store: Pick<EventStore, 'read'>, clock: Clock, random: Random) {
    this.#store = store;
    this.#clock = clock;
    this.#random = random;
  }

  /**
   * @returns the event, at most about a second old; undefined when there is none.
   * @throws what the store throws, if nothing at all is known yet.
   */
  async get(key: EventKey): Promise<LiveEvent | undefined> {
    const known = this.#entryOf(key);
    const nowMs = this.#clock.nowMs();
    if (nowMs >= known.lookAgainMs) {
      const refresh = this.#look(key, known);
      if (!known.answered) await refresh;
      else await this.#within(refresh, nowMs + REFRESH_MS_MAX);
    }
    return aliveAt(known.event, nowMs);
  }

  /**
   * Reads the event now, whatever is known: what this instance has just changed, or must not decide on stale data.
   * @throws what the store throws.
   */
  async reload(key: EventKey): Promise<LiveEvent | undefined> {
    const known = this.#entryOf(key);
    // A look that began before the change may not have seen it.
    await known.refresh?.catch(() => undefined);
    known.lookAgainMs = -Infinity;
    await this.#look(key, known);
    return aliveAt(known.event, this.#clock.nowMs());
  }

  /**
   * Calls `listener` whenever a look, whoever wanted it, finds the event changed. It must not throw.
   * @returns what ends it.
   */
  onChange(key: EventKey, listener: () => void): () => void {
    const name = nameOf(key);
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(name) === listeners) this.#listeners.delete(name);
    };
  }

  #entryOf(key: EventKey): Known {
    const name = nameOf(key);
    const known = this.#known.get(name) ?? {
      ...{ event: undefined, answered: false, lookAgainMs: -Infinity, refresh: undefined },
    };
    // The map's order is the order of use: the first is the one to forget.
    this.#known.delete(name);
    this.#known.set(name, known);
    if (this.#known.size > ENTRIES_MAX) this.#known.delete(this.#known.keys().next().value ?? name);
    return known;
  }

  #look(key: EventKey, known: Known): Promise<void> {
    known.refresh ??= this.#refresh(key, known).finally(() => {
      known.refresh = undefined;
    });
    return known.refresh;
  }

  async #refresh(key: EventKey, known: Known): Promise<void> {
    const startedAtMs = this.#clock.nowMs();
    try {
      const found = await this.#store.read(key, known.event?.head.revision);
      const changed = found !== 'unchanged' && (found !== undefined || known.event !== undefined);
      if (found !== 'unchanged') known.event = found === undefined ? undefined : compileEvent(found);
      known.answered = true;
      if (changed) for (const listener of [...(this.#listeners.get(nameOf(key)) ?? [])]) listener();
    } finally {
      // A failed look counts as one: a store in trouble is asked once a second, not by every request.
      if (known.answered)
        known.lookAgainMs = startedAtMs + FRESH_MS - Math.floor(this.#random() * FRESH_JITTER_MS);
    }
  }

  /** While the store fails or is slow, what was known holds. */
  async #within(refresh: Promise<void>, untilMs: number): Promise<void> {
    const done = cancelSource();
    const looked = refresh.catch(() => undefined).finally(() => done.cancel());
    await Promise.race([looked, this.#clock.sleepUntil(untilMs, done)]);
  }
}

/** An event that has expired is unknown, whether or not the store has dropped it. */
function aliveAt(event: LiveEvent | undefined, nowMs: number): LiveEvent | undefined {
  return nowMs < (event?.head.expiresAtMs ?? Infinity) ? event : undefined;
}

function nameOf(key: EventKey): string {
  return `${key.tenant}/${key.event}`;
}
