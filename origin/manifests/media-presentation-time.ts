import type { LiveEventConfiguration } from '../events/configuration';
import { rational } from '../media/rational';
import type { Rational } from '../media/rational';

type SegmentTemplate = LiveEventConfiguration['segmentTemplate'];

/** When segment `number` starts on the MPD's axis: seconds from availabilityStartTime. */
export function presentationTime(template: SegmentTemplate, number: number): Rational {
  return rational(
    BigInt(number - template.startNumber) * BigInt(template.duration),
    BigInt(template.timescale),
  );
}

export function segmentDuration({ duration, timescale }: SegmentTemplate): Rational {
  return rational(BigInt(duration), BigInt(timescale));
}

/** Digits after the point: a nanosecond, which no player's clock resolves. */
const FRACTION_DIGITS = 9;

/**
 * An xs:duration in seconds, `PT1790000000.88S`: exact where a decimal can be; where none can (sevenths of a second),
 * rounded up by less than a nanosecond, so that nothing is announced before it is there.
 */
export function isoDuration({ numerator, denominator }: Rational): string {
  const scale = 10n ** BigInt(FRACTION_DIGITS);
  const units = (numerator * scale + denominator - 1n) / denominator;
  const fraction = (units % scale).toString().padStart(FRACTION_DIGITS, '0').replace(/0+$/, '');
  return `PT${units / scale}${fraction === '' ? '' : `.${fraction}`}S`;
}

/** What SegmentTemplate says of time, all in one timescale (ISO/IEC 23009-1, 5.3.9.2). */
export interface TemplateTimes {
  readonly timescale: bigint;
  readonly duration: bigint;
  readonly presentationTimeOffset: bigint;
}

/**
 * The media time at which a Period starts that begins with segment `first`, exactly: in the configuration's timescale
 * if that holds it, else in the smallest timescale that does.
 * @param offsetTicks the representation's own presentationTimeOffset, ticks of its track
 * @param trackTimescale ticks per second; irrelevant, and may be unknown, while `offsetTicks` is 0
 */
export function templateTimes(
  template: SegmentTemplate,
  first: number,
  offsetTicks: number,
  trackTimescale = 1,
): TemplateTimes {
  const start = presentationTime(template, first);
  const offset = reduced(
    start.numerator * BigInt(trackTimescale) + BigInt(offsetTicks) * start.denominator,
    start.denominator * BigInt(trackTimescale),
  );
  const duration = reduced(BigInt(template.duration), BigInt(template.timescale));
  const smallest =
    (offset.denominator * duration.denominator) /
    greatestCommonDivisor(offset.denominator, duration.denominator);
  const configured = BigInt(template.timescale);
  const inTimescale = (time: Rational, timescale: bigint) => (time.numerator * timescale) / time.denominator;
  // Players count in doubles: an epoch time at 10,000,000 ticks a second would leave their integers.
  const fits =
    configured % smallest === 0n && inTimescale(offset, configured) <= BigInt(Number.MAX_SAFE_INTEGER);
  const timescale = fits ? configured : smallest;
  return {
    timescale,
    duration: inTimescale(duration, timescale),
    presentationTimeOffset: inTimescale(offset, timescale),
  };
}

function reduced(numerator: bigint, denominator: bigint): Rational {
  const divisor = greatestCommonDivisor(numerator, denominator);
  return rational(numerator / divisor, denominator / divisor);
}

function greatestCommonDivisor(left: bigint, right: bigint): bigint {
  let [a, b] = [left, right];
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}
