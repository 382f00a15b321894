import { cancelSource, type Cancel } from '../../origin/ports/cancel';
import type { Clock } from '../../origin/ports/clock';

/** Who waits for which segment in this process. Woken at once by the write itself: nothing polls. */
export class ChangeWaiters {
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Set<() => void>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Keys that somebody waits for. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Registered when it returns; resolves on {@link ChangeWaiters.wake}, at `untilMs` (UTC) or when cancelled. */
  wait(key: string, untilMs: number, cancel: Cancel): Promise<void> {
    return new Promise((resolve) => {
      const timer = cancelSource();
      const done = () => {
        this.#remove(key, done);
        timer.cancel();
        resolve();
      };
      this.#add(key, done);
      cancel.onCancel(done);
      void this.#clock.sleepUntil(untilMs, timer).then(done);
    });
  }

  wake(key: string): void {
    for (const done of [...(this.#waiting.get(key) ?? [])]) done();
  }

  /** Ends every wait: the store closes. */
  wakeAll(): void {
    for (const key of [...this.#waiting.keys()]) this.wake(key);
  }

  #add(key: string, done: () => void): void {
    const waiters = this.#waiting.get(key);
    if (waiters === undefined) this.#waiting.set(key, new Set([done]));
    else waiters.add(done);
  }

  #remove(key: string, done: () => void): void {
    const waiters = this.#waiting.get(key);
    if (waiters?.delete(done) === true && waiters.size === 0) this.#waiting.delete(key);
  }
}
