import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, StreamViewType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { PARTITION_KEY, SORT_KEY, TTL_ATTRIBUTE } from '../stores/aws/schema';

export interface EventTableProps {
  readonly tableName: string;
  /** Regions besides the stack's own that get a replica. */
  readonly replicaRegions: readonly string[];
  readonly retain: boolean;
}

/**
 * Events and credentials: one global table, written in its home region only, because conditions hold within one region
 * and the last writer would win between two. Replicas follow within about a second.
 */
export class EventTable extends TableV2 {
  /** The stream is always on; `TableV2` does not know. */
  readonly streamArn: string;

  constructor(scope: Construct, id: string, props: EventTableProps) {
    super(scope, id, {
      tableName: props.tableName,
      partitionKey: { name: PARTITION_KEY, type: AttributeType.STRING },
      sortKey: { name: SORT_KEY, type: AttributeType.STRING },
      timeToLiveAttribute: TTL_ATTRIBUTE,
      billing: Billing.onDemand(),
      // What operators typed is the one thing here that cannot be made again.
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: props.retain,
      removalPolicy: props.retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      // Replication needs this kind; edge-sync reads no more than keys.
      dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
      replicas: props.replicaRegions.map((region) => ({ region })),
    });
    this.streamArn = this.tableStreamArn ?? '';
  }
}
