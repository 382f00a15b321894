import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  DOCUMENTS_PREFIX,
  EVENTS_PARTITION,
  OPERATORS_PARTITION,
  SEGMENTS_PREFIX,
} from '../stores/aws/schema';
import type { DeploymentNames } from './deployment';

/** What functions may do, verb by verb: no statement names an action or a resource that its function does not use. */
export class Access {
  readonly #names: DeploymentNames;
  /** Every region of the deployment, home first. */
  readonly #regions: readonly string[];

  constructor(names: DeploymentNames, regions: readonly string[]) {
    this.#names = names;
    this.#regions = regions;
  }

  /** Candidates of every region: serve asks the others, health is judged by all, the control plane draws them. */
  readCandidates(): PolicyStatement {
    return new PolicyStatement({
      actions: ['dynamodb:Query'],
      resources: this.#regions.map((region) => this.#names.tableArn(region, this.#names.candidateTable)),
    });
  }

  /** Candidates of this region only. */
  readOwnCandidates(region: string): PolicyStatement {
    return new PolicyStatement({
      actions: ['dynamodb:Query'],
      resources: [this.#names.tableArn(region, this.#names.candidateTable)],
    });
  }

  /** `PutItem` records, `UpdateItem` flags. */
  changeCandidates(region: string, action: 'dynamodb:PutItem' | 'dynamodb:UpdateItem'): PolicyStatement {
    return new PolicyStatement({
      actions: [action],
      resources: [this.#names.tableArn(region, this.#names.candidateTable)],
    });
  }

  /**
   * Bytes of every region. Without the right to list, S3 answers 403 for a missing key, and a lost object would look
   * like a lost permission.
   */
  readBytes(): PolicyStatement[] {
    const buckets = this.#regions.map((region) => this.#names.bucketArn(region));
    return [
      new PolicyStatement({
        actions: ['s3:GetObject'],
        resources: buckets.flatMap((arn) => [`${arn}/${SEGMENTS_PREFIX}*`, `${arn}/${DOCUMENTS_PREFIX}*`]),
      }),
      new PolicyStatement({ actions: ['s3:ListBucket'], resources: buckets }),
    ];
  }

  writeBytes(region: string): PolicyStatement[] {
    const bucket = this.#names.bucketArn(region);
    return [
      new PolicyStatement({
        actions: ['s3:PutObject', 's3:PutObjectTagging'],
        resources: [`${bucket}/${SEGMENTS_PREFIX}*`],
      }),
      new PolicyStatement({ actions: ['s3:PutObject'], resources: [`${bucket}/${DOCUMENTS_PREFIX}*`] }),
    ];
  }

  /**
   * Large segments of this region only: their boxes are read where they were uploaded. To list tells a missing one from
   * one that may not be read.
   */
  inspectUploads(region: string): PolicyStatement[] {
    const bucket = this.#names.bucketArn(region);
    return [
      new PolicyStatement({ actions: ['s3:GetObject'], resources: [`${bucket}/${SEGMENTS_PREFIX}*`] }),
      new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket] }),
    ];
  }

  /**
   * Objects of a directory bucket are reached through a session; S3 opens the widest that is allowed, and reading needs no
   * other.
   */
  useHotBucket(region: string, zone: string, mode: 'ReadOnly' | 'ReadWrite'): PolicyStatement {
    return new PolicyStatement({
      actions: ['s3express:CreateSession'],
      resources: [this.#names.hotBucketArn(region, zone)],
      ...(mode === 'ReadOnly' && { conditions: { StringEquals: { 's3express:SessionMode': mode } } }),
    });
  }

  /** Heads and entries of events, not the credentials that lie in the same table. */
  readEvents(region: string): PolicyStatement {
    return this.#onEvents(region, ['dynamodb:GetItem', 'dynamodb:Query'], ['event#*']);
  }

  /** The list of events that have not expired, and their heads. */
  listLiveEvents(region: string): PolicyStatement[] {
    return [
      this.#onEvents(region, ['dynamodb:Query'], [EVENTS_PARTITION]),
      this.#onEvents(region, ['dynamodb:BatchGetItem'], ['event#*']),
    ];
  }

  /** All of every event, and which there are: what a CDN of ours is told. */
  followEvents(region: string): PolicyStatement[] {
    return [
      this.#onEvents(region, ['dynamodb:Query'], [EVENTS_PARTITION, 'event#*']),
      this.#onEvents(region, ['dynamodb:BatchGetItem'], ['event#*']),
    ];
  }

  /** Appending an entry raises the head's revision in the same transaction. */
  appendToEvents(homeRegion: string): PolicyStatement {
    return this.#onEvents(homeRegion, ['dynamodb:PutItem', 'dynamodb:UpdateItem'], ['event#*']);
  }

  findCredential(region: string): PolicyStatement {
    return this.#onEvents(region, ['dynamodb:GetItem'], ['credential#*']);
  }

  /** The control plane's: everything in the events table but scanning and deleting. */
  administerEvents(homeRegion: string): PolicyStatement {
    return new PolicyStatement({
      actions: [
        'dynamodb:GetItem',
        'dynamodb:BatchGetItem',
        'dynamodb:Query',
        'dynamodb:PutItem',
        'dynamodb:UpdateItem',
      ],
      resources: [this.#names.tableArn(homeRegion, this.#names.eventTable)],
    });
  }

  /** Revoking an operator's token removes its two items, and spent entries of events are dropped: nothing else ever is. */
  removeSpent(homeRegion: string): PolicyStatement {
    return this.#onEvents(
      homeRegion,
      ['dynamodb:DeleteItem'],
      ['event#*', 'operator#*', OPERATORS_PARTITION],
    );
  }

  #onEvents(region: string, actions: string[], leadingKeys: string[]): PolicyStatement {
    return new PolicyStatement({
      actions,
      resources: [this.#names.tableArn(region, this.#names.eventTable)],
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': leadingKeys } },
    });
  }
}
