/** EventBridge schedules nothing more often. */
export const SWEEP_EVERY_MS = 60_000;
