import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import type { Candidate } from '../../origin/candidate';
import { reviewSegment } from '../../origin/flag/review-segment';
import type { Origin } from '../../origin/origin';
import { fromItem, type Item } from '../../stores/aws/candidate-item';
import { CANDIDATE_ATTRIBUTES, CHANGE } from '../../stores/aws/schema';
import { reportFinding } from '../finding-report';
import type { Telemetry } from '../telemetry';

/**
 * New candidates as the table's stream brings them, in batches. Records that fail are named, so that only they are
 * tried again; reviews are idempotent, so a second look at the others does no harm.
 */
export function streamProcessorHandler(origin: Origin, telemetry: Pick<Telemetry, 'log' | 'count'>) {
  const processor = new BatchProcessor(EventType.DynamoDBStreams);
  return (batch: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> =>
    processPartialResponse(batch, (record: DynamoDBRecord) => review(origin, telemetry, record), processor, {
      throwOnFullBatchFailure: false,
    });
}

async function review(
  origin: Origin,
  telemetry: Pick<Telemetry, 'log' | 'count'>,
  record: DynamoDBRecord,
): Promise<void> {
  const candidate = candidateOf(telemetry, record);
  if (candidate === undefined) return;
  const event = await origin.events.get(candidate);
  const representation = event?.representations.get(candidate.representation);
  // The event ended meanwhile, or its configuration changed: nobody will ask for it.
  if (event === undefined || representation === undefined) return;
  for (const finding of await reviewSegment(origin, event, representation, candidate.number))
    reportFinding(telemetry, candidate, finding);
}

/**
 * The publication that a record tells of, if it does. The mapping's filter lets neither removals nor our own flags
 * through; one without the filter must not make reviews feed reviews.
 */
function candidateOf(
  { log, count }: Pick<Telemetry, 'log' | 'count'>,
  { dynamodb, eventID }: DynamoDBRecord,
): Candidate | undefined {
  const image = dynamodb?.NewImage as Item | undefined;
  if (image === undefined || image[CANDIDATE_ATTRIBUTES.change]?.S === CHANGE.review) return undefined;
  try {
    return fromItem(image);
  } catch (error) {
    // It will read no better the next time, and a retry would hold up what comes after it in its shard.
    count('Unreadable', {});
    log.error('a stream record is no candidate', { eventID, keys: dynamodb?.Keys, error });
    return undefined;
  }
}
