import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent, ScheduledEvent } from 'aws-lambda';
import type { EventKey } from '../../origin/candidate';
import type { ForgetTags } from '../../stores/aws/cloudfront-invalidations';
import { eventOfPartition, PARTITION_KEY } from '../../stores/aws/schema';
import type { Telemetry } from '../telemetry';
import { purge } from './purge';
import { type EdgeSync, reconcile, synchroniseEvents } from './synchronise';

/** An event that a batch tells of, and the first of its records there. */
interface Changed {
  readonly key: EventKey;
  readonly sequenceNumber: string;
  readonly sinceMs: number;
}

/**
 * Keeps the CDN in step with events: changes as the event table's stream brings them, and everything once in a while.
 * Records only say which event has changed; what it is now is read, so their order and their repetition do not matter.
 */
export function edgeSyncHandler(sync: EdgeSync, forget: ForgetTags, telemetry: Pick<Telemetry, 'log'>) {
  return async (
    event: DynamoDBStreamEvent | Pick<ScheduledEvent, 'time'>,
  ): Promise<DynamoDBBatchResponse | undefined> => {
    if ('Records' in event) return follow(sync, forget, telemetry, changedOf(event.Records));
    await reconcile(sync);
    return undefined;
  };
}

/** Together first, since one update takes many; each alone when that fails, so that one in trouble holds up no other. */
async function follow(
  sync: EdgeSync,
  forget: ForgetTags,
  { log }: Pick<Telemetry, 'log'>,
  changed: readonly Changed[],
): Promise<DynamoDBBatchResponse> {
  const run = async (some: readonly Changed[]) => {
    await synchroniseEvents(
      sync,
      some.map(({ key }) => key),
    );
    const tags = await purge(sync, forget, some);
    log.info('edge follows', { events: some.map(({ key }) => key), tags });
  };
  try {
    if (changed.length > 0) await run(changed);
    return { batchItemFailures: [] };
  } catch (error) {
    if (changed.length === 1) return { batchItemFailures: failuresOf(log, changed, error) };
  }
  const failures: { itemIdentifier: string }[] = [];
  for (const one of changed)
    await run([one]).catch((error: unknown) => failures.push(...failuresOf(log, [one], error)));
  return { batchItemFailures: failures };
}

function failuresOf(log: Telemetry['log'], changed: readonly Changed[], error: unknown) {
  return changed.map(({ key, sequenceNumber }) => {
    log.error('edge does not follow', { ...key, error });
    return { itemIdentifier: sequenceNumber };
  });
}

/** Each event once. The mapping's filter lets heads through only; one without it finds the same events more often. */
function changedOf(records: readonly DynamoDBRecord[]): readonly Changed[] {
  const found = new Map<string, Changed>();
  for (const { dynamodb } of records) {
    const partition = dynamodb?.Keys?.[PARTITION_KEY]?.S ?? '';
    const key = eventOfPartition(partition);
    if (key === undefined || found.has(partition)) continue;
    const { SequenceNumber: sequenceNumber = '', ApproximateCreationDateTime: seconds = 0 } = dynamodb ?? {};
    found.set(partition, { key, sequenceNumber, sinceMs: seconds * 1000 });
  }
  return [...found.values()];
}
