import type { LiveEvent } from '../events/live-event';
import { dueMs } from '../schedule/schedule';

/**
 * How long manifests still speak to players that watched live, from the end on and from when an operator named it: a page in
 * the background looks for a new MPD once a minute, and must find its own time axis.
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
export function isRecording({ schedule, head }: LiveEvent, nowMs: number): boolean {
  if (schedule.finalSegment === undefined) return false;
  const toldMs = Math.max(dueMs(schedule, schedule.finalSegment), head.endedAtMs ?? 0);
  return nowMs >= toldMs + FAREWELL_MS;
}
