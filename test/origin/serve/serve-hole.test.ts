import { guardBoxes } from '../../../origin/media/box-guard';
import { emptyFragment } from '../../../origin/media/empty-fragment';
import { inspectSegment } from '../../../origin/media/inspect-segment';

describe('a due hole of a sparse track is an empty fragment that a player can take', () => {
  it.each([
    ['wvtt', 1, 8],
    ['stpp.ttml.im1t', 1, 89],
    [undefined, 0, 0],
  ] as const)('%s: %i sample of %i bytes, at its time', (codec, sampleCount, size) => {
    const init = { trackId: 3, ...(codec !== undefined && { codec }) };
    const bytes = emptyFragment({ init, baseMediaDecodeTime: 2n ** 40n + 7n, duration: 2000 });
    const { inspection, defects } = inspectSegment(bytes, {
      trackId: 3,
      timescale: 1000,
      contentType: 'text',
    });
    expect({ defects, guarded: guardBoxes(bytes).kind }).toEqual({ defects: [], guarded: 'guarded' });
    expect(inspection).toMatchObject({
      baseMediaDecodeTime: 2n ** 40n + 7n,
      durationTicks: sampleCount === 1 ? 2000n : 0n,
      sampleCount,
    });
    expect(bytes.length).toBeGreaterThan(size);
  });
});
