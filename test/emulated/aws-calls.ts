import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';

/** Calls to services whose clients nothing else here needs: signed, because the emulator checks signatures too. */

export interface AwsAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

interface AwsRequest {
  readonly service: 'iam' | 'lambda' | 'events' | 'dynamodb';
  readonly region: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * As the account's root. Waits for the answer, whatever its status.
 * @throws Error when AWS_ENDPOINT_URL names no emulator.
 */
export async function awsCall(request: AwsRequest): Promise<AwsAnswer> {
  const endpoint = new URL(process.env['AWS_ENDPOINT_URL'] ?? '');
  const { service, region, method, path, body } = request;
  const signer = new SignatureV4({
    ...{ service, region, sha256: Sha256 },
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const { headers } = await signer.sign({
    ...{ method, path, query: {}, protocol: endpoint.protocol, hostname: endpoint.hostname },
    headers: { host: endpoint.host, ...request.headers },
    ...(body !== undefined && { body }),
  });
  const answer = await fetch(new URL(path, endpoint), {
    method,
    headers,
    ...(body !== undefined && { body }),
  });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

/** @throws Error when IAM refuses. */
export async function iamCall(Action: string, parameters: Readonly<Record<string, string>>): Promise<string> {
  const { status, text } = await awsCall({
    ...{ service: 'iam', region: 'us-east-1', method: 'POST', path: '/' },
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ Action, Version: '2010-05-08', ...parameters }).toString(),
  });
  if (status !== 200) throw new Error(`IAM ${Action}: wanted status 200, got ${status} ${text}`);
  return text;
}

/**
 * Invokes a function and waits for it.
 * @throws Error when it throws.
 */
export async function invoke(region: string, functionName: string, event: unknown): Promise<unknown> {
  const { headers, text } = await awsCall({
    ...{
      service: 'lambda',
      region,
      method: 'POST',
      path: `/2015-03-31/functions/${functionName}/invocations`,
    },
    body: JSON.stringify(event),
  });
  if (headers.get('x-amz-function-error') !== null) throw new Error(`${functionName}: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

/** SHA-256, or HMAC with it where there is a secret. */
class Sha256 {
  readonly #hash: ReturnType<typeof createHash | typeof createHmac>;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {
    throw new Error('reset: a hash is for one message');
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  return data instanceof ArrayBuffer
    ? new Uint8Array(data)
    : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
