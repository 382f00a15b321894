import fc from 'fast-check';
import {
  DamageError,
  asTrack,
  branded,
  corrupt,
  cutFrames,
  dropFragment,
  shiftFragment,
  shiftTime,
  truncate,
  withoutSync,
} from '../../demo/damage';
import { isFatal } from '../../origin/media/defect';
import { fixture, found, said, segmentOf } from '../support/media';

const [avc, chunked, aac] = ['avc-25', 'avc-25-chunked', 'aac-48k'].map((name) => fixture(name));
if (avc === undefined || chunked === undefined || aac === undefined) throw new Error('fixtures are missing');

describe('damage', () => {
  it('takes any number of frames off either end, and leaves a segment that is sound but short', () => {
    const one = fc.constantFrom(avc, chunked);
    fc.assert(
      fc.property(
        one,
        fc.integer({ min: 1, max: 49 }),
        fc.constantFrom('end' as const, 'start' as const),
        (of, count, at) => {
          const { bytes } = segmentOf(of);
          const { inspection, defects } = found(of, cutFrames(bytes, count, at));
          const sync = at === 'start' && of === chunked ? ['no-sync'] : [];
          expect(said(defects)).toEqual([...sync, `short;missing=${count};ticks=${-512 * count}`]);
          expect(inspection?.sampleCount).toBe(50 - count);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('takes the media of the frames along', () => {
    const { bytes } = segmentOf(aac);
    const cut = cutFrames(bytes, 10);
    expect(cut.length).toBeLessThan(bytes.length - 10 * 4);
    expect(found(aac, cut).inspection).toMatchObject({ sampleCount: 84, durationTicks: 84n * 1024n });
  });

  it('moves a segment by ticks of its track and back again', () => {
    const { bytes } = segmentOf(avc);
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 13n), max: 10n ** 15n }), (ticks) => {
        expect(shiftTime(shiftTime(bytes, ticks), -ticks)).toEqual(bytes);
      }),
      { numRuns: 20 },
    );
  });

  it('makes noise that is refused under every seed, and the same under the same', () => {
    const { bytes } = segmentOf(avc);
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        expect(found(avc, corrupt(bytes, seed)).defects.some(isFatal)).toBe(true);
        expect(corrupt(bytes, seed)).toEqual(corrupt(bytes, seed));
      }),
      { numRuns: 100 },
    );
  });

  it.each<[string, (bytes: Uint8Array) => Uint8Array]>([
    ['cutFrames', (bytes) => cutFrames(bytes, 3)],
    ['dropFragment', (bytes) => dropFragment(bytes, 1)],
    ['shiftTime', (bytes) => shiftTime(bytes, 5n)],
    ['shiftFragment', (bytes) => shiftFragment(bytes, 1, 5n)],
    ['truncate', (bytes) => truncate(bytes, 100)],
    ['corrupt', (bytes) => corrupt(bytes, 3)],
    ['withoutSync', withoutSync],
    ['asTrack', (bytes) => asTrack(bytes, 3)],
    ['branded', (bytes) => branded(bytes, 'slat')],
  ])('%s leaves its argument alone', (_, damage) => {
    const { bytes } = segmentOf(chunked);
    const before = bytes.slice();
    expect(damage(bytes)).not.toEqual(before);
    expect(bytes).toEqual(before);
  });

  it.each<[string, () => Uint8Array, RegExp]>([
    ['all frames', () => cutFrames(segmentOf(avc).bytes, 50), /count: wanted 1 to 49, got 50/],
    ['no frames', () => cutFrames(segmentOf(avc).bytes, 0), /count: wanted 1 to 49, got 0/],
    [
      'frames of an encrypted segment',
      () => cutFrames(segmentOf(fixture('avc-25-cenc')).bytes, 1),
      /wanted a clear one/,
    ],
    ['a fragment that is not there', () => dropFragment(segmentOf(avc).bytes, 1), /index: wanted a fragment/],
    [
      'a segment that is damaged already',
      () => cutFrames(truncate(segmentOf(avc).bytes, 50), 1),
      /wanted a sound one/,
    ],
  ])('refuses %s, saying why', (_, damage, message) => {
    expect(damage).toThrow(DamageError);
    expect(damage).toThrow(message);
  });
});
