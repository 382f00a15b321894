import type { Clock } from '../origin/ports/clock';
import type { Retention } from '../stores/embedded';
import { errorFields, type Log } from '../server/log';
import { Repeating } from './repeating';

const SWEEP_EVERY_MS = 5000;

/** Keeps a region within its time and its bytes: a sweep every 5 s, at once again while one was not enough. */
export function startRetention(retention: Retention, clock: Clock, log: Log): Repeating {
  return new Repeating(clock, SWEEP_EVERY_MS, async () => {
    try {
      return (await retention.sweep()).more ? 'again' : undefined;
    } catch (error) {
      log.error('a sweep failed', errorFields(error));
      return undefined;
    }
  });
}
