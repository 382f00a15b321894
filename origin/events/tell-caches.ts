import type { EventKey } from '../candidate';
import type { Origin } from '../origin';
import type { EventEntry, InvalidationEntry } from './event-record';
import { invalidatedBy } from './invalidations';

/**
 * Whether an entry raises the version, which stands in every cache key: where it must, because the change is of the
 * whole event, and where nothing else tells the caches in front.
 * @param entries those before it, of which it may take one back
 */
export function versionBumpOf(
  origin: Pick<Origin, 'invalidator'>,
  entry: EventEntry,
  entries: readonly EventEntry[],
): 0 | 1 {
  if (entry.kind === 'init' || (entry.kind === 'invalidation' && entry.range === undefined)) return 1;
  return origin.invalidator === undefined && invalidatedBy(entry, entries) !== undefined ? 1 : 0;
}

/**
 * Has the caches in front forget what an appended entry changed. Edges that read the event's configuration learn of it from
 * the entry itself, and miss nothing; where others could not be told, the version is raised after all: rather the whole event
 * again than an answer that stays wrong.
 * @param entries those before it, of which it may take one back
 * @throws what the event store throws, when the version had to be raised.
 */
export async function tellCaches(
  origin: Origin,
  key: EventKey,
  entry: EventEntry,
  entries: readonly EventEntry[],
): Promise<void> {
  const range = invalidatedBy(entry, entries);
  if (range === undefined || origin.invalidator === undefined) return;
  try {
    await origin.invalidator.invalidate({ key, ...range });
  } catch (error) {
    const whole: InvalidationEntry = {
      kind: 'invalidation',
      id: `whole#${entry.id}`,
      atMs: origin.clock.nowMs(),
      by: entry.by,
      reason: `a cache could not be told of ${entry.id}: ${String(error).slice(0, 200)}`,
    };
    await origin.eventStore.append(key, whole, 1);
    await origin.events.reload(key);
  }
}
