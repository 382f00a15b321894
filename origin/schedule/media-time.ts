import type { LiveEvent, Representation } from '../events/live-event';

/**
 * The number whose segment starts at `ticks` of the track: n = startNumber + round(t / d).
 * @returns undefined when the time is farther than d/8 from the grid, or before its start.
 */
export function numberAtTime(
  event: LiveEvent,
  representation: Representation,
  ticks: bigint,
  timescale: number,
): number | undefined {
  const template = event.configuration.segmentTemplate;
  // In units of 1 / (timescale * template.timescale) seconds everything is whole.
  const time =
    (ticks - BigInt(representation.configuration.presentationTimeOffset)) * BigInt(template.timescale);
  const duration = BigInt(template.duration) * BigInt(timescale);
  const count = (2n * time + duration) / (2n * duration);
  const off = time - count * duration;
  if (time < -duration / 8n || 8n * (off < 0n ? -off : off) > duration) return undefined;
  return template.startNumber + Number(count);
}

/** Where segment `number` starts by the schedule, ticks of a track of `timescale`, rounded to the nearest. */
export function expectedTicks(
  event: LiveEvent,
  representation: Representation,
  number: number,
  timescale: number,
): bigint {
  const template = event.configuration.segmentTemplate;
  const units = BigInt(number - template.startNumber) * BigInt(template.duration) * BigInt(timescale);
  const unit = BigInt(template.timescale);
  return BigInt(representation.configuration.presentationTimeOffset) + (2n * units + unit) / (2n * unit);
}
