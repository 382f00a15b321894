import type { Origin } from '../origin';
import { newestDue } from '../schedule/schedule';
import type { CompleteConfiguration, EventRecord } from './event-record';
import { compileEvent } from './live-event';

/** Numbers around the live edge in which a candidate would show that the event has begun. */
const BEGUN_WINDOW = 64;

/** Which members change the meaning of numbers that candidates already have. */
export async function frozenMembers(
  origin: Origin,
  record: EventRecord,
  wanted: CompleteConfiguration,
): Promise<readonly string[]> {
  const changed = changedTiming(record.head.configuration, wanted);
  return changed.length > 0 && (await hasBegun(origin, record)) ? changed : [];
}

function changedTiming(current: CompleteConfiguration, wanted: CompleteConfiguration): string[] {
  const members: string[] = [];
  if (Date.parse(current.availabilityStartTime) !== Date.parse(wanted.availabilityStartTime))
    members.push('availabilityStartTime');
  for (const name of ['timescale', 'duration', 'startNumber', 'initialization', 'media'] as const)
    if (current.segmentTemplate[name] !== wanted.segmentTemplate[name])
      members.push(`segmentTemplate.${name}`);
  for (const [index, representation] of wanted.representations.entries()) {
    const before = current.representations.find(({ id }) => id === representation.id);
    for (const name of ['timescale', 'presentationTimeOffset', 'media', 'initialization'] as const)
      if (before !== undefined && before[name] !== representation[name])
        members.push(`representations.${index}.${name}`);
  }
  return members;
}

async function hasBegun(origin: Origin, record: EventRecord): Promise<boolean> {
  const event = compileEvent(record);
  const edge = newestDue(event.schedule, origin.clock.nowMs());
  for (const [id, { inits }] of event.representations) {
    if (inits.length > 0) return true;
    const range = { ...event.key, representation: id };
    const found = await origin.local.candidates.ofRange(range, Math.max(0, edge - BEGUN_WINDOW), edge + 3);
    if (found.length > 0) return true;
  }
  return false;
}
