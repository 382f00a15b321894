import { defect, measure, type Defect } from './defect';
import type { Fragment } from './fragment';

/** Packagers that round tfdt and durations each for themselves disagree by one tick at most. */
const ROUNDING_TICKS = 1n;

/**
 * Holds each fragment's tfdt against the end of the one before. All gaps of a segment are one defect, and so are all
 * overlaps: `ticks` is their sum, signed (positive: nothing covers that time; negative: two fragments cover it).
 */
export function continuityDefects(
  fragments: readonly Fragment[],
  frameTicks: bigint | undefined,
): readonly Defect[] {
  let gapTicks = 0n;
  let overlapTicks = 0n;
  fragments.forEach((fragment, index) => {
    const before = fragments[index - 1];
    if (before === undefined) return;
    const step = fragment.baseMediaDecodeTime - before.baseMediaDecodeTime - BigInt(before.durationTicks);
    if (step > ROUNDING_TICKS) gapTicks += step;
    if (step < -ROUNDING_TICKS) overlapTicks += step;
  });
  return [
    ...(gapTicks > 0n
      ? [defect('gap', { ticks: measure(gapTicks), ...framesIn(gapTicks, frameTicks) })]
      : []),
    ...(overlapTicks < 0n ? [defect('overlap', { ticks: measure(overlapTicks) })] : []),
  ];
}

function framesIn(ticks: bigint, frameTicks: bigint | undefined): { missing: number | string } | undefined {
  return frameTicks === undefined ? undefined : { missing: measure((ticks + frameTicks / 2n) / frameTicks) };
}
