import type { InvalidatedRange } from '../ports/invalidator';
import type { EventEntry } from './event-record';

/** An invalidation as an edge is told it. */
export interface EdgeInvalidation extends InvalidatedRange {
  readonly id: string;
  readonly atMs: number;
}

/** Edges look every second: so many changes within a second are a storm, after which an edge forgets the whole event. */
export const INVALIDATIONS_MAX = 64;

/**
 * What an entry changes of answers that caches may hold; undefined for nothing, or for what the version tells.
 * @param entries of the same event: an undo is told by its target
 */
export function invalidatedBy(
  entry: EventEntry,
  entries: readonly EventEntry[],
): InvalidatedRange | undefined {
  if (entry.kind === 'invalidation') return entry.range;
  if (entry.kind === 'preference') return rangeOf(entry);
  // Ours begin at a number that nobody was served.
  if (entry.kind === 'mask')
    return entry.automatic === true ? undefined : { ...rangeOf(entry), pipeline: entry.pipeline };
  if (entry.kind !== 'undo') return undefined;
  const target = entries.find(({ id }) => id === entry.target);
  // Whatever was served in its place may give way to it.
  return target?.kind === 'mask' || target?.kind === 'preference' ? rangeOf(target) : undefined;
}

function rangeOf(entry: {
  readonly fromSegment: number;
  readonly toSegment?: number;
  readonly representation?: string;
}): InvalidatedRange {
  const { fromSegment, toSegment = Number.MAX_SAFE_INTEGER, representation } = entry;
  return { fromSegment, toSegment, ...(representation !== undefined && { representation }) };
}

/** The newest of an event, the newest last, as its edges are told. */
export function invalidationsOf(entries: readonly EventEntry[]): readonly EdgeInvalidation[] {
  return entries
    .flatMap((entry) => {
      const range = invalidatedBy(entry, entries);
      return range === undefined ? [] : [{ id: `${entry.id}@${entry.atMs}`, atMs: entry.atMs, ...range }];
    })
    .sort((left, right) => left.atMs - right.atMs)
    .slice(-INVALIDATIONS_MAX);
}

/** Whether what was served of `number` falls under it. */
export function isInvalidated(
  range: InvalidatedRange,
  served: {
    readonly number: number;
    readonly representation: string;
    readonly pipeline: string | undefined;
    readonly region: string | undefined;
  },
): boolean {
  const same = (wanted: string | undefined, got: string | undefined) =>
    wanted === undefined || got === undefined || wanted === got;
  return (
    range.fromSegment <= served.number &&
    served.number <= range.toSegment &&
    same(range.representation, served.representation) &&
    same(range.pipeline, served.pipeline) &&
    same(range.region, served.region)
  );
}
