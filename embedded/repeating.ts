import { cancelSource, type CancelSource } from '../origin/ports/cancel';
import type { Clock } from '../origin/ports/clock';

/** Runs `step` at once and then every so often, at once again while it asks for that; one at a time. */
export class Repeating {
  readonly #clock: Clock;
  readonly #ended: Promise<void>;
  #stopped = false;
  // One for each sleep: a region runs for months, and a lasting one would collect a listener with every sleep.
  #sleep: CancelSource = cancelSource();

  /** @param step must not reject */
  constructor(clock: Clock, everyMs: number, step: () => Promise<'again' | undefined>) {
    this.#clock = clock;
    this.#ended = this.#run(everyMs, step);
  }

  /** Resolves once the step under way has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#sleep.cancel();
    await this.#ended;
  }

  async #run(everyMs: number, step: () => Promise<'again' | undefined>): Promise<void> {
    while (!this.#isStopped()) {
      const next = await step();
      if (next === 'again' || this.#isStopped()) continue;
      this.#sleep = cancelSource();
      await this.#clock.sleepUntil(this.#clock.nowMs() + everyMs, this.#sleep);
    }
  }

  #isStopped(): boolean {
    return this.#stopped;
  }
}
