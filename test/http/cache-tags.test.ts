import fc from 'fast-check';
import { eventTag, RANGE_TAGS_MAX, segmentTags, tagsOfRange } from '../../http/cache-tags';
import { isInvalidated } from '../../origin/events/invalidations';
import type { InvalidatedRange } from '../../origin/ports/invalidator';

const KEY = { tenant: 'acme', event: 'final' };
const EPOCH = 895_000_000;

const anyServed = fc.record({
  representation: fc.constantFrom('v720', 'a128', 'a'),
  number: fc.integer({ min: EPOCH, max: EPOCH + 9000 }),
  pipeline: fc.constantFrom('a', 'b'),
  region: fc.constantFrom('us-east-1', 'us-west-2'),
});

const anyRange = fc
  .record({
    from: fc.integer({ min: EPOCH, max: EPOCH + 9000 }),
    length: fc.integer({ min: 0, max: 9000 }),
    representation: fc.option(fc.constantFrom('v720', 'a128', 'a'), { nil: undefined }),
    pipeline: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }),
    region: fc.option(fc.constantFrom('us-east-1', 'us-west-2'), { nil: undefined }),
  })
  .map(({ from, length, representation, pipeline, region }): InvalidatedRange => ({
    ...{ fromSegment: from, toSegment: from + length },
    ...(representation !== undefined && { representation }),
    ...(pipeline !== undefined && { pipeline }),
    ...(region !== undefined && { region }),
  }));

const forgets = (range: InvalidatedRange, served: Parameters<typeof segmentTags>[1]) => {
  const tags = new Set(segmentTags(KEY, served).split(','));
  return tagsOfRange(KEY, range).some((tag) => tags.has(tag));
};

describe('a range', () => {
  it('is forgotten whole', () => {
    fc.assert(
      fc.property(anyRange, anyServed, (range, served) => {
        fc.pre(isInvalidated(range, served));
        return forgets(range, served);
      }),
    );
  });

  it('is all that is forgotten, where tags can tell it apart', () => {
    const told = anyRange.filter(({ region, pipeline, representation }) =>
      representation === undefined
        ? region === undefined || pipeline !== undefined
        : region === undefined && pipeline === undefined,
    );
    fc.assert(
      fc.property(told, anyServed, (range, served) => {
        fc.pre(!isInvalidated(range, served));
        return !forgets(range, served);
      }),
    );
  });

  it.each([
    ['one segment', 1, 1],
    ['a minute of 2 s segments', 30, 16],
    ['two hours of them', 3600, 61],
    ['a fortnight of them', 604_800, 233],
  ])('%s (%i numbers) needs at most %i tags', (_, count, tags) => {
    const fromSegment = EPOCH + 5;
    const range = { fromSegment, toSegment: fromSegment + count - 1, pipeline: 'a' };
    expect(tagsOfRange(KEY, range).length).toBeLessThanOrEqual(tags);
  });

  it.each<[Partial<InvalidatedRange>, string]>([
    [{}, 'ev:acme/final'],
    [{ pipeline: 'a' }, 'p:acme/final/a'],
    [{ pipeline: 'a', region: 'us-east-1' }, 'p:acme/final/a/us-east-1'],
    [{ pipeline: 'a', representation: 'v720' }, 'ev:acme/final'],
    [{ region: 'us-east-1' }, 'ev:acme/final'],
  ])('without an end is all that %j names: %s', (named, tag) => {
    const range = { fromSegment: 0, toSegment: Number.MAX_SAFE_INTEGER, ...named };
    expect(tagsOfRange(KEY, range)).toEqual([tag]);
    expect(segmentTags(KEY, served).split(',')).toContain(tag);
  });

  const served = { representation: 'v720', number: EPOCH, pipeline: 'a', region: 'us-east-1' };
});

describe('the tags of a segment', () => {
  const name = 'x'.repeat(64);
  const longest = segmentTags(
    { tenant: name, event: name },
    {
      representation: name,
      pipeline: name,
      region: 'ap-northeast-1',
      number: Number.MAX_SAFE_INTEGER,
    },
  ).split(',');

  it('are as many and as long as CloudFront takes, with the longest names of all', () => {
    expect(longest.length).toBeLessThanOrEqual(50);
    expect(Math.max(...longest.map((tag) => tag.length))).toBeLessThanOrEqual(256);
  });

  it('begin with the event', () => {
    const [first] = segmentTags(KEY, { representation: 'v', number: 1, pipeline: 'a', region: 'r' }).split(
      ',',
    );
    expect(first).toBe(eventTag(KEY));
  });

  it('bound what one range may ask for', () => expect(RANGE_TAGS_MAX).toBeLessThan(3000));
});
