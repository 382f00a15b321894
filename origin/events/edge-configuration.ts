import type { Schedule } from '../schedule/schedule';
import type { EdgeInvalidation } from './invalidations';
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
  /**
   * Of the event's record: an answer whose `Headwater-Revision` is less was given before the newest of `invalidations`
   * was known to its origin.
   */
  readonly revision: number;
  readonly schedule: Schedule;
  readonly representations: readonly EdgeRepresentation[];
  /** Whether paths that no template makes may still name something (passthrough objects). */
  readonly passthrough: boolean;
  /** The value of `Headwater-Notices`, to be put on every answer; absent while there never was a notice. */
  readonly notices?: string;
  /**
   * The newest 64, the newest last. An edge handles each id once; one that knew some and knows none of
   * a full list has missed some, and forgets the event.
   */
  readonly invalidations: readonly EdgeInvalidation[];
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
    revision: event.head.revision,
    schedule: event.schedule,
    representations: [...event.representations.values()].map(({ configuration, initialization, media }) => ({
      id: configuration.id,
      initialization,
      media,
    })),
    passthrough: event.configuration.passthrough.length > 0,
    ...(event.notices !== undefined && { notices: event.notices.field }),
    invalidations: event.invalidations,
  };
}
