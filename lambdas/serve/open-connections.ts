import type { SegmentKey } from '../../origin/candidate';
import type { Origin } from '../../origin/origin';

/** Nothing is named so, nor can be: names begin with a letter or a digit. */
const NOTHING: SegmentKey = { tenant: '-', event: '-', representation: '-', number: 0 };

/**
 * Asks every region's candidate table for nothing, when an instance starts. Another region is waited for 150 ms, and what is
 * asked over a new connection takes three round trips: the instance's first answers would be given without it. Nobody
 * waits for this, and whoever asks next will see what failed.
 */
export function openConnections({ local, peers }: Pick<Origin, 'local' | 'peers'>): void {
  for (const { candidates } of [local, ...peers]) candidates.ofSegment(NOTHING).catch(() => undefined);
}
