import fc from 'fast-check';
import { isValid } from '../../../origin/media/defect';
import { frameDuration, timingDefects } from '../../../origin/media/timing';
import { EXPECTED, SEGMENT, judged } from '../../support/timed';

describe('honest jitter is never flagged', () => {
  const number = fc.integer({ min: 0, max: 1_000_000_000 });
  const startNumber = fc.constantFrom(0, 1);
  const offset = fc.bigInt({ min: 0n, max: 10n ** 13n });

  it('audio of any frame length that starts at its first frame on or after the grid, in any template', () => {
    const codec = fc.constantFrom(
      [1024n, 48_000],
      [1024n, 44_100],
      [1536n, 48_000],
      [960n, 48_000],
      [2048n, 24_000],
      [4608n, 96_000],
    );
    const template = fc.constantFrom(
      [2000, 1000],
      [60_060, 30_000],
      [1920, 1000],
      [192, 50],
      [4, 1],
      [20_000_000, 10_000_000],
    );
    fc.assert(
      fc.property(
        number,
        startNumber,
        offset,
        codec,
        template,
        (count, first, presentationTimeOffset, [frame, rate], [duration, timescale]) => {
          const [frameTicks, trackTimescale] = [frame as bigint, rate as number];
          const startOf = (n: bigint) => {
            const numerator = n * BigInt(duration) * BigInt(trackTimescale);
            const frames = ceil(numerator, BigInt(timescale) * frameTicks);
            return frames * frameTicks;
          };
          const [start, end] = [startOf(BigInt(count)), startOf(BigInt(count) + 1n)];
          const inspection = {
            timescale: trackTimescale,
            baseMediaDecodeTime: start + presentationTimeOffset,
            durationTicks: end - start,
            frameTicks,
            sampleCount: Number((end - start) / frameTicks),
          };
          const expectation = {
            number: count + first,
            startNumber: first,
            presentationTimeOffset,
            duration: duration as number,
            timescale: timescale as number,
            contentType: 'audio' as const,
          };
          expect(judged(inspection, expectation)).toEqual([]);
        },
      ),
    );
  });

  it('video of any frame rate and timescale, rounded up, down or to the nearest tick', () => {
    const rates = fc.constantFrom(
      ['25', 50n],
      ['30000/1001', 60n],
      ['60000/1001', 120n],
      ['24000/1001', 48n],
      ['50', 96n],
    );
    const trackTimescale = fc.constantFrom(1000, 12_800, 24_000, 30_000, 60_000, 90_000, 600_000, 10_000_000);
    const rounding = fc.constantFrom<(a: bigint, b: bigint) => bigint>(
      (a, b) => a / b,
      ceil,
      (a, b) => (2n * a + b) / (2n * b),
    );
    fc.assert(
      fc.property(
        number,
        startNumber,
        offset,
        rates,
        trackTimescale,
        rounding,
        (count, first, presentationTimeOffset, [rate, frames], timescale, rounded) => {
          const [perSecond = 1n, seconds = 1n] = (rate as string).split('/').map(BigInt);
          const duration = (frames as bigint) * seconds;
          const startOf = (n: bigint) => rounded(n * duration * BigInt(timescale), perSecond);
          const [start, end] = [startOf(BigInt(count)), startOf(BigInt(count) + 1n)];
          const inspection = {
            timescale,
            baseMediaDecodeTime: start + presentationTimeOffset,
            durationTicks: end - start,
            frameTicks: rounded(seconds * BigInt(timescale), perSecond),
            sampleCount: Number(frames),
          };
          const expectation = {
            number: count + first,
            startNumber: first,
            presentationTimeOffset,
            duration: Number(duration),
            timescale: Number(perSecond),
            frameDurationTicks: frameDuration(rate, timescale),
          };
          expect(judged(inspection, expectation)).toEqual([]);
        },
      ),
    );
  });
});

describe('what is off is flagged, by exactly how much it is off', () => {
  const number = fc.integer({ min: 0, max: 1_000_000_000 });

  it('video that starts n ticks away', () => {
    const ticks = fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }).filter((value) => value !== 0n);
    fc.assert(
      fc.property(number, ticks, (n, off) => {
        const baseMediaDecodeTime = BigInt(n) * 25_600n + off;
        expect(judged({ baseMediaDecodeTime }, { number: n })).toEqual([`discontinuity;ticks=${off}`]);
      }),
    );
  });

  it('video that lacks k frames at its end, at its start, or at both', () => {
    fc.assert(
      fc.property(
        number,
        fc.integer({ min: 0, max: 25 }),
        fc.integer({ min: 0, max: 24 }),
        (n, before, after) => {
          const missing = before + after;
          fc.pre(missing > 0);
          const cut = {
            baseMediaDecodeTime: BigInt(n) * 25_600n + BigInt(before) * 512n,
            durationTicks: BigInt(50 - missing) * 512n,
            sampleCount: 50 - missing,
          };
          expect(judged(cut, { number: n })).toEqual([`short;missing=${missing};ticks=${-missing * 512}`]);
        },
      ),
    );
  });

  it('audio that is displaced by a frame or more, and lasts as long as it should', () => {
    fc.assert(
      fc.property(number, fc.bigInt({ min: 1024n, max: 10n ** 9n }), fc.boolean(), (n, off, early) => {
        const priming = early && off <= 3072n;
        const audio = { timescale: 48_000, frameTicks: 1024n, sampleCount: 94, durationTicks: 96_256n };
        const baseMediaDecodeTime = BigInt(n) * 96_000n + (early ? -off : off);
        const defects = timingDefects(
          { ...SEGMENT, ...audio, baseMediaDecodeTime },
          { ...EXPECTED, number: n, contentType: 'audio' },
        );
        expect(isValid(defects)).toBe(priming && off < 1280n);
      }),
    );
  });
});

function ceil(numerator: bigint, denominator: bigint): bigint {
  return (numerator + denominator - 1n) / denominator;
}
