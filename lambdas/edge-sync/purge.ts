import { eventTag, tagsOfRange } from '../../http/cache-tags';
import type { EventKey } from '../../origin/candidate';
import { edgeConfigurationOf } from '../../origin/events/edge-configuration';
import { INVALIDATIONS_MAX, type EdgeInvalidation } from '../../origin/events/invalidations';
import { compileEvent, type LiveEvent } from '../../origin/events/live-event';
import { NEVER } from '../../origin/ports/cancel';
import { liveEdge, windowStart } from '../../origin/schedule/schedule';
import type { ForgetTags } from '../../stores/aws/cloudfront-invalidations';
import type { EdgeSync } from './synchronise';

/**
 * An origin answers by what it knew before for up to 2 s (its memory of events and the table's replication), and a CDN
 * cannot tell such an answer: it is told to forget once that is over.
 */
export const PURGE_AFTER_MS = 2500;

/** Writers' clocks and the stream's differ, and batches are retried: what is as much older is looked at again. */
const LOOK_BACK_MS = 10_000;

/** Tags in one go; with more, whole events are forgotten. */
const TAGS_MAX = 1000;

/**
 * Makes the CDN forget what events' invalidations name: those since shortly before `sinceMs`. Soft: what is forgotten is
 * fetched again. The same once more starts nothing new.
 * @throws what stores and the CDN throw
 */
export async function purge(
  sync: EdgeSync,
  forget: ForgetTags,
  changed: readonly { readonly key: EventKey; readonly sinceMs: number }[],
): Promise<number> {
  const due: { event: LiveEvent; invalidations: readonly EdgeInvalidation[] }[] = [];
  for (const { key, sinceMs } of changed) {
    const event = await eventOf(sync, key);
    const invalidations = event === undefined ? [] : edgeConfigurationOf(event).invalidations;
    const recent = invalidations.filter(({ atMs }) => atMs >= sinceMs - LOOK_BACK_MS);
    if (event !== undefined && recent.length > 0) due.push({ event, invalidations: recent });
  }
  if (due.length === 0) return 0;
  const newestMs = Math.max(...due.flatMap(({ invalidations }) => invalidations.map(({ atMs }) => atMs)));
  await sync.clock.sleepUntil(newestMs + PURGE_AFTER_MS, NEVER);
  const tags = tagsOf(due, sync.clock.nowMs());
  const ids = due.flatMap(({ event, invalidations }) =>
    invalidations.map(({ id }) => `${eventTag(event.key)}/${id}`),
  );
  // The same reference must come with the same tags, which move with the live edge.
  const asked = [...ids.sort(), ...tags].join(' ');
  if (tags.length > 0) await forget(tags, sync.digester.sha256Hex(asked));
  return tags.length;
}

async function eventOf(sync: EdgeSync, key: EventKey): Promise<LiveEvent | undefined> {
  const record = await sync.events.read(key);
  if (record === undefined || record === 'unchanged') return undefined;
  try {
    return compileEvent(record);
  } catch (error) {
    sync.onUnreadable(key, error);
    return undefined;
  }
}

function tagsOf(
  due: readonly { readonly event: LiveEvent; readonly invalidations: readonly EdgeInvalidation[] }[],
  nowMs: number,
): readonly string[] {
  const tags = new Set(
    due.flatMap(({ event, invalidations }) =>
      // The list holds so many; some that were there may be gone.
      invalidations.length === INVALIDATIONS_MAX
        ? [eventTag(event.key)]
        : invalidations.flatMap((range) => tagsOfRange(event.key, clipped(event, range, nowMs))),
    ),
  );
  return tags.size <= TAGS_MAX ? [...tags] : due.map(({ event }) => eventTag(event.key));
}

/** To the numbers that a cache can have: an open end would be every number there is. */
function clipped({ schedule }: LiveEvent, range: EdgeInvalidation, nowMs: number): EdgeInvalidation {
  return {
    ...range,
    fromSegment: Math.max(range.fromSegment, windowStart(schedule, nowMs)),
    toSegment: Math.min(range.toSegment, liveEdge(schedule, nowMs) + 1),
  };
}
