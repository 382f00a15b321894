import type { Clock } from '../ports/clock';
import { Holds } from './holds';
import type { RecentBytes } from './recent-bytes';
import { SegmentMemory } from './segment-memory';
import { StorePressure } from './store-pressure';
import type { StoreCall } from './store-pressure';

/** What an instance keeps between the GETs that it answers: nothing of it is needed to answer the next one rightly. */
export interface Serving {
  readonly memory: SegmentMemory;
  readonly pressure: StorePressure;
  readonly holds: Holds;
}

export interface ServingOptions {
  readonly clock: Clock;
  /** The instance's own region. */
  readonly region: string;
  /** The newest segments: how much of them stays in memory. */
  readonly bytes: RecentBytes;
  /** Whether every change of a candidate is told to the memory. */
  readonly isTold: boolean;
  readonly heldMax?: number;
  readonly onStoreCall?: (call: StoreCall, isSlow: boolean) => void;
}

export function makeServing(options: ServingOptions): Serving {
  const { clock, region, bytes, isTold, heldMax, onStoreCall } = options;
  const pressure = new StorePressure(clock, onStoreCall);
  const memory = new SegmentMemory({ clock, pressure, localRegion: region, bytes, isTold });
  return { memory, pressure, holds: new Holds(heldMax) };
}
