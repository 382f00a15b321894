import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  EventSourceMapping,
  FilterCriteria,
  FilterRule,
  type IFunction,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { CANDIDATE_ATTRIBUTES, CHANGE } from '../stores/aws/schema';
import { acknowledge } from './acknowledge';
import type { CandidateTable } from './candidate-table';

export interface StreamProcessingProps {
  readonly table: CandidateTable;
  readonly processor: IFunction;
}

/**
 * New candidates on their way to the stream processor. Retries are bounded in number and age, because one record that
 * always fails would otherwise stop its shard for a day: a review that comes a minute late is of no use to anybody.
 */
export class StreamProcessing extends Construct {
  /** Where what was given up lies: batches' positions in the stream, for two weeks. */
  readonly failures: Queue;

  constructor(scope: Construct, id: string, { table, processor }: StreamProcessingProps) {
    super(scope, id);
    this.failures = new Queue(this, 'Failures', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    acknowledge(this.failures, { 'AwsSolutions-SQS3': 'It is the dead-letter queue.' });
    processor.addToRolePolicy(
      new PolicyStatement({
        actions: [
          'dynamodb:DescribeStream',
          'dynamodb:GetRecords',
          'dynamodb:GetShardIterator',
          'dynamodb:ListStreams',
        ],
        resources: [table.streamArn],
      }),
    );
    new EventSourceMapping(this, 'Mapping', {
      target: processor,
      eventSourceArn: table.streamArn,
      // LATEST would miss what comes in the minutes until a new mapping polls.
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      // Records of one key stay in order; keys of a shard are shared out.
      parallelizationFactor: 4,
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      retryAttempts: 5,
      maxRecordAge: Duration.minutes(1),
      onFailure: new SqsDlq(this.failures),
      filters: [newCandidates()],
    });
  }
}

/** Not the processor's own flags, or it would review its reviews; not what expires. */
function newCandidates() {
  return FilterCriteria.filter({
    eventName: FilterRule.or('INSERT', 'MODIFY'),
    dynamodb: { NewImage: { [CANDIDATE_ATTRIBUTES.change]: { S: [CHANGE.publication] } } },
  });
}
