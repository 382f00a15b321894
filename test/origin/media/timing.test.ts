import { cutFrames, shiftTime } from '../../../demo/damage';
import type { SegmentInspection } from '../../../origin/media/inspection';
import {
  frameDuration,
  learnedFrameDuration,
  timingDefects,
  type SegmentExpectation,
} from '../../../origin/media/timing';
import { expectationFor, fixture, found, said, segmentOf } from '../../support/media';
import { EXPECTED, SEGMENT } from '../../support/timed';

describe('damage to the time of real segments', () => {
  it.each<[string, string, (bytes: Uint8Array) => Uint8Array, readonly string[]]>([
    [
      '5 frames missing at the end',
      'avc-25',
      (bytes) => cutFrames(bytes, 5),
      ['short;missing=5;ticks=-2560'],
    ],
    [
      '11 frames missing at the start',
      'avc-25',
      (bytes) => cutFrames(bytes, 11, 'start'),
      ['short;missing=11;ticks=-5632'],
    ],
    [
      'frames missing at both ends',
      'avc-25',
      (bytes) => cutFrames(cutFrames(bytes, 2), 3, 'start'),
      ['short;missing=5;ticks=-2560'],
    ],
    [
      '5 frames missing of 29.97 a second',
      'avc-2997',
      (bytes) => cutFrames(bytes, 5),
      ['short;missing=5;ticks=-5005'],
    ],
    [
      '7 frames missing of 59.94 a second',
      'avc-5994',
      (bytes) => cutFrames(bytes, 7),
      ['short;missing=7;ticks=-7007'],
    ],
    [
      'one frame missing at 10 MHz',
      'avc-25-10mhz',
      (bytes) => cutFrames(bytes, 1),
      ['short;missing=1;ticks=-400000'],
    ],
    [
      '12 chunks missing',
      'avc-25-chunked',
      (bytes) => cutFrames(bytes, 12),
      ['short;missing=12;ticks=-6144'],
    ],
    [
      'frames missing of reordered video',
      'avc-25-bframes',
      (bytes) => cutFrames(bytes, 4),
      ['short;missing=4;ticks=-2048'],
    ],
    ['5 AAC frames missing', 'aac-48k', (bytes) => cutFrames(bytes, 5), ['short;missing=5;ticks=-4864']],
    [
      '5 AAC frames missing at the start',
      'aac-48k',
      (bytes) => cutFrames(bytes, 5, 'start'),
      ['short;missing=5;ticks=-4864'],
    ],
    ['3 AC-3 frames missing', 'ac3-48k', (bytes) => cutFrames(bytes, 3), ['short;missing=3;ticks=-3840']],
    ['10 Opus frames missing', 'opus-48k', (bytes) => cutFrames(bytes, 10), ['short;missing=10;ticks=-9600']],
    ['one tick late', 'avc-25', (bytes) => shiftTime(bytes, 1n), ['discontinuity;ticks=1']],
    ['one tick early', 'avc-25', (bytes) => shiftTime(bytes, -1n), ['discontinuity;ticks=-1']],
    ['one frame early', 'avc-25', (bytes) => shiftTime(bytes, -512n), ['discontinuity;ticks=-512']],
    ['a whole segment late', 'avc-25', (bytes) => shiftTime(bytes, 25_600n), ['discontinuity;ticks=25600']],
    [
      'a whole segment early, at 10 MHz',
      'avc-25-10mhz',
      (bytes) => shiftTime(bytes, -20_000_000n),
      ['discontinuity;ticks=-20000000'],
    ],
    [
      'a part of a frame late and short by one',
      'avc-25',
      (bytes) => shiftTime(cutFrames(bytes, 1), 100n),
      ['discontinuity;ticks=100', 'short;missing=1;ticks=-512'],
    ],
    [
      'late, and past its end',
      'avc-25',
      (bytes) => shiftTime(cutFrames(bytes, 2), 1536n),
      ['discontinuity;ticks=1536', 'short;missing=2;ticks=-1024'],
    ],
    ['an AAC frame late', 'aac-48k', (bytes) => shiftTime(bytes, 1024n), ['discontinuity;ticks=1024']],
    ['4 AAC frames early', 'aac-48k', (bytes) => shiftTime(bytes, -4096n), ['discontinuity;ticks=-4096']],
  ])('%s (%s)', (_, name, damage, wanted) => {
    const of = fixture(name);
    expect(said(found(of, damage(segmentOf(of).bytes)).defects)).toEqual(wanted);
  });

  it('is found by the number that a segment came under', () => {
    const of = fixture('avc-25');
    const { number, bytes } = segmentOf(of);
    const { defects } = found(of, bytes, { number: number + 1 });
    expect(said(defects)).toEqual(['discontinuity;ticks=-25600']);
  });

  it('names the frames that the configured rate wants', () => {
    const of = fixture('avc-25');
    const { number, bytes } = segmentOf(of);
    const expectation = { ...expectationFor(of, number), frameDurationTicks: frameDuration('50', 12_800) };
    expect(said(found(of, cutFrames(bytes, 5), expectation).defects)).toEqual([
      'short;missing=10;ticks=-2560',
    ]);
    expect(said(found(of, bytes, expectation).defects)).toEqual(['short;missing=50;ticks=0']);
    const right = { ...expectation, frameDurationTicks: frameDuration('25', 12_800) };
    expect(said(found(of, bytes, right).defects)).toEqual([]);
  });
});

describe('the limits of honesty', () => {
  it.each<[string, Partial<SegmentInspection>, Partial<SegmentExpectation>, readonly string[]]>([
    ['text anywhere within a segment', { baseMediaDecodeTime: 25_599n }, { contentType: 'text' }, []],
    [
      'text a whole segment off',
      { baseMediaDecodeTime: 25_600n },
      { contentType: 'text' },
      ['discontinuity;ticks=25600'],
    ],
    ['metadata of any length', { durationTicks: 7n, sampleCount: 0 }, { contentType: 'application' }, []],
    [
      'a sparse track',
      { durationTicks: 0n, sampleCount: 0, baseMediaDecodeTime: 100n },
      { contentType: 'audio', sparse: true },
      [],
    ],
    [
      'a start within the configured tolerance',
      { baseMediaDecodeTime: 40n },
      { tolerance: { startTicks: 40 } },
      [],
    ],
    [
      'a start beyond it',
      { baseMediaDecodeTime: 41n },
      { tolerance: { startTicks: 40 } },
      ['discontinuity;ticks=41'],
    ],
    [
      'a duration within the configured tolerance',
      { durationTicks: 25_088n },
      { tolerance: { durationTicks: 512 } },
      [],
    ],
    [
      'a duration beyond it',
      { durationTicks: 25_087n },
      { tolerance: { durationTicks: 512 } },
      ['short;missing=1;ticks=-513'],
    ],
    ['video that is too long', { durationTicks: 26_624n, sampleCount: 52 }, {}, ['long;extra=2;ticks=1024']],
    [
      'a segment without samples',
      { durationTicks: 0n, sampleCount: 0 },
      { learnedFrameTicks: frameDuration('25', 12_800) },
      ['short;missing=50;ticks=-25600'],
    ],
    [
      'a hole inside, which is a gap and not short',
      { durationTicks: 24_576n, spanTicks: 25_600n, sampleCount: 48 },
      { frameDurationTicks: frameDuration('25', 12_800) },
      [],
    ],
    ['durations that nobody knows', { durationTicks: 0n, durationUnknown: true }, {}, []],
    [
      'durations that nobody knows, displaced',
      { durationTicks: 0n, durationUnknown: true, baseMediaDecodeTime: 5n },
      {},
      ['discontinuity;ticks=5'],
    ],
    [
      'a tfdt before the first picture by the reordering',
      { baseMediaDecodeTime: -1024n, presentationOffsetTicks: 1024n },
      {},
      [],
    ],
    [
      'a tfdt on the grid, and pictures after it by the reordering',
      { presentationOffsetTicks: 1024n },
      {},
      [],
    ],
    [
      'the same, short',
      { presentationOffsetTicks: 1024n, durationTicks: 23_040n, sampleCount: 45 },
      {},
      ['short;missing=5;ticks=-2560'],
    ],
    [
      'more ticks than a number holds',
      { baseMediaDecodeTime: 2n ** 60n },
      {},
      ['discontinuity;ticks=1152921504606846976'],
    ],
  ])('%s', (_, inspection, expectation, wanted) => {
    const { frameTicks, ...unlearnt } = { ...SEGMENT, ...inspection };
    const whole = inspection.sampleCount === 0 ? unlearnt : { ...unlearnt, frameTicks: frameTicks ?? 512n };
    expect(said(timingDefects(whole, { ...EXPECTED, ...expectation }))).toEqual(wanted);
  });

  it('learns a frame from earlier segments', () => {
    expect(learnedFrameDuration(SEGMENT)).toEqual({ numerator: 512n, denominator: 1n });
    const { frameTicks, ...without } = SEGMENT;
    expect(frameTicks).toBe(512n);
    expect(learnedFrameDuration(without)).toBeUndefined();
  });
});
