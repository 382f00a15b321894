import {
  GetObjectCommand,
  HeadObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  S3ServiceException,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { NEVER } from '../../origin/ports/cancel';
import type { Clock } from '../../origin/ports/clock';
import { SegmentMissing, type SegmentStore } from '../../origin/ports/segment-store';
import { RETENTION_TAG, retentionDays, segmentObjectKey } from './schema';

/** The object is there already, with the digest that its key names: the same bytes. */
const PRECONDITION_FAILED = 412;

/** Another write of the same object is under way; S3 asks to try again, because that one may still fail. */
const CONFLICT = 409;
const WRITES_MAX = 3;

/**
 * S3 expires an object by when it was written. One that is older was not written for this candidate, but for one of an event
 * of the same name that is over, and may go before what is promised now; younger ones lack no more than the hour that
 * retention has to spare.
 */
const OLD_MS = 3_600_000;

/**
 * Segment bytes of one region in S3. `client` is of that region.
 * @param expires `byTag` by the retention class of each object; `together` where all objects go alike (directory buckets
 *   know no tags).
 */
export function s3Segments(
  client: S3Client,
  bucket: string,
  clock: Clock,
  expires: 'byTag' | 'together' = 'byTag',
): SegmentStore {
  return {
    async write(ref, bytes, expiresAtMs) {
      const days = expires === 'byTag' ? retentionDays(clock.nowMs(), expiresAtMs) : undefined;
      const put = {
        Bucket: bucket,
        Key: segmentObjectKey(ref),
        Body: bytes,
        ContentLength: bytes.byteLength,
        // S3 itself refuses bytes that are not those of the key.
        ChecksumSHA256: Buffer.from(ref.digest, 'hex').toString('base64'),
        ...(days !== undefined && { Tagging: `${RETENTION_TAG}=${days}` }),
      };
      if ((await putOnce(client, put)) === 'written') return;
      const { Bucket, Key } = put;
      const { LastModified } = await client.send(new HeadObjectCommand({ Bucket, Key }));
      if (LastModified !== undefined && clock.nowMs() - LastModified.getTime() < OLD_MS) return;
      await client.send(new PutObjectCommand(put));
    },

    async read(ref, range, cancel = NEVER) {
      const key = segmentObjectKey(ref);
      const abort = new AbortController();
      cancel.onCancel(() => abort.abort());
      try {
        const { Body } = await client.send(
          new GetObjectCommand({
            Bucket: bucket,
            Key: key,
            // HTTP ranges name the last byte, ours the one after it.
            ...(range !== undefined && { Range: `bytes=${range.start}-${range.end - 1}` }),
          }),
          { abortSignal: abort.signal },
        );
        // On Node the SDK's body is a Readable.
        return Body === undefined ? new Uint8Array() : (Body as AsyncIterable<Uint8Array>);
      } catch (error) {
        if (error instanceof NoSuchKey)
          throw new SegmentMissing(`object ${key}: not in bucket ${bucket}`, { cause: error });
        throw error;
      }
    },
  };
}

async function putOnce(client: S3Client, put: PutObjectCommandInput): Promise<'written' | 'there'> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.send(new PutObjectCommand({ ...put, IfNoneMatch: '*' }));
      return 'written';
    } catch (error) {
      const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
      if (status === PRECONDITION_FAILED) return 'there';
      if (status !== CONFLICT || attempt === WRITES_MAX) throw error;
    }
  }
}
