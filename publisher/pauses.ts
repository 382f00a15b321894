import { cancelSource, type CancelSource } from '../origin/ports/cancel';
import type { Clock } from '../origin/ports/clock';

/**
 * Sleeps that one call ends. A feed sleeps for days on end, so each sleep has a `Cancel` of its own that is dropped
 * with it: one for the whole feed would collect a listener with every segment.
 */
export interface Pauses {
  readonly stopped: boolean;
  /** Resolves at `ms` (UTC milliseconds), or when stopped. */
  sleepUntil(ms: number): Promise<void>;
  /** Ends every sleep, now and from now on. */
  stop(): void;
}

export function pausesOn(clock: Clock): Pauses {
  const sleeping = new Set<CancelSource>();
  let stopped = false;
  return {
    get stopped() {
      return stopped;
    },
    async sleepUntil(ms) {
      if (stopped) return;
      const sleep = cancelSource();
      sleeping.add(sleep);
      await clock.sleepUntil(ms, sleep);
      sleeping.delete(sleep);
    },
    stop() {
      stopped = true;
      for (const sleep of sleeping) sleep.cancel();
    },
  };
}
