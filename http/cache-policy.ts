import type { LiveEvent } from '../origin/events/live-event';
import { earlySeconds } from '../origin/schedule/schedule';

/**
 * Every Cache-Control that Headwater sends, in one place. Whole seconds are floored: no answer outlives its truth. In
 * the dialect of edges (edge/guard).
 * docs/http-api.md has the reasons; RFC 9111, 5.2.2; RFC 8246 (immutable).
 */
export const CACHE = {
  /** Unknown events and representations may be created any moment. */
  unknown: 'max-age=5',
  /** Names that no schedule will ever produce. */
  never: 'max-age=60',
  /** Next or due, and missing: it may come within the next millisecond. */
  missing: 'max-age=0',
  /** Late bytes end a 410, so nobody may keep it. */
  gone: 'no-store',
  expired: 'max-age=86400',
  overloaded: 'max-age=5',
  /** Whether there is such an event was not asked: a lifetime, so that edges do not ask elsewhere, and the shortest. */
  notAsked: 'max-age=1',
  /** An init by its version never changes. */
  initVersion: 'public, max-age=31536000, immutable',
  init: 'public, max-age=60',
  document: 'public, max-age=1',
  hls: 'public, max-age=1, stale-while-revalidate=1, stale-if-error=10',
  /** It changes only at the end of the event and with inits, but players should learn of those in seconds. */
  mpd: 'public, max-age=2, stale-while-revalidate=2, stale-if-error=60',
  /** A manifest of nothing: the first init may arrive any moment. */
  empty: 'max-age=1',
  static: 'public, max-age=60',
  noStore: 'no-store',
} as const;

export function earlyCacheControl(trueUntilMs: number, nowMs: number): string {
  return `max-age=${earlySeconds(trueUntilMs, nowMs)}`;
}

/** A segment's bytes: for good, or for one duration when the choice may yet change for the better. */
export function mediaCacheControl(event: LiveEvent, provisional: boolean): string {
  if (provisional) return `public, max-age=${Math.max(1, Math.floor(durationMs(event) / 1000))}`;
  return `public, max-age=60, s-maxage=${event.configuration.timeShiftBufferDepthSeconds}, immutable`;
}

function durationMs(event: LiveEvent): number {
  return event.schedule.durationMilliseconds / event.schedule.durationDenominator;
}
