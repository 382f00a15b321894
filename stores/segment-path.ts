import type { SegmentKey } from '../origin/candidate';

/** One string for a segment, unequal for unequal segments: names hold no `/` (`NAME_PATTERN`). */
export function segmentPath(segment: SegmentKey): string {
  return `${segment.tenant}/${segment.event}/${segment.representation}/${segment.number}`;
}
