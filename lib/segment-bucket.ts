import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { RETENTION_DAYS, RETENTION_TAG, SEGMENTS_PREFIX } from '../stores/aws/schema';
import { acknowledge } from './acknowledge';
import { REQUEST_METRICS_ID } from './operations-dashboard';

export interface SegmentBucketProps {
  readonly bucketName: string;
  readonly retain: boolean;
}

/**
 * Bytes of one region. Segments expire by the retention class that their writer tagged them with; documents lie
 * outside the lifecycle, and inits travel with their event.
 */
export class SegmentBucket extends Bucket {
  constructor(scope: Construct, id: string, props: SegmentBucketProps) {
    super(scope, id, {
      bucketName: props.bucketName,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      // KMS would add a call and a quota to each of some hundred writes a second, and protect against nobody new.
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      versioned: false,
      metrics: [{ id: REQUEST_METRICS_ID }],
      // A deployment that fails at first leaves none: the next one could not make it again.
      removalPolicy: props.retain ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
      lifecycleRules: RETENTION_DAYS.map((days) => ({
        id: `segments-${days}-days`,
        prefix: SEGMENTS_PREFIX,
        tagFilters: { [RETENTION_TAG]: days.toString() },
        expiration: Duration.days(days),
      })),
    });
    acknowledge(this, {
      'AwsSolutions-S1':
        'Two functions touch the bucket and log what they do; S3 would write more log objects than there are segments.',
    });
  }
}
