import type { EventKey } from '../candidate';
import type { LiveEvent, Representation } from '../events/live-event';
import type { Origin, RegionStores } from '../origin';
import { liveEdge } from '../schedule/schedule';
import type { Finding } from './finding';
import { HEALTH_WINDOW, healthOf, lacksOf, type PipelineHealth } from './health';
import { hearWindow } from './hear-window';
import { maskByHealth } from './mask-degraded';

/** Events that one sweep looks at; an account runs some tens at a time. */
export const SWEPT_EVENTS_MAX = 200;
/** Events that are read at once, and then representations that are looked at. */
const SWEPT_AT_ONCE = 16;
/** Batches that a region may leave unanswered: the first may only have waited for connections to be made. */
const SILENCES_MAX = 2;
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
  /** Regions that did not answer. */
  readonly unheard: readonly string[];
}

/** What a sweep could not look at: the others were looked at all the same. */
export interface SweepFailure {
  readonly event: EventKey;
  readonly error: unknown;
}

/** What a sweep looks at in one go: the numbers after `since` up to `until`. */
interface Task {
  readonly event: LiveEvent;
  readonly representation: Representation;
  readonly since: number;
  readonly until: number;
}

/**
 * Notices what never arrives at all, which no stream tells: every event that is live, representation by representation,
 * just past the retry deadline. What cannot be read stops nothing else, and a region that leaves two whole batches unanswered
 * is asked no more.
 * @throws what listing the events throws.
 */
export async function sweep(
  origin: Origin,
  span: SweepSpan,
): Promise<{ readonly swept: readonly SweptRepresentation[]; readonly failures: readonly SweepFailure[] }> {
  const listed = await origin.eventStore.listLive(SWEPT_EVENTS_MAX + 1);
  const failures = listed.slice(SWEPT_EVENTS_MAX).map(notLookedAt);
  const failed = (key: EventKey) => (error: unknown) => {
    if (!failures.some(({ event }) => isSame(event, key))) failures.push({ event: key, error });
    return [];
  };
  const tasks: Task[] = [];
  for (const heads of batches(listed.slice(0, SWEPT_EVENTS_MAX))) {
    const keys = heads.map(({ tenant, event }) => ({ tenant, event }));
    const found = keys.map((key) => tasksOf(origin, key, span).catch(failed(key)));
    tasks.push(...(await Promise.all(found)).flat());
  }
  const swept: SweptRepresentation[] = [];
  const silences = new Map<string, number>();
  for (const some of batches(tasks)) {
    const answering = ({ region }: RegionStores) => (silences.get(region) ?? 0) < SILENCES_MAX;
    const asking = { ...origin, peers: origin.peers.filter(answering) };
    const looked = some.map((task) => sweepRepresentation(asking, task).catch(failed(task.event.key)));
    const seen = (await Promise.all(looked)).flat();
    swept.push(...seen);
    for (const region of silentIn(seen)) silences.set(region, (silences.get(region) ?? 0) + 1);
  }
  return { swept, failures };
}

/** Regions that answered for none of these. */
function silentIn([first, ...others]: readonly SweptRepresentation[]): readonly string[] {
  return first?.unheard.filter((region) => others.every(({ unheard }) => unheard.includes(region))) ?? [];
}

function* batches<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let start = 0; start < items.length; start += SWEPT_AT_ONCE)
    yield items.slice(start, start + SWEPT_AT_ONCE);
}

function isSame(one: EventKey, other: EventKey): boolean {
  return one.tenant === other.tenant && one.event === other.event;
}

function notLookedAt({ tenant, event }: EventKey): SweepFailure {
  const wanted = `events: wanted at most ${SWEPT_EVENTS_MAX} that have not ended, got more`;
  return { event: { tenant, event }, error: new Error(wanted) };
}

/** @throws what the event store throws. */
async function tasksOf(origin: Origin, key: EventKey, span: SweepSpan): Promise<readonly Task[]> {
  const event = await origin.events.get(key);
  if (event === undefined) return [];
  const [since, until] = [settledAt(event, span.sinceMs), settledAt(event, span.untilMs)];
  // Nothing is settled before the beginning, and nothing more once the final segment is.
  if (until < event.schedule.initialSegment || since === event.schedule.finalSegment) return [];
  return [...event.representations.values()].map((representation) => ({
    ...{ event, representation, since, until },
  }));
}

/** The newest number whose retry deadline has passed. */
function settledAt({ schedule }: LiveEvent, nowMs: number): number {
  return liveEdge(schedule, nowMs - schedule.retryDeadlineMs);
}

/** @throws what the local candidate store and the event store throw. */
async function sweepRepresentation(
  origin: Origin,
  { event, representation, since, until }: Task,
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
  return { event, representation, findings, health, unheard: heard.unheard };
}
