import type { LiveEvent } from '../events/live-event';
import { newestDue } from '../schedule/schedule';

/**
 * Whether a segment is of those that people watch live: the newest `liveWindowSeconds` and what comes after them. All
 * that is older is DVR, which waits when stores are in trouble. Time goes on after an event's end: then all is DVR.
 */
export function isLiveClass({ schedule, configuration }: LiveEvent, number: number, nowMs: number): boolean {
  const liveSegments = Math.ceil(
    (configuration.liveWindowSeconds * 1000 * schedule.durationDenominator) / schedule.durationMilliseconds,
  );
  return number > newestDue(schedule, nowMs) - liveSegments;
}
