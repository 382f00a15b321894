import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { FilterCriteria, FilterRule } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { CANDIDATE_ATTRIBUTES, CHANGE, PARTITION_KEY, SORT_KEY, TTL_ATTRIBUTE } from '../stores/aws/schema';
import { acknowledge } from './acknowledge';

export interface CandidateTableProps {
  readonly tableName: string;
  /** Requests a second that it takes at once; undefined for DynamoDB's own. */
  readonly warmThroughput: { readonly reads: number; readonly writes: number } | undefined;
}

/**
 * Candidates of one region. A plain table, not a replica: a region never waits for another, and an event source takes
 * the stream of a plain table only.
 */
export class CandidateTable extends Table {
  /** The stream is always on; `Table` does not know. */
  readonly streamArn: string;

  constructor(scope: Construct, id: string, props: CandidateTableProps) {
    const { tableName, warmThroughput: warm } = props;
    super(scope, id, {
      tableName,
      partitionKey: { name: PARTITION_KEY, type: AttributeType.STRING },
      sortKey: { name: SORT_KEY, type: AttributeType.STRING },
      timeToLiveAttribute: TTL_ATTRIBUTE,
      billingMode: BillingMode.PAY_PER_REQUEST,
      ...(warm && {
        warmThroughput: { readUnitsPerSecond: warm.reads, writeUnitsPerSecond: warm.writes },
      }),
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

/** Of its stream, what the processor reviews: not its own flags, or it would review its reviews; not what expires. */
export function newCandidates() {
  return FilterCriteria.filter({
    eventName: FilterRule.or('INSERT', 'MODIFY'),
    dynamodb: { NewImage: { [CANDIDATE_ATTRIBUTES.change]: { S: [CHANGE.publication] } } },
  });
}
