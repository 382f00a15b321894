import { HeadObjectCommand, NotFound, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { Clock } from '../../origin/ports/clock';
import { PLACE_MS, type UploadStore } from '../../origin/ports/upload-store';
import { RETENTION_TAG, retentionDays, segmentObjectKey, UPLOAD_BYTES_MAX } from './schema';

/** Would be moved into the URL, where S3 does not check a checksum. */
const SENT_AS_HEADERS = new Set(['x-amz-checksum-sha256', 'x-amz-tagging']);

/**
 * Large segments of one region, brought to S3 by their publisher. The signature covers length, SHA-256, retention and
 * "only if there is none", so the URL is good for these very bytes and nothing else.
 */
export function s3Uploads(client: S3Client, bucket: string, clock: Clock): UploadStore {
  return {
    bytesMax: UPLOAD_BYTES_MAX,

    async offer(ref, expiresAtMs) {
      const nowMs = clock.nowMs();
      const days = retentionDays(nowMs, expiresAtMs);
      const checksum = Buffer.from(ref.digest, 'hex').toString('base64');
      const tagging = days === undefined ? undefined : `${RETENTION_TAG}=${days}`;
      const put = new PutObjectCommand({
        ...{ Bucket: bucket, Key: segmentObjectKey(ref), ContentLength: ref.size },
        ...{ ChecksumSHA256: checksum, IfNoneMatch: '*' },
        ...(tagging !== undefined && { Tagging: tagging }),
      });
      const url = await getSignedUrl(client, put, {
        expiresIn: PLACE_MS / 1000,
        signingDate: new Date(nowMs),
        unhoistableHeaders: SENT_AS_HEADERS,
      });
      const headers = {
        'if-none-match': '*',
        'x-amz-checksum-sha256': checksum,
        ...(tagging !== undefined && { 'x-amz-tagging': tagging }),
      };
      return { url, headers, untilMs: nowMs + PLACE_MS };
    },

    async find(ref) {
      try {
        const head = await client.send(
          new HeadObjectCommand({ Bucket: bucket, Key: segmentObjectKey(ref), ChecksumMode: 'ENABLED' }),
        );
        return {
          size: head.ContentLength ?? 0,
          digest: Buffer.from(head.ChecksumSHA256 ?? '', 'base64').toString('hex'),
          storedAtMs: head.LastModified?.getTime() ?? 0,
        };
      } catch (error) {
        if (error instanceof NotFound) return undefined;
        throw error;
      }
    },
  };
}
