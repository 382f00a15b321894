import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dynamoDbCandidates } from '../../../stores/aws/candidates';
import { dynamoDbClient, PATIENCE, s3Client, SOCKETS_MAX } from '../../../stores/aws/clients';
import { s3Segments } from '../../../stores/aws/segments';
import { FakeClock } from '../../support/fake-clock';
import { NOW_MS, sampleBytes, sampleCandidate, sampleRef } from '../../support/samples';

/** What a packager waits for an answer before it counts a segment as lost. */
const PACKAGER_MS = 2000;

const ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_EC2_METADATA_DISABLED: 'true',
};
const before = { ...process.env };
let server: Server;
/** Connections made, and requests by their order; the first `silent` of them are never answered. */
let seen: { connections: number; requests: number; silent: number };

beforeEach(async () => {
  seen = { connections: 0, requests: 0, silent: 0 };
  server = createServer((request, response) => {
    const silent = ++seen.requests <= seen.silent;
    request.resume().on('end', () => {
      if (!silent) response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end('{}');
    });
  });
  server.on('connection', () => seen.connections++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  Object.assign(process.env, ENVIRONMENT, { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` });
});

afterEach(async () => {
  process.env = { ...before };
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

const BYTES = sampleBytes('segment');
const calls = {
  S3: (times: number) => {
    const store = s3Segments(s3Client('us-east-1'), 'bucket', new FakeClock(NOW_MS));
    return repeat(times, () => store.write(sampleRef(BYTES), BYTES, NOW_MS + 1000));
  },
  DynamoDB: (times: number) => {
    const client = dynamoDbClient('us-east-1', PATIENCE.dynamoDb);
    const store = dynamoDbCandidates(client, 'table', new FakeClock(NOW_MS));
    return repeat(times, () => store.record(sampleCandidate()));
  },
};

it('opens few connections for what is asked at once: each costs a small function a handshake', async () => {
  const client = dynamoDbClient('us-east-1', PATIENCE.dynamoDb);
  const store = dynamoDbCandidates(client, 'table', new FakeClock(NOW_MS));
  await Promise.all(Array.from({ length: 100 }, () => store.record(sampleCandidate())));
  expect(seen).toMatchObject({ requests: 100, connections: SOCKETS_MAX });
});

async function repeat(times: number, call: () => Promise<unknown>): Promise<void> {
  for (let time = 0; time < times; time += 1) await call();
}

describe.each(['S3', 'DynamoDB'] as const)('%s', (service) => {
  it('is called over one connection, which stays', async () => {
    await calls[service](5);
    expect(seen).toEqual({ connections: 1, requests: 5, silent: 0 });
  });

  it('is called again where it does not answer', async () => {
    seen.silent = 1;
    await calls[service](1);
    expect(seen.requests).toBe(2);
  });

  it('fails in the end', async () => {
    seen.silent = 10;
    await expect(calls[service](1)).rejects.toThrow();
    expect(seen.requests).toBe(PATIENCE[service === 'S3' ? 's3' : 'dynamoDb'].attempts);
  });
});

it('a PUT of which one call hangs is answered while its packager still waits', () => {
  const pauseMs = 100;
  const usualMs = { s3: 200, dynamoDb: 20 };
  for (const slow of ['s3', 'dynamoDb'] as const)
    expect(PATIENCE[slow].attemptMs + pauseMs + 2 * (usualMs.s3 + usualMs.dynamoDb)).toBeLessThan(
      PACKAGER_MS,
    );
});
