import type { EventKey } from '../origin/candidate';
import type { InvalidatedRange } from '../origin/ports/invalidator';

/**
 * Cache tags: names that a shared cache keeps with an object and forgets it by. A cache knows no ranges and no
 * conditions, only exact names, so every segment carries its number in blocks of several sizes, alone and with whatever
 * an invalidation may name beside it; any range is then a few blocks, and nothing around it is fetched again.
 *
 * CloudFront takes 50 tags an object, 256 characters each, and minds no case: of two events that differ in nothing else,
 * one is fetched again for the other.
 */

/** Numbers in a block, each a multiple of the one after it. */
const BLOCKS = [4096, 256, 16, 1] as const;

/** Tags for one range; one that needs more is forgotten with all that surrounds it. A cache has 3,000 in progress at once. */
export const RANGE_TAGS_MAX = 500;

/** On every object of an event. */
export function eventTag(key: EventKey): string {
  return `ev:${key.tenant}/${key.event}`;
}

/** Whose copy of which segment was served, and by which region. */
export interface ServedSegment {
  readonly representation: string;
  readonly number: number;
  readonly pipeline: string;
  readonly region: string;
}

/** The value of `Cache-Tag` of a segment. */
export function segmentTags(key: EventKey, served: ServedSegment): string {
  const { representation, number, pipeline, region } = served;
  const byPipeline = pipelineScope(key, pipeline);
  const scopes = [
    numberScope(key),
    byPipeline,
    `${byPipeline}/${region}`,
    representationScope(key, representation),
  ];
  const blocks = scopes.flatMap((scope) =>
    BLOCKS.map((size) => blockTag(scope, size, Math.floor(number / size))),
  );
  return [eventTag(key), byPipeline, `${byPipeline}/${region}`, ...blocks].join(',');
}

/**
 * The tags by which a cache forgets a range. Never too few: what no tag can tell apart (a region without its pipeline,
 * pipelines of one representation) is forgotten together. A tag of every combination would be longer than caches take.
 * @param range clipped to numbers that can have been served, or it may be the whole event's
 */
export function tagsOfRange(key: EventKey, range: InvalidatedRange): readonly string[] {
  const { pipeline, region, representation } = range;
  const tags = blockTags(scopeOf(key, range), range.fromSegment, range.toSegment);
  if (tags !== undefined) return tags;
  if (pipeline === undefined || representation !== undefined) return [eventTag(key)];
  return [region === undefined ? pipelineScope(key, pipeline) : `${pipelineScope(key, pipeline)}/${region}`];
}

function scopeOf(key: EventKey, { representation, pipeline, region }: InvalidatedRange): string {
  if (representation !== undefined) return representationScope(key, representation);
  if (pipeline === undefined) return numberScope(key);
  const scope = pipelineScope(key, pipeline);
  return region === undefined ? scope : `${scope}/${region}`;
}

/** The fewest blocks that make up the numbers `from` to `to`; undefined for more than {@link RANGE_TAGS_MAX}. */
function blockTags(scope: string, from: number, to: number): readonly string[] | undefined {
  const tags: string[] = [];
  for (let next = from; next <= to;) {
    const first = next;
    const size = BLOCKS.find((each) => first % each === 0 && first + each - 1 <= to) ?? 1;
    if (tags.push(blockTag(scope, size, next / size)) > RANGE_TAGS_MAX) return undefined;
    next += size;
  }
  return tags;
}

function blockTag(scope: string, size: number, block: number): string {
  return `${scope}:${size}.${block}`;
}

const numberScope = ({ tenant, event }: EventKey) => `n:${tenant}/${event}`;
const pipelineScope = ({ tenant, event }: EventKey, pipeline: string) => `p:${tenant}/${event}/${pipeline}`;
const representationScope = ({ tenant, event }: EventKey, representation: string) =>
  `r:${tenant}/${event}/${representation}`;
