import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { PARTITION_KEY, SORT_KEY, TTL_ATTRIBUTE } from '../stores/aws/schema';
import { acknowledge } from './acknowledge';

export interface CandidateTableProps {
  readonly tableName: string;
}

/**
 * Candidates of one region. A plain table, not a replica: a region never waits for another, and an event source takes
 * the stream of a plain table only.
 */
export class CandidateTable extends Table {
  /** The stream is always on; `Table` does not know. */
  readonly streamArn: string;

  constructor(scope: Construct, id: string, props: CandidateTableProps) {
    super(scope, id, {
      tableName: props.tableName,
      partitionKey: { name: PARTITION_KEY, type: AttributeType.STRING },
      sortKey: { name: SORT_KEY, type: AttributeType.STRING },
      timeToLiveAttribute: TTL_ATTRIBUTE,
      billingMode: BillingMode.PAY_PER_REQUEST,
      stream: StreamViewType.NEW_AND_OLD_IMAGES,
      // Records of bytes that are gone within days: worth nothing without their bucket.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.streamArn = this.tableStreamArn ?? '';
    acknowledge(this, {
      'AwsSolutions-DDB3':
        'Candidates expire within days and are written again every few seconds: a restored table would name expired bytes.',
    });
  }
}
