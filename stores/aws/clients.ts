import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';

/**
 * Clients for the live path: connections stay open, and a call that hangs is given up early enough for one more try
 * within a request. Endpoints come from the environment (`AWS_ENDPOINT_URL`), which the SDK reads by itself.
 */
const CONNECT_TIMEOUT_MS = 300;
const MAX_ATTEMPTS = 3;

/** DynamoDB answers in single-digit milliseconds; a second is its far tail. */
const DYNAMODB_TIMEOUT_MS = 1000;

/** A first byte takes some tens of milliseconds; writing 10 MB takes longer. */
const S3_TIMEOUT_MS = 3000;

/** Single-digit milliseconds; writing 10 MB within one region takes some hundred. */
const HOT_TIMEOUT_MS = 500;

/** One environment serves a few requests at once; a burst of parallel range reads must not queue behind sockets. */
const SOCKETS_MAX = 128;

/** `requestTimeoutMs` bounds one attempt; calls to another region are bounded by the caller as a whole. */
export function dynamoDbClient(region: string, requestTimeoutMs = DYNAMODB_TIMEOUT_MS): DynamoDBClient {
  return new DynamoDBClient({ region, maxAttempts: MAX_ATTEMPTS, requestHandler: handler(requestTimeoutMs) });
}

export function s3Client(region: string): S3Client {
  return s3(region, S3_TIMEOUT_MS, MAX_ATTEMPTS);
}

/** For a hot tier: one attempt, since the durable tier is the better second one. */
export function s3HotClient(region: string): S3Client {
  return s3(region, HOT_TIMEOUT_MS, 1);
}

function s3(region: string, requestTimeoutMs: number, maxAttempts: number): S3Client {
  return new S3Client({
    region,
    maxAttempts,
    requestHandler: handler(requestTimeoutMs),
    // An emulator's host name has no wildcard records for buckets.
    forcePathStyle: process.env['AWS_ENDPOINT_URL'] !== undefined,
    // Digests are checked by us, end to end; the SDK's own response check would read streams a second time.
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
}

function handler(requestTimeout: number) {
  return {
    connectionTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout,
    throwOnRequestTimeout: true,
    httpsAgent: { keepAlive: true, maxSockets: SOCKETS_MAX },
    httpAgent: { keepAlive: true, maxSockets: SOCKETS_MAX },
  };
}
