import type { LiveEvent } from '../events/live-event';
import { newestDue } from '../schedule/schedule';
import type { Schedule } from '../schedule/schedule';

/**
 * Whether a segment is of those that people watch live: the newest `liveWindowSeconds` and what comes after them. All
 * that is older is DVR, which waits when stores are in trouble. Time goes on after an event's end: then all is DVR.
 */
export function isLiveClass(event: LiveEvent, number: number, nowMs: number): boolean {
  return isInLiveWindow(event.schedule, event.configuration.liveWindowSeconds, number, nowMs);
}

/** An edge does not know the event's own window; the default of `liveWindowSeconds` does for a limit of its own. */
export const EDGE_LIVE_WINDOW_SECONDS = 30;

/** The same for an edge, which knows of an event no more than its schedule. In the dialect of edges (edge/guard). */
export function isInLiveWindow(
  schedule: Schedule,
  liveWindowSeconds: number,
  number: number,
  nowMs: number,
): boolean {
  const liveSegments = Math.ceil(
    (liveWindowSeconds * 1000 * schedule.durationDenominator) / schedule.durationMilliseconds,
  );
  return number > newestDue(schedule, nowMs) - liveSegments;
}
