import fc from 'fast-check';
import { loadDemoAsset } from '../../../demo/asset';
import { asTrack, corrupt, cutFrames, truncate } from '../../../demo/damage';
import { inspectSegment, type InspectedSegment } from '../../../origin/media/inspect-segment';
import { readSparsely } from '../../../origin/media/sparse-segment';
import type { Track } from '../../../origin/media/track';
import type { ByteRange } from '../../../origin/ports/segment-store';
import { box, joined, u32 } from '../../support/boxes';
import { inspectedInit } from '../../support/inspected';
import { fixture, FIXTURE_NAMES, segmentOf } from '../../support/media';

/** What inspection finds by range reads, and which ranges it read. */
async function sparsely(bytes: Uint8Array, track: Track, firstReadBytes?: number) {
  const ranges: ByteRange[] = [];
  const read = async (range: ByteRange) => {
    ranges.push(range);
    return bytes.slice(range.start, range.end);
  };
  const view = await readSparsely(bytes.length, read, firstReadBytes);
  return { inspected: inspectSegment(view, track), ranges, readBytes: sum(ranges) };
}

const sum = (ranges: readonly ByteRange[]) =>
  ranges.reduce((total, { start, end }) => total + end - start, 0);

/** A box of `type` that makes a segment long: filling behind its media. */
const filling = (type: string, size: number) => box(type, new Uint8Array(size - 8).fill(7));

/** So that fixtures of some kilobytes have media data that is not read. */
const SMALL = 16;
/** What a reader tells of bytes that are no boxes may end where it has read to. */
const judged = ({ inspection, defects }: InspectedSegment) => ({
  inspection,
  defects: defects.map(({ name }) => name),
});

describe('a segment read without its media data', () => {
  it.each(FIXTURE_NAMES)('is found to be what it is: %s', async (name) => {
    const of = fixture(name);
    for (const { bytes } of of.segments) {
      const { inspected } = await sparsely(bytes, of.init, SMALL);
      expect(inspected).toEqual(inspectSegment(bytes, of.init));
    }
  });

  it.each([
    ['frames cut', (bytes: Uint8Array) => cutFrames(bytes, 5)],
    ['of another track', (bytes: Uint8Array) => asTrack(bytes, 77)],
    ['without its end', (bytes: Uint8Array) => truncate(bytes, bytes.length - 100)],
    ['within its moof', (bytes: Uint8Array) => truncate(bytes, 300)],
    ['of seven bytes', (bytes: Uint8Array) => truncate(bytes, 7)],
    ['no boxes at all', () => new TextEncoder().encode('<html>'.repeat(9000))],
    [
      'a size of 0 at its end',
      (bytes: Uint8Array) => joined(bytes, Uint8Array.from(u32(0)), new TextEncoder().encode('free')),
    ],
    [
      'a size of 1 that is cut',
      (bytes: Uint8Array) => joined(bytes, Uint8Array.from(u32(1)), new TextEncoder().encode('free')),
    ],
    [
      'an mdat that leaves the file',
      (bytes: Uint8Array) => joined(bytes, Uint8Array.from(u32(2 ** 31)), new TextEncoder().encode('mdat')),
    ],
  ])('is refused for the same defect: %s', async (_, damage) => {
    const of = fixture('avc-25');
    const bytes = damage(segmentOf(of).bytes);
    const { inspected } = await sparsely(bytes, of.init, SMALL);
    expect(judged(inspected)).toEqual(judged(inspectSegment(bytes, of.init)));
  });

  it('whatever a byte is changed to', async () => {
    const of = fixture('avc-25');
    const { bytes } = segmentOf(of);
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const damaged = corrupt(bytes, seed);
        const { inspected } = await sparsely(damaged, of.init, SMALL);
        expect(judged(inspected)).toEqual(judged(inspectSegment(damaged, of.init)));
      }),
      { numRuns: 200 },
    );
  });
});

describe('what it costs', () => {
  const of = fixture('avc-25');
  const { bytes } = segmentOf(of);

  it('one read of 16 kB for a segment of one fragment, however long its media', async () => {
    const asset = loadDemoAsset();
    const large = asset.segment('v720', 895_000_000);
    expect(large.length).toBeGreaterThan(60_000);
    const { ranges } = await sparsely(large, inspectedInit(asset.init('v720')));
    expect(ranges).toEqual([{ start: 0, end: 16_384 }]);
  });

  it('nothing of 10 MB of filling but its header', async () => {
    const { readBytes, inspected } = await sparsely(joined(bytes, filling('free', 10_000_000)), of.init);
    expect(inspected.defects).toEqual([]);
    expect(readBytes).toBeLessThan(100_000);
  });

  it('ten reads for a thousand boxes in between', async () => {
    const many = joined(bytes, ...Array.from({ length: 1000 }, () => filling('free', 10_000)));
    const { ranges } = await sparsely(many, of.init);
    expect(ranges.length).toBeLessThanOrEqual(11);
  });

  it('no byte twice, and none out of order', async () => {
    const many = joined(bytes, ...Array.from({ length: 50 }, () => filling('skip', 70_000)));
    const { ranges } = await sparsely(many, of.init);
    for (const [index, { start }] of ranges.slice(1).entries())
      expect(start).toBeGreaterThanOrEqual(ranges[index]!.end);
  });

  it('fails with the store', async () => {
    const failing = readSparsely(1000, () => Promise.reject(new Error('SlowDown')));
    await expect(failing).rejects.toThrow('SlowDown');
  });
});
