import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping, type IFunction, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge';

export interface StreamProcessingProps {
  /** Of a table in the stack's own region. */
  readonly streamArn: string;
  readonly processor: IFunction;
  /** What of the stream it is invoked for: `FilterCriteria.filter(...)`. */
  readonly filter: Record<string, string>;
  /** Batches of one shard at a time; records of one key stay in order. */
  readonly parallelizationFactor: number;
  /** Older records are given up. */
  readonly maxRecordAge: Duration;
  /** How long a batch may wait for more. Default: not at all. */
  readonly maxBatchingWindow?: Duration;
}

/**
 * A table's stream on its way to a function. Retries are bounded in number and age, because one record that always fails
 * would otherwise stop its shard for a day.
 */
export class StreamProcessing extends Construct {
  /** Where what was given up lies: batches' positions in the stream, for two weeks. */
  readonly failures: Queue;

  constructor(scope: Construct, id: string, props: StreamProcessingProps) {
    super(scope, id);
    const { streamArn, processor, filter, parallelizationFactor, maxRecordAge, maxBatchingWindow } = props;
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
        resources: [streamArn],
      }),
    );
    new EventSourceMapping(this, 'Mapping', {
      target: processor,
      eventSourceArn: streamArn,
      // LATEST would miss what comes in the minutes until a new mapping polls.
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 100,
      parallelizationFactor,
      ...(maxBatchingWindow && { maxBatchingWindow }),
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
      retryAttempts: 5,
      maxRecordAge,
      onFailure: new SqsDlq(this.failures),
      filters: [filter],
    });
  }
}
