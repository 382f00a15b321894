import { GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Clock } from '../../origin/ports/clock';
import type { DocumentStore } from '../../origin/ports/segment-store';
import { documentObjectKey } from './schema';

/** User metadata of an object (S3 adds `x-amz-meta-` on the wire): times in UTC milliseconds. */
const PUBLISHED_AT_MS = 'published-at-ms';
const EXPIRES_AT_MS = 'expires-at-ms';

/** Packagers' manifests and passthrough objects of one region in S3, last write wins. */
export function s3Documents(client: S3Client, bucket: string, clock: Clock): DocumentStore {
  return {
    async write(event, path, document) {
      await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: documentObjectKey(event, path),
          Body: document.bytes,
          ContentLength: document.bytes.byteLength,
          ContentType: document.contentType,
          Metadata: {
            [PUBLISHED_AT_MS]: document.publishedAtMs.toString(),
            [EXPIRES_AT_MS]: document.expiresAtMs.toString(),
          },
        }),
      );
    },

    async read(event, path) {
      try {
        const { Body, ContentType, Metadata } = await client.send(
          new GetObjectCommand({ Bucket: bucket, Key: documentObjectKey(event, path) }),
        );
        const expiresAtMs = Number(Metadata?.[EXPIRES_AT_MS]);
        // An object that something else put here has no times: it is none of ours.
        if (!(expiresAtMs > clock.nowMs()) || ContentType === undefined) return undefined;
        return {
          bytes: (await Body?.transformToByteArray()) ?? new Uint8Array(),
          contentType: ContentType,
          publishedAtMs: Number(Metadata?.[PUBLISHED_AT_MS]),
          expiresAtMs,
        };
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
  };
}
