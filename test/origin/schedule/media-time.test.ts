import fc from 'fast-check';
import { numberAtTime } from '../../../origin/schedule/media-time';
import { liveEvent, TWO_SECONDS } from '../../support/live-event';
import { representationOf } from '../../support/deployment';

function numberOf(ticks: bigint, timescale: number, template = {}, presentationTimeOffset = 0) {
  const event = liveEvent({
    initialSegmentNumber: 10,
    segmentTemplate: { ...TWO_SECONDS, ...template },
    representations: [{ id: 'v720', contentType: 'video', presentationTimeOffset }],
  });
  return numberAtTime(event, representationOf(event, 'v720'), ticks, timescale);
}

describe('the number of a $Time$ name: the nearest of the grid, an eighth of a segment away at most', () => {
  it.each([
    ['on the grid', 180_000n, 1],
    ['an eighth late', 180_000n + 22_500n, 1],
    ['a tick more', 180_000n + 22_501n, undefined],
    ['an eighth early', 180_000n - 22_500n, 1],
    ['a tick earlier', 180_000n - 22_501n, undefined],
    ['between two', 270_000n, undefined],
    ['the beginning', 0n, 0],
  ])('%s', (_, ticks, expected) => {
    expect(numberOf(ticks, 90_000)).toBe(expected);
  });

  it.each([
    ['from 1', { startNumber: 1 }, 0, 180_000n, 2],
    ['behind an offset', {}, 90_000, 270_000n, 1],
    ['an eighth before the offset', {}, 90_000, 67_500n, 0],
    ['farther before it', {}, 90_000, 67_499n, undefined],
  ])('%s', (_, template, offset, ticks, expected) => {
    expect(numberOf(ticks, 90_000, template, offset)).toBe(expected);
  });

  it('for every number of 2.002 s, in ticks that exceed 2^53', () => {
    const ntsc = { duration: 60_060, timescale: 30_000 };
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2_000_000_000 }), (number) => {
        expect(numberOf(BigInt(number) * 20_020_000n, 10_000_000, ntsc)).toBe(number);
      }),
    );
  });
});
