import type { S3Client } from '@aws-sdk/client-s3';
import type { RegionStores } from '../../origin/origin';
import type { Clock } from '../../origin/ports/clock';
import type { CredentialStore, EventStore } from '../../origin/ports/event-store';
import type { OperatorTokenStore } from '../../origin/ports/operator-token-store';
import type { SegmentStore } from '../../origin/ports/segment-store';
import { dynamoDbCandidates } from './candidates';
import { dynamoDbClient, PATIENCE, s3Client, s3HotClient } from './clients';
import { dynamoDbCredentials } from './credentials';
import { s3Documents } from './documents';
import { dynamoDbEvents } from './events';
import { hotSegments } from './hot-segments';
import { dynamoDbOperatorTokens } from './operator-tokens';
import type { AwsEventsConfig, AwsRegionConfig } from './schema';
import { s3Segments } from './segments';
import { s3Uploads } from './uploads';

/**
 * The stores of one region. Connects on first use.
 * @param patience with its candidate table: `near` for the caller's own region.
 */
export function awsRegion(config: AwsRegionConfig, clock: Clock, patience: 'near' | 'far'): RegionStores {
  const dynamoDb = dynamoDbClient(
    config.region,
    patience === 'near' ? PATIENCE.dynamoDb : PATIENCE.farDynamoDb,
  );
  const s3 = s3Client(config.region);
  return {
    region: config.region,
    candidates: dynamoDbCandidates(dynamoDb, config.candidateTable, clock),
    segments: segmentsOf(config, s3, clock),
    documents: s3Documents(s3, config.bucket, clock),
    uploads: s3Uploads(s3, config.bucket, clock),
  };
}

function segmentsOf(
  { region, bucket, hotBucket }: AwsRegionConfig,
  s3: S3Client,
  clock: Clock,
): SegmentStore {
  const durable = s3Segments(s3, bucket, clock);
  return hotBucket === undefined
    ? durable
    : hotSegments(s3Segments(s3HotClient(region), hotBucket, clock, 'together'), durable);
}

/** Events, credentials and operators' tokens, one table for all regions. Connects on first use. */
export function awsEvents(
  config: AwsEventsConfig,
  clock: Clock,
): {
  readonly events: EventStore;
  readonly credentials: CredentialStore;
  readonly operatorTokens: OperatorTokenStore;
} {
  const writer = dynamoDbClient(config.homeRegion);
  const reader = config.readRegion === config.homeRegion ? writer : dynamoDbClient(config.readRegion);
  const table = { table: config.table, reader, writer };
  return {
    events: dynamoDbEvents(table, clock),
    credentials: dynamoDbCredentials(table),
    operatorTokens: dynamoDbOperatorTokens(table, clock),
  };
}
