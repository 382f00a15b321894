import type { Cancel } from '../../origin/ports/cancel';
import type { Clock } from '../../origin/ports/clock';

interface Sleeper {
  readonly untilMs: number;
  readonly wake: () => void;
}

/**
 * Time that moves only when a test says so. Sleepers wake in order of their times, each seeing its own time as now,
 * and what they started runs before the next one wakes.
 */
export class FakeClock implements Clock {
  #nowMs: number;
  readonly #sleepers = new Set<Sleeper>();

  constructor(startMs = 0) {
    this.#nowMs = startMs;
  }

  /** Sleeps that have neither ended nor been cancelled: 0 when nothing leaks. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  sleepUntil(ms: number, cancel: Cancel): Promise<void> {
    if (ms <= this.#nowMs || cancel.cancelled) return Promise.resolve();
    return new Promise((resolve) => {
      const sleeper = {
        untilMs: ms,
        wake: () => {
          this.#sleepers.delete(sleeper);
          resolve();
        },
      };
      this.#sleepers.add(sleeper);
      cancel.onCancel(sleeper.wake);
    });
  }

  async advance(ms: number): Promise<void> {
    await this.advanceTo(this.#nowMs + ms);
  }

  /** Resolves when everybody who was due has been woken and has run as far as it can without more time. */
  async advanceTo(ms: number): Promise<void> {
    if (ms < this.#nowMs) throw new RangeError(`ms: wanted at least ${this.#nowMs} (now), got ${ms}`);
    await turn();
    for (let next = this.#next(ms); next !== undefined; next = this.#next(ms)) {
      this.#nowMs = next.untilMs;
      next.wake();
      await turn();
    }
    this.#nowMs = ms;
  }

  #next(untilMs: number): Sleeper | undefined {
    let next: Sleeper | undefined;
    for (const sleeper of this.#sleepers)
      if (sleeper.untilMs <= untilMs && (next === undefined || sleeper.untilMs < next.untilMs))
        next = sleeper;
    return next;
  }
}

/** Every microtask that is ready, and what those make ready, runs before this resolves. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
