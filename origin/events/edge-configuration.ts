import type { Schedule } from '../schedule/schedule';
import type { LiveEvent } from './live-event';
import type { SegmentName } from './template';

/**
 * What an edge needs of an event to turn away requests for what cannot exist: names and schedule, no secrets, a few
 * hundred bytes. Plain JSON: a `finalSegment` that is not known is left out.
 */
export interface EdgeConfiguration {
  readonly tenant: string;
  readonly event: string;
  /** The cache version: a part of every cache key. */
  readonly version: number;
  readonly schedule: Schedule;
  readonly representations: readonly EdgeRepresentation[];
  /** Whether paths that no template makes may still name something (passthrough objects). */
  readonly passthrough: boolean;
}

export interface EdgeRepresentation {
  readonly id: string;
  readonly initialization: string;
  readonly media: SegmentName;
}

export function edgeConfigurationOf(event: LiveEvent): EdgeConfiguration {
  return {
    ...event.key,
    version: event.head.version,
    schedule: event.schedule,
    representations: [...event.representations.values()].map(({ configuration, initialization, media }) => ({
      id: configuration.id,
      initialization,
      media,
    })),
    passthrough: event.configuration.passthrough.length > 0,
  };
}
