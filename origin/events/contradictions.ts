import type { Fault } from './configuration';
import type { CompleteConfiguration } from './event-record';
import { namesOf, scheduleOf } from './live-event';
import { MASTER_PLAYLIST_NAME, MPD_NAME } from './target';

/** What is wrong with a configuration whose members are each right: the schedule, the order of numbers, the names. */
export function contradictions(configuration: CompleteConfiguration): readonly Fault[] {
  return [...scheduleFaults(configuration), ...numberFaults(configuration), ...nameFaults(configuration)];
}

function scheduleFaults(configuration: CompleteConfiguration): Fault[] {
  if (scheduleOf(configuration) !== undefined) return [];
  const { duration, timescale } = configuration.segmentTemplate;
  const wanted =
    'a duration whose milliseconds reduce to d/t with d * t below 2^53, so that the schedule is exact';
  return [{ parameter: 'segmentTemplate.duration', wanted, got: `${duration}/${timescale} s` }];
}

function numberFaults({
  segmentTemplate,
  initialSegmentNumber,
  finalSegmentNumber,
}: CompleteConfiguration): Fault[] {
  const faults: Fault[] = [];
  if (initialSegmentNumber < segmentTemplate.startNumber)
    faults.push({
      parameter: 'initialSegmentNumber',
      wanted: `at least startNumber, ${segmentTemplate.startNumber}`,
      got: initialSegmentNumber.toString(),
    });
  if (finalSegmentNumber !== null && finalSegmentNumber < initialSegmentNumber)
    faults.push({
      parameter: 'finalSegmentNumber',
      wanted: `at least initialSegmentNumber, ${initialSegmentNumber}`,
      got: finalSegmentNumber.toString(),
    });
  return faults;
}

/** Two things under one name would be one object in every cache. */
function nameFaults(configuration: CompleteConfiguration): Fault[] {
  const taken = new Set<string>([MPD_NAME, MASTER_PLAYLIST_NAME]);
  const faults: Fault[] = [];
  for (const [index, representation] of configuration.representations.entries()) {
    const { initialization, media } = namesOf(configuration, representation);
    const names = { initialization, media: `${media.prefix}*${media.suffix}` };
    for (const [member, name] of Object.entries(names)) {
      if (taken.has(name) || name.startsWith('packager/') || /\.(mpd|m3u8)$/.test(name))
        faults.push({
          parameter: `representations.${index}.${member}`,
          wanted: 'a name that nothing else has; use $RepresentationID$',
          got: name,
        });
      taken.add(name);
    }
  }
  return faults.slice(0, 16);
}
