import { cancelSource, type CancelSource } from '../origin/ports/cancel';
import type { Clock } from '../origin/ports/clock';
import type { Retention } from '../stores/embedded';
import { errorFields, type Log } from './log';

const SWEEP_EVERY_MS = 5000;

/** Keeps a region within its time and its bytes: a sweep every 5 s, at once again while one was not enough. */
export class Sweeper {
  readonly #clock: Clock;
  readonly #swept: Promise<void>;
  #stopped = false;
  // One for each sleep: a region runs for months, and a lasting one would collect a listener with every sleep.
  #sleep: CancelSource = cancelSource();

  constructor(retention: Retention, clock: Clock, log: Log) {
    this.#clock = clock;
    this.#swept = this.#run(retention, log);
  }

  /** Resolves once the step under way has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#sleep.cancel();
    await this.#swept;
  }

  async #run(retention: Retention, log: Log): Promise<void> {
    while (!this.#isStopped()) {
      const report = await retention.sweep().catch((error: unknown) => {
        log.error('a sweep failed', errorFields(error));
        return undefined;
      });
      if (report?.more === true || this.#isStopped()) continue;
      this.#sleep = cancelSource();
      await this.#clock.sleepUntil(this.#clock.nowMs() + SWEEP_EVERY_MS, this.#sleep);
    }
  }

  #isStopped(): boolean {
    return this.#stopped;
  }
}
