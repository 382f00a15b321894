import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnDirectoryBucket } from 'aws-cdk-lib/aws-s3express';
import type { Construct } from 'constructs';
import { SEGMENTS_PREFIX } from '../stores/aws/schema';

export interface HotBucketProps {
  /** Ends with `--{zone}--x-s3`, as names of directory buckets do. */
  readonly bucketName: string;
  /** Availability zone id, such as `use1-az4`. */
  readonly zone: string;
  readonly retain: boolean;
}

/** A day: lifecycle knows no shorter time, and who looks further back reads the durable tier. */
const HOT_DAYS = 1;

/**
 * S3 Express One Zone: a copy of the newest segments in one zone, for first bytes within single-digit milliseconds. Losing
 * it costs latency and nothing else. Directory buckets are private and encrypted without being told.
 */
export class HotBucket extends CfnDirectoryBucket {
  constructor(scope: Construct, id: string, { bucketName, zone, retain }: HotBucketProps) {
    super(scope, id, {
      bucketName,
      locationName: zone,
      dataRedundancy: 'SingleAvailabilityZone',
      lifecycleConfiguration: {
        rules: [{ id: 'hot', status: 'Enabled', prefix: SEGMENTS_PREFIX, expirationInDays: HOT_DAYS }],
      },
    });
    this.applyRemovalPolicy(retain ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY);
  }
}
