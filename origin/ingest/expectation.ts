import { initInForce } from '../events/live-event';
import type { LiveEvent, Representation } from '../events/live-event';
import { frameDuration } from '../media/timing';
import type { SegmentExpectation } from '../media/timing';
import type { Track } from '../media/track';

/**
 * What is known of the track before its segment is read: the pipeline's own init, else the one in force, else the
 * configured timescale. @returns undefined when not even that is known: the init has to come first.
 */
export function trackOf(representation: Representation, pipeline: string, number: number): Track | undefined {
  const own = representation.pipelineInits.get(pipeline)?.init;
  const init = own ?? initInForce(representation, number)?.init;
  if (init !== undefined) return init;
  const { timescale, contentType } = representation.configuration;
  return timescale === undefined ? undefined : { timescale, contentType };
}

/** Where the schedule puts segment `number`, in the terms of its track. */
export function expectationOf(
  event: LiveEvent,
  { configuration }: Representation,
  number: number,
  trackTimescale: number,
): SegmentExpectation {
  const { startNumber, duration, timescale } = event.configuration.segmentTemplate;
  const { contentType, presentationTimeOffset, frameRate, sparse, tolerance } = configuration;
  return {
    number,
    startNumber,
    duration,
    timescale,
    presentationTimeOffset: BigInt(presentationTimeOffset),
    contentType,
    sparse,
    tolerance,
    ...(frameRate !== undefined && { frameDurationTicks: frameDuration(frameRate, trackTimescale) }),
  };
}
