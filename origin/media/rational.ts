/** A fraction of integers, because 30000/1001 frames a second are exact in nothing else. The denominator is positive. */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** @throws RangeError when the denominator is not positive. */
export function rational(numerator: bigint, denominator = 1n): Rational {
  if (denominator <= 0n) throw new RangeError(`denominator: wanted more than 0, got ${denominator}`);
  return { numerator, denominator };
}
