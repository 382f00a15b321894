import fc from 'fast-check';
import {
  isoDuration,
  presentationTime,
  templateTimes,
} from '../../../origin/manifests/media-presentation-time';
import { rational } from '../../../origin/media/rational';

const template = (duration: number, timescale: number, startNumber = 0) => ({
  timescale,
  duration,
  startNumber,
  initialization: '$RepresentationID$/init.mp4',
  media: '$RepresentationID$/$Number$.m4s',
});

describe('a duration in XML', () => {
  it.each([
    ['whole seconds', 1_790_000_000n, 1n, 'PT1790000000S'],
    ['1.92 s', 48n, 25n, 'PT1.92S'],
    ['2.002 s', 60_060n, 30_000n, 'PT2.002S'],
    ['nothing', 0n, 1n, 'PT0S'],
    ['a seventh, which no decimal holds: never early', 1n, 7n, 'PT0.142857143S'],
  ])('%s', (_, numerator, denominator, expected) => {
    expect(isoDuration(rational(numerator, denominator))).toBe(expected);
  });
});

describe('the start of a Period', () => {
  it.each([
    ['1.92 s from 1 (MediaLive)', template(1920, 1000, 1), 919_592_501, 'PT1765617600S'],
    ['1.92 s from 0', template(1920, 1000, 0), 919_592_501, 'PT1765617601.92S'],
    ['2.002 s from 0', template(60_060, 30_000, 0), 882_000_001, 'PT1765764002.002S'],
    ['2.002 s from 1', template(60_060, 30_000, 1), 882_000_001, 'PT1765764000S'],
    ['the event that begins with its first number', template(2000, 1000, 7), 7, 'PT0S'],
  ])('%s', (_, of, first, expected) => {
    expect(isoDuration(presentationTime(of, first))).toBe(expected);
  });
});

describe('the media time at which a Period starts', () => {
  it.each([
    [
      'in the configured timescale',
      template(60_060, 30_000),
      882_000_001,
      0,
      30_000,
      [30_000n, 60_060n, 52_972_920_060_060n],
    ],
    ['shifted by whole units of it', template(2000, 1000), 10, 90_000, 90_000, [1000n, 2000n, 21_000n]],
    [
      'shifted by less than a unit: the smallest timescale that holds it',
      template(2000, 1000),
      10,
      1,
      48_000,
      [48_000n, 96_000n, 960_001n],
    ],
    [
      'beyond the integers of players: reduced',
      template(20_000_000, 10_000_000),
      895_000_000,
      0,
      10_000_000,
      [1n, 2n, 1_790_000_000n],
    ],
  ])('%s', (_, of, first, offset, trackTimescale, [timescale, duration, presentationTimeOffset]) => {
    expect(templateTimes(of, first, offset, trackTimescale)).toEqual({
      timescale,
      duration,
      presentationTimeOffset,
    });
  });

  it('is exact for every template, number and offset', () => {
    const whole = (max: number) => fc.integer({ min: 1, max });
    fc.assert(
      fc.property(
        whole(1e9),
        whole(1e7),
        fc.integer({ min: 0, max: 2e9 }),
        fc.integer({ min: 0, max: 1e12 }),
        whole(1e7),
        (duration, timescale, first, offset, trackTimescale) => {
          const times = templateTimes(template(duration, timescale), first, offset, trackTimescale);
          // duration: times.duration / times.timescale = duration / timescale, cross-multiplied.
          expect(times.duration * BigInt(timescale)).toBe(BigInt(duration) * times.timescale);
          // start: first * duration / timescale + offset / trackTimescale.
          const expected =
            BigInt(first) * BigInt(duration) * BigInt(trackTimescale) + BigInt(offset) * BigInt(timescale);
          expect(times.presentationTimeOffset * BigInt(timescale) * BigInt(trackTimescale)).toBe(
            expected * times.timescale,
          );
        },
      ),
    );
  });
});
