import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';

/**
 * Clients for the live path: connections stay open, and a call that hangs is given up early enough for another one.
 * Endpoints come from the environment (`AWS_ENDPOINT_URL`), which the SDK reads by itself.
 */
const CONNECT_TIMEOUT_MS = 300;

/** What one attempt may take, and how many there are. */
export interface Patience {
  readonly attemptMs: number;
  readonly attempts: number;
}

/**
 * Together with one pause of the SDK (100 ms at most) they bring a PUT of which one call hangs back within the 2 s for
 * which a packager, or our publisher, waits: `attemptMs` of the call that hangs, and twice what is usual for the rest.
 */
export const PATIENCE = {
  /** Some 20 ms to the first byte, some 200 ms to write 5 MB from a function. */
  s3: { attemptMs: 1200, attempts: 2 },
  /** Single-digit milliseconds. */
  dynamoDb: { attemptMs: 400, attempts: 3 },
  /** From another continent: a new connection is three round trips of up to 250 ms. */
  farDynamoDb: { attemptMs: 1000, attempts: 3 },
  /** One attempt, since the durable tier is the better second one. */
  hotS3: { attemptMs: 500, attempts: 1 },
} as const satisfies Readonly<Record<string, Patience>>;

/**
 * Of one client. A handshake takes some 1.4 ms of a core: were there a connection for each call of a batch of a hundred
 * reviews, the handshakes of a function with 512 MB (0.29 of a core) would outlast each call's patience. What is asked beyond
 * it waits for a connection, {@link CONNECT_TIMEOUT_MS} at most.
 */
export const SOCKETS_MAX = 32;

/** `patience` of {@link PATIENCE}; questions to peers are bounded by the caller as a whole. */
export function dynamoDbClient(region: string, patience: Patience = PATIENCE.farDynamoDb): DynamoDBClient {
  return new DynamoDBClient({
    region,
    maxAttempts: patience.attempts,
    requestHandler: handler(patience.attemptMs),
  });
}

export function s3Client(region: string): S3Client {
  return s3(region, PATIENCE.s3);
}

export function s3HotClient(region: string): S3Client {
  return s3(region, PATIENCE.hotS3);
}

function s3(region: string, { attemptMs, attempts }: Patience): S3Client {
  return new S3Client({
    region,
    maxAttempts: attempts,
    requestHandler: handler(attemptMs),
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
