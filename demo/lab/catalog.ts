import { corrupt, cutFrames, shiftTime, timedAs, truncate } from '../damage';

/** What is done to a pipeline's segments on their way to every region. */
export interface PipelineFault {
  readonly scope: 'pipeline';
  readonly name: string;
  readonly what: string;
  /** Nothing is sent of the numbers for which it is true. */
  readonly withhold?: (number: number) => boolean;
  /** `made(n)` is segment n of the same representation as it should be. */
  readonly transform?: (
    bytes: Uint8Array,
    number: number,
    made: (number: number) => Uint8Array,
  ) => Uint8Array;
  /** Milliseconds by which sending begins later. */
  readonly delayMs?: number;
}

/** What is done to a region, or to the way there. */
export interface RegionFault {
  readonly scope: 'region';
  readonly name: RegionFaultName;
  readonly what: string;
}

export type RegionFaultName = 'stop-region' | 'slow-stores' | 'fill-disk' | 'lag-events' | 'cut-from-edge';
export type Fault = PipelineFault | RegionFault;

const FRAMES_CUT = 5;
/** Twice the segment's duration in any timescale of the demo, so no tolerance covers it. */
const SHIFT_TICKS = 51_200n;
const TRUNCATED_SHARE = 0.6;
/** More than the retry deadline: viewers cannot wait for it. */
const DELAY_MS = 8000;

/** Every fault of the lab, in the order in which a rehearsal meets them (docs/operating.md). */
export const FAULTS: readonly Fault[] = [
  { scope: 'pipeline', name: 'stop', what: 'sends nothing any more', withhold: () => true },
  {
    scope: 'pipeline',
    name: 'drop',
    what: 'loses every third segment',
    withhold: (number) => number % 3 === 0,
  },
  {
    ...{ scope: 'pipeline', name: 'cut-frames', what: `loses ${FRAMES_CUT} frames of each segment` },
    transform: (bytes) => cutFrames(bytes, FRAMES_CUT),
  },
  {
    ...{ scope: 'pipeline', name: 'shift-time', what: 'has a clock that is wrong by some seconds' },
    transform: (bytes) => shiftTime(bytes, SHIFT_TICKS),
  },
  {
    ...{ scope: 'pipeline', name: 'truncate', what: 'ends each segment before its end' },
    transform: (bytes) => truncate(bytes, Math.floor(bytes.length * TRUNCATED_SHARE)),
  },
  {
    ...{
      scope: 'pipeline',
      name: 'repeat',
      what: 'freezes: two of three segments have the pictures of the one before',
    },
    transform: (bytes, number, made) => timedAs(made(number - (number % 3)), bytes),
  },
  { scope: 'pipeline', name: 'delay', what: `sends ${DELAY_MS / 1000} s late`, delayMs: DELAY_MS },
  {
    ...{ scope: 'pipeline', name: 'corrupt', what: 'changes bytes of the boxes at random' },
    transform: (bytes, number) => corrupt(bytes, number),
  },
  { scope: 'region', name: 'stop-region', what: 'is gone: its port is closed, its stores reject' },
  { scope: 'region', name: 'slow-stores', what: 'has stores that take 400 ms a call' },
  { scope: 'region', name: 'fill-disk', what: 'has no space left to write to' },
  { scope: 'region', name: 'lag-events', what: 'hears of changes to events 10 s late' },
  { scope: 'region', name: 'cut-from-edge', what: 'cannot be reached by the edge' },
];
