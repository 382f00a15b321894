import type { Cancel } from './cancel';

/** Time is an argument: every rule that depends on "now" is given it through this port. */
export interface Clock {
  /** UTC in whole milliseconds since 1970-01-01T00:00:00Z. */
  nowMs(): number;
  /** Resolves at `ms` (UTC milliseconds) or as soon as `cancel` is pulled; never rejects. */
  sleepUntil(ms: number, cancel: Cancel): Promise<void>;
}
