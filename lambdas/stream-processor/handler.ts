import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import type { Candidate } from '../../origin/candidate';
import { type Finding, reviewSegment } from '../../origin/flag/review-segment';
import type { Origin } from '../../origin/origin';
import { fromItem, type Item } from '../../stores/aws/candidate-item';
import type { MetricName, Telemetry } from '../telemetry';

const METRIC_OF: Readonly<Record<Finding['kind'], MetricName>> = {
  flagged: 'Flagged',
  missing: 'Missing',
  disagree: 'Disagreeing',
};

/**
 * New candidates as the table's stream brings them, in batches. Records that fail are named, so that only they are
 * tried again; reviews are idempotent, so a second look at the others does no harm.
 */
export function streamProcessorHandler(origin: Origin, telemetry: Telemetry) {
  const processor = new BatchProcessor(EventType.DynamoDBStreams);
  return (batch: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> =>
    processPartialResponse(batch, (record: DynamoDBRecord) => review(origin, telemetry, record), processor, {
      throwOnFullBatchFailure: false,
    });
}

async function review(origin: Origin, telemetry: Telemetry, record: DynamoDBRecord): Promise<void> {
  const image = record.dynamodb?.NewImage;
  // The filter lets no removal through; a mapping without the filter must not fail either.
  if (image === undefined) return;
  const candidate = fromItem(image as Item);
  const event = await origin.events.get(candidate);
  const representation = event?.representations.get(candidate.representation);
  // The event ended meanwhile, or its configuration changed: nobody will ask for it.
  if (event === undefined || representation === undefined) return;
  for (const finding of await reviewSegment(origin, event, representation, candidate.number))
    report(telemetry, candidate, finding);
}

function report({ log, count }: Telemetry, candidate: Candidate, finding: Finding): void {
  const { tenant, event, representation } = candidate;
  const pipelines = finding.kind === 'disagree' ? finding.pipelines : [finding.pipeline];
  for (const pipeline of pipelines) count(METRIC_OF[finding.kind], { tenant, event, pipeline });
  log.warn(finding.kind, { tenant, event, representation, ...finding });
}
