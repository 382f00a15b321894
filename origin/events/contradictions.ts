import type { Fault } from './configuration';
import type { CompleteConfiguration } from './event-record';
import { dueMs } from '../schedule/schedule';
import { namesOf, scheduleOf } from './live-event';
import { MASTER_PLAYLIST_NAME, MPD_NAME } from './manifest-names';
import { readNumber } from './template';
import type { SegmentName } from './template';

/** What is wrong with a configuration whose members are each right: the schedule, the order of numbers, the names. */
export function contradictions(configuration: CompleteConfiguration): readonly Fault[] {
  return [...scheduleFaults(configuration), ...numberFaults(configuration), ...nameFaults(configuration)];
}

/** Regions that are none of the deployment's. Only where they are configured: an event outlives a region that is given up. */
export function regionFaults(
  regions: readonly string[] | undefined,
  deployed: readonly string[],
): readonly Fault[] {
  const wanted = `regions of this deployment: ${deployed.join(', ')}`;
  return (regions ?? [])
    .filter((region) => !deployed.includes(region))
    .map((got) => ({ parameter: 'regions', wanted, got }));
}

function scheduleFaults(configuration: CompleteConfiguration): Fault[] {
  if (scheduleOf(configuration) !== undefined) return [];
  const { duration, timescale } = configuration.segmentTemplate;
  const wanted =
    'a duration whose milliseconds reduce to d/t with d * t below 2^53, so that the schedule is exact';
  return [{ parameter: 'segmentTemplate.duration', wanted, got: `${duration}/${timescale} s` }];
}

/** 9999-12-31T23:59:59.999Z: years of RFC 3339 have four digits. */
const INSTANT_MS_MAX = 253_402_300_799_999;

function numberFaults(configuration: CompleteConfiguration): Fault[] {
  const { segmentTemplate, initialSegmentNumber, finalSegmentNumber } = configuration;
  const schedule = scheduleOf(configuration);
  const latestMs = INSTANT_MS_MAX - configuration.timeShiftBufferDepthSeconds * 1000;
  const faults: Fault[] = [];
  for (const [parameter, number] of Object.entries({ initialSegmentNumber, finalSegmentNumber }))
    if (schedule !== undefined && number !== null && dueMs(schedule, number) > latestMs)
      faults.push({
        parameter,
        wanted: 'a number that is due, and out of the DVR window, before the year 10000',
        got: number.toString(),
      });
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

/** Two things under one name would be one object in every cache; a number read as a time, another segment. */
function nameFaults(configuration: CompleteConfiguration): Fault[] {
  const taken = [MPD_NAME, MASTER_PLAYLIST_NAME].map(fixedName);
  const faults: Fault[] = [];
  for (const [index, representation] of configuration.representations.entries()) {
    const { initialization, media, ingestMedia } = namesOf(configuration, representation);
    const names = { initialization: fixedName(initialization), media, ...(ingestMedia && { ingestMedia }) };
    for (const [member, name] of Object.entries(names)) {
      const got = name.prefix + (name.width > 0 ? '*' : '') + name.suffix;
      if (taken.some((other) => collide(name, other)) || isOurs(got))
        faults.push({
          parameter: `representations.${index}.${member}`,
          wanted:
            'a name that nothing else has; use $RepresentationID$, and no digit beside $Number$ or $Time$',
          got,
        });
      taken.push(name);
    }
  }
  return faults.slice(0, 16);
}

function fixedName(name: string): SegmentName {
  return { prefix: name, suffix: '', width: 0 };
}

/** Manifests' names, ours and packagers'. */
function isOurs(name: string): boolean {
  return name.startsWith('packager/') || /\.(mpd|m3u8)$/.test(name);
}

/** Whether both can make the same path: `v1$Number$` and `v$Number$` both make `v15`. */
function collide(left: SegmentName, right: SegmentName): boolean {
  if (left.width === 0 && right.width === 0) return left.prefix === right.prefix;
  if (left.width === 0) return readNumber(right, left.prefix) !== undefined;
  if (right.width === 0) return readNumber(left, right.prefix) !== undefined;
  const [short, long] = left.prefix.length < right.prefix.length ? [left, right] : [right, left];
  const [brief, wordy] = left.suffix.length < right.suffix.length ? [left, right] : [right, left];
  return (
    long.prefix.startsWith(short.prefix) &&
    /^\d*$/.test(long.prefix.slice(short.prefix.length)) &&
    wordy.suffix.endsWith(brief.suffix) &&
    /^\d*$/.test(wordy.suffix.slice(0, wordy.suffix.length - brief.suffix.length))
  );
}
