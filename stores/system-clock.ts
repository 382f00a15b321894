import type { Clock } from '../origin/ports/clock';

/** setTimeout takes a signed 32-bit delay; a longer sleep is several. */
const TIMEOUT_MS_MAX = 2_147_483_647;

/** The machine's clock: the one place that reads it. A sleep keeps the process alive until it ends or is cancelled. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  sleepUntil(ms, cancel) {
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      // Timers are monotonic and may fire up to a millisecond early against the wall clock, which may also be set
      // back meanwhile: so look again, and sleep the rest.
      const look = () => {
        const leftMs = ms - Date.now();
        if (leftMs <= 0 || cancel.cancelled) resolve();
        else timer = setTimeout(look, Math.min(leftMs, TIMEOUT_MS_MAX));
      };
      look();
      cancel.onCancel(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  },
};
