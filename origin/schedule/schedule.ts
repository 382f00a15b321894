/**
 * The schedule: availabilityStartTime + segment template, number to time and back, in integers (design rule:
 * no drift in a year of 2.002 s segments). Written in the dialect that the edges run (no class, spread,
 * destructuring, `?.`, bigint), because the edge guard is built from this very file.
 */
export interface Schedule {
  readonly availabilityStartMs: number;
  readonly startNumber: number;
  /** duration * 1000 / timescale = milliseconds / denominator, reduced. */
  readonly durationMilliseconds: number;
  readonly durationDenominator: number;
  readonly delayMs: number;
  readonly holdMs: number;
  readonly retryDeadlineMs: number;
  readonly initialSegment: number;
  /** The last number of the event; undefined while it is not known. */
  readonly finalSegment: number | undefined;
  /** Numbers in the DVR window. */
  readonly depthSegments: number;
}

/** A not-yet answer is cached until this long before its end: clocks and wires are not exact. */
export const EXPIRY_MARGIN_MS = 100;

/** No request is held longer, whatever holdMs says. */
export const HELD_MS_MAX = 5000;

/** How far ahead of its due time a number may come, the more of both: beyond, a clock is wrong or a restart counts anew. */
const AHEAD_MS_MAX = 5000;
const AHEAD_SEGMENTS_MAX = 2;

/** Greatest d * t of a configuration, so that no product below leaves the exact integers. */
const EXACT_MAX = Number.MAX_SAFE_INTEGER;

export interface ScheduleInput {
  readonly availabilityStartMs: number;
  readonly timescale: number;
  readonly duration: number;
  readonly startNumber: number;
  readonly delayMs: number;
  readonly holdMs: number;
  readonly retryDeadlineMs: number;
  readonly initialSegment: number;
  readonly finalSegment: number | undefined;
  readonly depthSeconds: number;
}

/** Reduces the template's duration once. @returns undefined where the arithmetic would not be exact. */
export function makeSchedule(input: ScheduleInput): Schedule | undefined {
  const milliseconds = input.duration * 1000;
  if (milliseconds > EXACT_MAX) return undefined;
  const divisor = greatestCommonDivisor(milliseconds, input.timescale);
  const numerator = milliseconds / divisor;
  const denominator = input.timescale / divisor;
  if (numerator * denominator > EXACT_MAX) return undefined;
  return {
    availabilityStartMs: input.availabilityStartMs,
    startNumber: input.startNumber,
    durationMilliseconds: numerator,
    durationDenominator: denominator,
    delayMs: input.delayMs,
    holdMs: input.holdMs,
    retryDeadlineMs: input.retryDeadlineMs,
    initialSegment: input.initialSegment,
    finalSegment: input.finalSegment,
    depthSegments: Math.max(1, Math.floor((input.depthSeconds * 1000 * denominator) / numerator)),
  };
}

function greatestCommonDivisor(left: number, right: number): number {
  let a = left;
  let b = right;
  while (b !== 0) {
    const rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

/** When the media of `count` segments ends, in milliseconds from the start, rounded up. `count` may be negative. */
function elapsedMs(schedule: Schedule, count: number): number {
  const d = schedule.durationMilliseconds;
  const t = schedule.durationDenominator;
  const whole = Math.floor(count / t);
  return whole * d + Math.ceil(((count - whole * t) * d) / t);
}

/** The instant from which segment n should be there: its media has ended and the pipelines had their delay. */
export function dueMs(schedule: Schedule, number: number): number {
  return (
    schedule.availabilityStartMs + elapsedMs(schedule, number - schedule.startNumber + 1) + schedule.delayMs
  );
}

/** The instant from which a pipeline may publish segment n. Before `nextFromMs(n)` for all but the initial segment. */
export function publishableFromMs(schedule: Schedule, number: number): number {
  const segmentsMs = (AHEAD_SEGMENTS_MAX * schedule.durationMilliseconds) / schedule.durationDenominator;
  return dueMs(schedule, number) - Math.floor(Math.max(segmentsMs, AHEAD_MS_MAX));
}

/**
 * The instant from which segment n is next, and served as soon as it is there. The initial one follows nothing: it may
 * be there as soon as it may be published.
 */
export function nextFromMs(schedule: Schedule, number: number): number {
  if (number === schedule.initialSegment) return publishableFromMs(schedule, number);
  return dueMs(schedule, number - 1);
}

/** The instant from which a request for segment n may be held: n is next, and its publication is near. */
export function opensAtMs(schedule: Schedule, number: number): number {
  return Math.max(dueMs(schedule, number - 1), dueMs(schedule, number) - schedule.holdMs);
}

/** The newest number that is due: due(n) <= now < due(n + 1). May lie before the event's start. */
export function newestDue(schedule: Schedule, nowMs: number): number {
  const elapsed = nowMs - schedule.availabilityStartMs - schedule.delayMs;
  const d = schedule.durationMilliseconds;
  const t = schedule.durationDenominator;
  // floor(elapsed * t / d) without leaving the exact integers; exact against the ceil above, since elapsed is whole.
  const whole = Math.floor(elapsed / d);
  const count = whole * t + Math.floor(((elapsed - whole * d) * t) / d);
  return schedule.startNumber + count - 1;
}

/** The live edge: the newest due number inside the event; before the first is due, the number before it. */
export function liveEdge(schedule: Schedule, nowMs: number): number {
  const newest = Math.max(newestDue(schedule, nowMs), schedule.initialSegment - 1);
  return schedule.finalSegment === undefined ? newest : Math.min(newest, schedule.finalSegment);
}

/** The oldest number of the DVR window [max(initial, edge - depth), edge]. */
export function windowStart(schedule: Schedule, nowMs: number): number {
  return Math.max(schedule.initialSegment, liveEdge(schedule, nowMs) - schedule.depthSegments);
}

/** Where a number stands now. The rows of the schedule table, read from the top. */
export type Position =
  /** Before the initial segment or after the final one: it will never be. */
  | { readonly kind: 'never' }
  /** Not yet: whatever pipelines do, it is not served before `trueUntilMs`. */
  | { readonly kind: 'early'; readonly trueUntilMs: number }
  /** The immediately next, and too early to wait for it: read, and promise nothing. */
  | { readonly kind: 'next' }
  /** Next or due, and may still come: read, and hold until `holdUntilMs`. */
  | { readonly kind: 'expected'; readonly holdUntilMs: number; readonly deadlineMs: number }
  /** Past the retry deadline: read; when it is not there, it is gone. */
  | { readonly kind: 'overdue' }
  /** Older than the DVR window. */
  | { readonly kind: 'expired' };

/**
 * Classifies `number` at `nowMs` without touching any store. Intervals are half-open: a boundary belongs to what
 * begins there.
 */
export function positionOf(schedule: Schedule, number: number, nowMs: number): Position {
  if (number < schedule.initialSegment) return { kind: 'never' };
  if (schedule.finalSegment !== undefined && number > schedule.finalSegment) return { kind: 'never' };
  const nextFrom = nextFromMs(schedule, number);
  if (nowMs < nextFrom) return { kind: 'early', trueUntilMs: nextFrom };
  if (nowMs < opensAtMs(schedule, number)) return { kind: 'next' };
  if (number < windowStart(schedule, nowMs)) return { kind: 'expired' };
  const due = dueMs(schedule, number);
  const deadlineMs = due + schedule.retryDeadlineMs;
  if (nowMs >= deadlineMs && nowMs >= due + schedule.holdMs) return { kind: 'overdue' };
  return { kind: 'expected', holdUntilMs: Math.min(due + schedule.holdMs, nowMs + HELD_MS_MAX), deadlineMs };
}

/** Whole seconds, floored, that a not-yet answer stays true; 300 at most, so that a changed event is noticed. */
export function earlySeconds(trueUntilMs: number, nowMs: number): number {
  return Math.min(300, Math.max(0, Math.floor((trueUntilMs - nowMs - EXPIRY_MARGIN_MS) / 1000)));
}
