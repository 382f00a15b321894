import type { LiveEvent } from '../events/live-event';
import { dueMs } from '../schedule/schedule';

/**
 * How long manifests still speak to players that watched live, from the end on and from when an operator named it: a page in
 * the background looks for a new MPD once a minute, and must find its own time axis.
 */
const FAREWELL_MS = 60_000;

/** When the final segment is due, UTC milliseconds; Infinity while no end is known. */
export function endMs({ schedule }: LiveEvent): number {
  return schedule.finalSegment === undefined ? Infinity : dueMs(schedule, schedule.finalSegment);
}

/** The final segment is due: nothing will change any more. */
export function hasEnded(event: LiveEvent, nowMs: number): boolean {
  return nowMs >= endMs(event);
}

/**
 * Nobody watches it live any more: whoever comes now watches what was recorded, from its beginning, which is time 0 for
 * them.
 */
export function isRecording(event: LiveEvent, nowMs: number): boolean {
  return nowMs >= Math.max(endMs(event), event.head.endedAtMs ?? 0) + FAREWELL_MS;
}
