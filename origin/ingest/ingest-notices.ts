import type { Notice } from '../events/event-record';
import type { LiveEvent } from '../events/live-event';
import { mergeSaid } from '../events/notices';
import type { Origin } from '../origin';

/**
 * Records what a pipeline says of the event, if it says anything new: it says all of it with every segment.
 * @throws what the event store throws; saying it again with the next PUT then records it.
 */
export async function ingestNotices(
  origin: Origin,
  event: LiveEvent,
  pipeline: string,
  said: readonly Notice[],
): Promise<void> {
  const nowMs = origin.clock.nowMs();
  const merged = (known: LiveEvent) =>
    mergeSaid(known.pipelineNotices.get(pipeline)?.notices ?? [], said, nowMs, known.notices?.version ?? 0);
  if (merged(event) === undefined) return;
  // Other segments of this number brought it too, perhaps to another instance.
  const current = await origin.events.reload(event.key);
  const notices = current && merged(current);
  if (notices === undefined) return;
  const id = `notices#${pipeline}`;
  await origin.eventStore.replace(event.key, {
    ...{ kind: 'pipeline-notices', id, atMs: nowMs, by: pipeline, pipeline, notices },
  });
  await origin.events.reload(event.key);
}
