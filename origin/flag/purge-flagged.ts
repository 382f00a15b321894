import type { Candidate } from '../candidate';
import type { InvalidationEntry } from '../events/event-record';
import type { LiveEvent } from '../events/live-event';
import type { Defect } from '../media/defect';
import type { Origin } from '../origin';
import { select, selectionRules } from '../selection/select';
import { REVIEWER } from './finding';

/**
 * Entries of one track of a pipeline that its flags take turns in, so that a pipeline that fails all day fills no record.
 * An edge looks every second, and the shortest segments worth the name last one.
 */
const SLOTS = 4;

/** Whether a flag on the candidate changes what viewers get: only what was chosen was ever served. */
export function isServed(
  event: LiveEvent,
  { pipeline, digest, ...at }: Candidate,
  found: readonly Candidate[],
) {
  const here = found.filter(({ number }) => number === at.number);
  const { chosen } = select(at.number, here, selectionRules(event, at.representation, at.number));
  return chosen?.pipeline === pipeline && chosen.digest === digest;
}

/**
 * Has caches forget a copy that turned out to be defective after it was served.
 * @throws what the event store and the caches' port throw; edges that read the event's configuration know by then.
 */
export async function purgeFlagged(
  origin: Origin,
  { key }: LiveEvent,
  { number, representation, pipeline }: Candidate,
  defects: readonly Defect[],
): Promise<void> {
  const range = { fromSegment: number, toSegment: number, representation, pipeline };
  const entry: InvalidationEntry = {
    kind: 'invalidation',
    automatic: true,
    id: `flagged#${representation}#${pipeline}#${number % SLOTS}`,
    atMs: origin.clock.nowMs(),
    by: REVIEWER,
    reason: defects.map(({ name }) => name).join(', '),
    range,
  };
  await origin.eventStore.replace(key, entry);
  await origin.invalidator?.invalidate({ key, ...range });
}
