import type { EventKey } from '../candidate';
import type { LiveEvent, Representation } from '../events/live-event';
import type { Origin } from '../origin';
import { liveEdge } from '../schedule/schedule';
import type { Finding } from './finding';
import { HEALTH_WINDOW, healthOf, lacksOf, type PipelineHealth } from './health';
import { hearWindow } from './hear-window';
import { maskByHealth } from './mask-degraded';

/** Events that one sweep looks at; an account runs some tens at a time. */
export const SWEPT_EVENTS_MAX = 200;
/** Events that are looked at together: each may wait a second for a region that does not answer. */
const SWEPT_TOGETHER = 8;
/** Numbers of one representation: a minute of the shortest segments in use, and five times over. */
export const SWEPT_NUMBERS_MAX = 300;

/** The numbers whose retry deadline passed in (sinceMs, untilMs] are reported: sweeps that join report each once. */
export interface SweepSpan {
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** What one sweep saw of one representation. */
export interface SweptRepresentation {
  readonly event: LiveEvent;
  readonly representation: Representation;
  readonly findings: readonly Finding[];
  readonly health: readonly PipelineHealth[];
}

/** What a sweep could not look at: the others were looked at all the same. */
export interface SweepFailure {
  readonly event: EventKey;
  readonly error: unknown;
}

/**
 * Notices what never arrives at all, which no stream tells: every event that is live, representation by representation,
 * just past the retry deadline. An event that cannot be read stops no other.
 * @throws what listing the events throws.
 */
export async function sweep(
  origin: Origin,
  span: SweepSpan,
): Promise<{ readonly swept: readonly SweptRepresentation[]; readonly failures: readonly SweepFailure[] }> {
  const listed = await origin.eventStore.listLive(SWEPT_EVENTS_MAX + 1);
  const failures = listed.slice(SWEPT_EVENTS_MAX).map(notLookedAt);
  const look = async ({ tenant, event }: EventKey) => {
    const key = { tenant, event };
    try {
      const found = await origin.events.get(key);
      return found === undefined ? [] : await sweepEvent(origin, found, span);
    } catch (error) {
      failures.push({ event: key, error });
      return [];
    }
  };
  const swept: SweptRepresentation[] = [];
  for (let start = 0; start < Math.min(listed.length, SWEPT_EVENTS_MAX); start += SWEPT_TOGETHER) {
    const together = listed.slice(start, Math.min(start + SWEPT_TOGETHER, SWEPT_EVENTS_MAX));
    swept.push(...(await Promise.all(together.map(look))).flat());
  }
  return { swept, failures };
}

function notLookedAt({ tenant, event }: EventKey): SweepFailure {
  const wanted = `events: wanted at most ${SWEPT_EVENTS_MAX} that have not ended, got more`;
  return { event: { tenant, event }, error: new Error(wanted) };
}

/** @throws what the local candidate store and the event store throw. */
export async function sweepEvent(
  origin: Origin,
  event: LiveEvent,
  span: SweepSpan,
): Promise<readonly SweptRepresentation[]> {
  const [since, until] = [settledAt(event, span.sinceMs), settledAt(event, span.untilMs)];
  // Nothing is settled before the beginning, and nothing more once the final segment is.
  if (until < event.schedule.initialSegment || since === event.schedule.finalSegment) return [];
  return Promise.all(
    [...event.representations.values()].map((representation) =>
      sweepRepresentation(origin, event, representation, since, until),
    ),
  );
}

/** The newest number whose retry deadline has passed. */
function settledAt({ schedule }: LiveEvent, nowMs: number): number {
  return liveEdge(schedule, nowMs - schedule.retryDeadlineMs);
}

async function sweepRepresentation(
  origin: Origin,
  event: LiveEvent,
  representation: Representation,
  since: number,
  until: number,
): Promise<SweptRepresentation> {
  const nowMs = origin.clock.nowMs();
  const oldest = Math.max(until - SWEPT_NUMBERS_MAX, Math.min(since, until - HEALTH_WINDOW)) + 1;
  const heard = await hearWindow(origin, event, representation, oldest, until);
  const findings: Finding[] = [];
  for (const pipeline of event.configuration.pipelines) {
    const { missing, split } = lacksOf(event, representation, pipeline, heard, nowMs);
    for (const number of missing) if (number > since) findings.push({ kind: 'missing', pipeline, number });
    for (const number of split) if (number > since) findings.push({ kind: 'split', pipeline, number });
  }
  const newest = { ...heard, from: Math.max(heard.from, until - HEALTH_WINDOW + 1) };
  const health = healthOf(event, representation, newest, nowMs);
  findings.push(...(await maskByHealth(origin, event, representation, health)));
  return { event, representation, findings, health };
}
