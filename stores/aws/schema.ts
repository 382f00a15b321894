import type { EventKey, RepresentationKey, SegmentKey } from '../../origin/candidate';
import type { ObjectRef } from '../../origin/ports/upload-store';

/**
 * Names of keys and attributes: constants and functions only, no SDK, because the infrastructure imports them too.
 * `#` and `/` separate parts; neither occurs in a name (`NAME_PATTERN`), so no two keys can meet.
 */

/** Where one region keeps its candidates and bytes. */
export interface AwsRegionConfig {
  readonly region: string;
  /** Its name, or its ARN where it belongs to another account than the function. */
  readonly candidateTable: string;
  readonly bucket: string;
  /** A directory bucket with a copy of the newest segments. Only the function's own region may have one. */
  readonly hotBucket?: string;
}

/** Where events are read and written. */
export interface AwsEventsConfig {
  /** Its name, or the ARN of the replica in `readRegion` where it belongs to another account than the function. */
  readonly table: string;
  /** The region whose replica is read: the caller's own, or the home region for whoever reads its own writes. */
  readonly readRegion: string;
  readonly homeRegion: string;
}

export const PARTITION_KEY = 'pk';
export const SORT_KEY = 'sk';
/** Epoch seconds from which DynamoDB may drop an item, days late at worst: readers check the time themselves. */
export const TTL_ATTRIBUTE = 'ttl';

/** Attributes of a candidate item beside its key. */
export const CANDIDATE_ATTRIBUTES = {
  /** JSON of the encoded candidate without its defects, which change. */
  candidate: 'candidate',
  /** JSON of the encoded defects. */
  defects: 'defects',
  digest: 'digest',
  /** `severityOf(defects)`: what the condition of a write compares. */
  severity: 'severity',
  expiresAtMs: 'expiresAtMs',
  /** One of {@link CHANGE}: the stream's filter passes publications only, or reviews would feed reviews. */
  change: 'change',
} as const;

/**
 * What wrote an item last. A string that is always there: every event source's filter knows equality, while they differ
 * in what they make of an attribute that is not there.
 */
export const CHANGE = { publication: 'publication', review: 'review' } as const;

/**
 * Numbers in one partition. 128 numbers of 2 s are 256 s: the newest block takes every write and most reads of a
 * representation, some 2 of each a second, far below a partition's limits, and an hour's timeline is 15 queries.
 */
export const BLOCK_SEGMENTS = 128;

/** A safe integer has 16 digits at most; padded ones sort as numbers do. */
const NUMBER_DIGITS = 16;

export function blockOf(number: number): number {
  return Math.floor(number / BLOCK_SEGMENTS);
}

export function candidatePartition(key: RepresentationKey, block: number): string {
  return `${key.tenant}#${key.event}#${key.representation}#${block}`;
}

/** Begins the sort keys of every pipeline's candidate for one number. */
export function candidateSortPrefix(number: number): string {
  return `${number.toString().padStart(NUMBER_DIGITS, '0')}#`;
}

export function candidateKey(key: SegmentKey & { readonly pipeline: string }) {
  return {
    [PARTITION_KEY]: { S: candidatePartition(key, blockOf(key.number)) },
    [SORT_KEY]: { S: candidateSortPrefix(key.number) + key.pipeline },
  };
}

/** Objects under it expire by their retention tag; nothing else in the bucket does. */
export const SEGMENTS_PREFIX = 'segments/';
export const DOCUMENTS_PREFIX = 'documents/';

/** The digest is part of the key, so an object is written once and never overwritten by other bytes. */
export function segmentObjectKey(ref: ObjectRef): string {
  const { tenant, event, representation, number, pipeline, digest } = ref;
  return `${SEGMENTS_PREFIX}${tenant}/${event}/${representation}/${number}/${pipeline}/${digest}`;
}

export function documentObjectKey({ tenant, event }: EventKey, path: string): string {
  return `${DOCUMENTS_PREFIX}${tenant}/${event}/${path}`;
}

/**
 * A function takes 6 MB of request, which is some 4.7 MB of a body in base64; larger segments are handed off. Beyond 10 MB
 * an answer would take seconds: Lambda streams at 2 MB/s after its first 6 MB.
 */
export const PUT_BYTES_MAX = 4_700_000;
export const UPLOAD_BYTES_MAX = 10_485_760;

/** S3 expires by whole days and by a rule for each tag value: an object gets the least of these that is enough. */
export const RETENTION_DAYS = [1, 2, 4, 8, 16, 32] as const;
export const RETENTION_TAG = 'retention-days';

/**
 * Days to keep an object that must be there until `expiresAtMs`.
 * @returns undefined when that is longer than any class: no rule applies then, because nothing may be lost.
 */
export function retentionDays(nowMs: number, expiresAtMs: number): number | undefined {
  const days = (expiresAtMs - nowMs) / 86_400_000;
  return RETENTION_DAYS.find((offered) => offered >= days);
}

/**
 * The events table. Each event is one partition: its head sorts first, then its entries, so that a read which meets
 * an append sees an old revision at worst, never a new revision without its entry.
 */
export const HEAD_SORT_KEY = '#head';
export const ENTRY_SORT_PREFIX = 'entry#';

export function eventPartition({ tenant, event }: EventKey): string {
  return `event#${tenant}#${event}`;
}

/** The event's changes by id. Nothing on the live path reads them; below the event's own name, so its writers may add. */
export function historyPartition(key: EventKey): string {
  return `${eventPartition(key)}#history`;
}

/** The event of {@link eventPartition}; undefined for another partition of the table. */
export function eventOfPartition(partition: string): EventKey | undefined {
  const [kind, tenant, event, ...more] = partition.split('#');
  if (kind !== 'event' || tenant === undefined || event === undefined || more.length > 0) return undefined;
  return { tenant, event };
}

/** Names the tenant's events, one small item each; heads stay in their own partitions, where the reads are. */
export function tenantPartition(tenant: string): string {
  return `tenant#${tenant}`;
}

/** The same for all tenants together: what sweeps walk through. Items of both expire with their event. */
export const EVENTS_PARTITION = 'events';

/** Sort key in {@link EVENTS_PARTITION}. */
export function eventName({ tenant, event }: EventKey): string {
  return `${tenant}#${event}`;
}

/** One item by the secret's digest: what the authorizer reads. */
export function credentialPartition(secretDigest: string): string {
  return `credential#${secretDigest}`;
}
export const CREDENTIAL_SORT_KEY = 'credential';

/** The same credentials by event: what an operator lists. */
export function eventCredentialsPartition({ tenant, event }: EventKey): string {
  return `credentials#${tenant}#${event}`;
}

/** One item by the token's digest: what the control plane reads. */
export function operatorPartition(tokenDigest: string): string {
  return `operator#${tokenDigest}`;
}
export const OPERATOR_SORT_KEY = 'operator';

/** The same tokens by id: what an administrator lists. */
export const OPERATORS_PARTITION = 'operators';
