import { setTimeout as sleep } from 'node:timers/promises';
import { cutFrames, shiftTime } from '../../demo/damage';
import type { DemoFeed, Headwater } from '../../embedded';

export const SEGMENT_MS = 2000;
/** From the drill's first segment until a player, some 12 s behind, has played its last one. */
export const WATCHED_MS = 36_000;

/** What is wrong with pipeline `a`, which is the first in order, and for which numbers from the start of the drill. */
const DRILL = {
  withheld: { from: 0, to: 2 },
  cut: { from: 4, to: 5 },
  shifted: { from: 7, to: 8 },
  /** Its process has ended. */
  stopped: { from: 11, to: 13 },
} as const;

/** A segment that a player got, and whose copy it was. */
export interface PlayedSegment {
  readonly number: number;
  readonly pipeline: string;
}

/** The first number of a drill that begins soon. */
export function firstOfDrill(): number {
  return Math.floor(Date.now() / SEGMENT_MS) + 2;
}

/** Damages what `a` sends from segment `first` on; resolves when its process has ended. */
export async function drill(headwater: Headwater, first: number): Promise<void> {
  const feed = feedOf(headwater, 'a');
  feed.faults.withhold = (number) => within(DRILL.withheld, number - first);
  feed.faults.transform = (bytes, number) => {
    if (within(DRILL.cut, number - first)) return cutFrames(bytes, 12);
    return within(DRILL.shifted, number - first) ? shiftTime(bytes, 5000n) : bytes;
  };
  // Segment n is sent when 2n + 2 s have passed since 1970: the last one well, the next one not any more.
  await sleep((first + DRILL.stopped.from) * SEGMENT_MS + SEGMENT_MS / 2 - Date.now());
  await feed.stop();
}

/** Expects `b` for all that was wrong of `a`, and in between the preferred one again. */
export function expectFailovers(served: readonly PlayedSegment[], first: number): void {
  const pipelines = (range: { from: number; to: number }) =>
    served.filter(({ number }) => within(range, number - first)).map(({ pipeline }) => pipeline);
  const got = Object.entries(DRILL).map(([fault, range]) => [fault, pipelines(range)]);
  expect(Object.fromEntries(got)).toEqual({
    withheld: ['b', 'b', 'b'],
    cut: ['b', 'b'],
    shifted: ['b', 'b'],
    stopped: ['b', 'b', 'b'],
  });
  expect([3, 6, 9, 10].map((n) => pipelines({ from: n, to: n }).join())).toEqual(['a', 'a', 'a', 'a']);
}

export function feedOf(headwater: Headwater, pipeline: string): DemoFeed {
  const feed = headwater.demo?.feeds.find((each) => each.pipeline === pipeline);
  if (feed === undefined) throw new Error(`demo: wanted a feed of pipeline ${pipeline}, got none`);
  return feed;
}

export function within({ from, to }: { from: number; to: number }, n: number): boolean {
  return n >= from && n <= to;
}
