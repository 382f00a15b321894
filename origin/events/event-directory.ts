import type { EventKey } from '../candidate';
import { cancelSource } from '../ports/cancel';
import type { Clock } from '../ports/clock';
import type { EventStore } from '../ports/event-store';
import type { Random } from '../ports/random';
import { EventNames } from './event-names';
import { compileEvent } from './live-event';
import type { LiveEvent } from './live-event';
import { LookAllowance } from './look-allowance';

/** How long an origin answers from what it knows of an event before it looks again. Changes act within 2 s. */
export const FRESH_MS = 1000;
/**
 * By chance up to this much less, for each look: events that were all looked up in the same moment (a start, the end of a
 * failure) are not all looked up again in the same moment for ever.
 */
export const FRESH_JITTER_MS = 200;
/** How long a request waits for that look; then it is answered from what was known. */
const REFRESH_MS_MAX = 100;
/**
 * The same where what is known is older than a change may take: nobody has asked for a while (a function that was frozen), so
 * nothing says yet that the store is slow, and a connection may have to be made anew.
 */
const STALE_REFRESH_MS_MAX = 1000;
/** Changes act within this time. */
const STALE_AFTER_MS = 2000;
/**
 * Looks a second that names cost which anybody may have invented, and as many at once. What an instance of Lambda can
 * do, one after the other in 10 ms, so that it seldom turns a name away; a process that answers thousands of requests a
 * second is held to the same, and after a start knows a hundred events at once and hundreds within two seconds.
 */
export const STRANGE_LOOKS_PER_SECOND = 100;

interface Known {
  event: LiveEvent | undefined;
  /** When the newest look began that the store has answered. -Infinity: never, so there is nothing to fall back on. */
  asOfMs: number;
  /** When a look has failed, or was found to be late. */
  troubleMs: number;
  /** From then on the store is asked again. -Infinity: look, whatever is known. */
  lookAgainMs: number;
  /** The look under way: one for all requests that want it. */
  look: Look | undefined;
}

interface Look {
  readonly startedAtMs: number;
  readonly done: Promise<void>;
}

/**
 * An instance's memory of events, unknown ones included: requests for what does not exist touch no store, and those for
 * names without end touch it so many times a second. While the store fails, what was known holds.
 */
export class EventDirectory {
  readonly #store: Pick<EventStore, 'read'>;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #names = new EventNames<Known>();
  readonly #allowance = new LookAllowance(STRANGE_LOOKS_PER_SECOND);
  readonly #listeners = new Map<string, Set<() => void>>();

  constructor(store: Pick<EventStore, 'read'>, clock: Clock, random: Random) {
    this.#store = store;
    this.#clock = clock;
    this.#random = random;
  }

  /**
   * The event by a name that anybody may have invented: known events cost what they always do, others as many looks as
   * there are.
   * @param isVouched whether whoever forwards the request knows the event
   * @returns 'not-asked' where nothing is known, and the store was not asked either.
   * @throws what {@link get} throws.
   */
  async getForAnybody(key: EventKey, isVouched: boolean): Promise<LiveEvent | 'not-asked' | undefined> {
    const known = this.#names.find(nameOf(key));
    const nowMs = this.#clock.nowMs();
    const isAnswered =
      known !== undefined &&
      (known.event !== undefined || nowMs < known.lookAgainMs || lookToJoin(known, nowMs) !== undefined);
    if (isAnswered) return this.get(key);
    const standing = isVouched ? 'vouched' : known === undefined ? 'new' : 'asked-again';
    if (this.#allowance.take(standing, nowMs)) return this.get(key);
    this.#entryOf(key);
    return 'not-asked';
  }

  /** What is known of it without a look, however old. */
  remembered(key: EventKey): LiveEvent | undefined {
    return aliveAt(this.#names.find(nameOf(key))?.event, this.#clock.nowMs());
  }

  /**
   * The event by a name that whoever is let in asks for.
   * @returns the event, at most about a second old while the store is well; undefined when there is none.
   * @throws what the store throws, if nothing at all is known yet.
   */
  async get(key: EventKey): Promise<LiveEvent | undefined> {
    const known = this.#entryOf(key);
    const nowMs = this.#clock.nowMs();
    if (nowMs >= known.lookAgainMs) {
      const look = this.#look(key, known);
      if (known.asOfMs === -Infinity) await look;
      else await this.#within(look, known, nowMs);
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
    await known.look?.done.catch(() => undefined);
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
    const known = this.#names.find(name);
    if (known !== undefined) return known;
    const stranger = {
      ...{ event: undefined, asOfMs: -Infinity, troubleMs: -Infinity },
      ...{ lookAgainMs: -Infinity, look: undefined },
    };
    this.#names.keep(name, stranger, false);
    return stranger;
  }

  #look(key: EventKey, known: Known): Promise<void> {
    const startedAtMs = this.#clock.nowMs();
    const underWay = lookToJoin(known, startedAtMs);
    if (underWay !== undefined) return underWay.done;
    const done = this.#refresh(key, known, startedAtMs).finally(() => {
      if (known.look === look) known.look = undefined;
    });
    const look = { startedAtMs, done };
    known.look = look;
    return done;
  }

  async #refresh(key: EventKey, known: Known, startedAtMs: number): Promise<void> {
    try {
      const found = await this.#store.read(key, known.event?.head.revision);
      if (startedAtMs < known.asOfMs) return;
      const changed = found !== 'unchanged' && (found !== undefined || known.event !== undefined);
      if (found !== 'unchanged') known.event = found === undefined ? undefined : compileEvent(found);
      known.asOfMs = startedAtMs;
      known.troubleMs = -Infinity;
      this.#names.keep(nameOf(key), known, known.event !== undefined);
      if (changed) for (const listener of [...(this.#listeners.get(nameOf(key)) ?? [])]) listener();
    } catch (error) {
      if (startedAtMs >= known.asOfMs) known.troubleMs = this.#clock.nowMs();
      throw error;
    } finally {
      // A failed look counts as one: a store in trouble is asked once a second, not by every request.
      const againMs = startedAtMs + FRESH_MS - Math.floor(this.#random() * FRESH_JITTER_MS);
      if (known.asOfMs > -Infinity) known.lookAgainMs = Math.max(known.lookAgainMs, againMs);
    }
  }

  /** While the store fails or is slow, what was known holds. */
  async #within(look: Promise<void>, known: Known, nowMs: number): Promise<void> {
    const lastHeardMs = Math.max(known.asOfMs, known.troubleMs);
    const untilMs = nowMs + (nowMs - lastHeardMs > STALE_AFTER_MS ? STALE_REFRESH_MS_MAX : REFRESH_MS_MAX);
    const done = cancelSource();
    const looked = look.catch(() => undefined).finally(() => done.cancel());
    const late = this.#clock.sleepUntil(untilMs, done).then(() => {
      if (!done.cancelled) known.troubleMs = untilMs;
    });
    await Promise.race([looked, late]);
  }
}

/** The look under way, unless it is so old (it was frozen with its function) that its answer is no news. */
function lookToJoin({ look }: Known, nowMs: number): Look | undefined {
  return look !== undefined && nowMs - look.startedAtMs <= STALE_REFRESH_MS_MAX ? look : undefined;
}

/** An event that has expired is unknown, whether or not the store has dropped it. */
function aliveAt(event: LiveEvent | undefined, nowMs: number): LiveEvent | undefined {
  return nowMs < (event?.head.expiresAtMs ?? Infinity) ? event : undefined;
}

function nameOf(key: EventKey): string {
  return `${key.tenant}/${key.event}`;
}
