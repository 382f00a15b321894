import type { LiveEvent } from '../events/live-event';
import { dueMs } from '../schedule/schedule';

/**
 * How long after the end manifests still speak to players that watched live: a page in the background looks for a new MPD
 * once a minute, and must find its own time axis.
 */
const FAREWELL_MS = 60_000;

/** The final segment is due: nothing will change any more. */
export function hasEnded({ schedule }: LiveEvent, nowMs: number): boolean {
  return schedule.finalSegment !== undefined && nowMs >= dueMs(schedule, schedule.finalSegment);
}

/**
 * Nobody watches it live any more: whoever comes now watches what was recorded, from its beginning, which is time 0 for
 * them.
 */
export function isRecording({ schedule }: LiveEvent, nowMs: number): boolean {
  return schedule.finalSegment !== undefined && nowMs >= dueMs(schedule, schedule.finalSegment) + FAREWELL_MS;
}
