import { keyValueStoreClient } from '../../../stores/aws/edge-clients';
import { cloudFrontKeyValues, CONFLICT, type EdgeKeyValues } from '../../../stores/aws/edge-key-values';
import { MemoryKeyValues } from '../../support/memory-key-values';

const ARN = 'arn:aws:cloudfront::123456789012:key-value-store/3f1c';

/** What the SDK hands to its handler. */
interface HttpRequest {
  readonly method: string;
  readonly hostname: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

interface HttpResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** The service's REST interface over a Map: requests are what the SDK really sends. */
class FakeService {
  readonly requests: HttpRequest[] = [];
  readonly #store = new MemoryKeyValues();

  async handle(request: HttpRequest): Promise<{ response: HttpResponse }> {
    this.requests.push(request);
    const [, , , , key] = request.path.split('/');
    if (request.method === 'POST') return this.#update(request);
    if (key !== undefined) {
      const Value = await this.#store.get(decodeURIComponent(key));
      return Value === undefined
        ? answer(404, { Message: 'Key was not found' }, { 'x-amzn-errortype': 'ResourceNotFoundException' })
        : answer(200, { Key: decodeURIComponent(key), Value, ItemCount: 1, TotalSizeInBytes: 1 });
    }
    if (request.path.endsWith('/keys')) return this.#page(request);
    return answer(200, { KvsARN: ARN, Created: 1 }, { etag: await this.#store.revision() });
  }

  /** Two at a time, so that pages are followed. */
  async #page(request: HttpRequest): Promise<{ response: HttpResponse }> {
    const start = Number(request.query['NextToken'] ?? 0);
    const all = [...(await this.#store.list())].map(([Key, Value]) => ({ Key, Value }));
    const NextToken = start + 2 < all.length ? (start + 2).toString() : undefined;
    return answer(200, { Items: all.slice(start, start + 2), NextToken });
  }

  async #update(request: HttpRequest): Promise<{ response: HttpResponse }> {
    const { Puts, Deletes } = JSON.parse(new TextDecoder().decode(request.body)) as {
      Puts: { Key: string; Value: string }[];
      Deletes: { Key: string }[];
    };
    const revision = await this.#store.update(
      request.headers['if-match'] ?? '',
      new Map(Puts.map(({ Key, Value }) => [Key, Value])),
      Deletes.map(({ Key }) => Key),
    );
    if (revision !== CONFLICT) return answer(200, { ItemCount: 1, TotalSizeInBytes: 1 }, { etag: revision });
    return answer(400, { Message: 'Pre-Condition failed' }, { 'x-amzn-errortype': 'ValidationException' });
  }
}

function answer(statusCode: number, body: object, headers: Record<string, string> = {}) {
  const response: HttpResponse = {
    statusCode,
    headers: { 'content-type': 'application/json', ...headers },
    body: new TextEncoder().encode(JSON.stringify(body)),
  };
  return { response };
}

const service = new FakeService();
const client = keyValueStoreClient({
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
  requestHandler: { handle: (request: HttpRequest) => service.handle(request) } as never,
});

describe.each<[string, () => EdgeKeyValues]>([
  ['in memory', () => new MemoryKeyValues()],
  ['of CloudFront', () => cloudFrontKeyValues(client, ARN)],
])('a store of key values %s', (_, make) => {
  it('gives back what was written under its revision, and changes it with each update', async () => {
    const store = make();
    const first = await store.revision();
    const second = await store.update(first, new Map([['e/acme/final', 'x;y,$|z']]), []);
    expect(await store.get('e/acme/final')).toBe('x;y,$|z');
    expect([second === first, second === (await store.revision())]).toEqual([false, true]);
    await store.update(second, new Map(), ['e/acme/final']);
    expect(await store.get('e/acme/final')).toBeUndefined();
  });

  it('refuses an update under another revision, and then has changed nothing', async () => {
    const store = make();
    const revision = await store.revision();
    await store.update(revision, new Map([['k', '1']]), []);
    expect(await store.update(revision, new Map([['k', '2']]), ['k'])).toBe(CONFLICT);
    expect(await store.get('k')).toBe('1');
  });

  it('lists everything', async () => {
    const store = make();
    const wanted = Array.from({ length: 5 }, (__, index): [string, string] => [`l/${index}`, `${index}`]);
    await store.update(await store.revision(), new Map(wanted), []);
    const listed = await store.list();
    expect([...listed].filter(([key]) => key.startsWith('l/'))).toEqual(wanted);
  });
});

describe('requests to CloudFront', () => {
  it("go to the account's endpoint, signed for all regions (SigV4A)", async () => {
    await cloudFrontKeyValues(client, ARN).revision();
    const request = service.requests.at(-1)!;
    expect(request.hostname).toBe('123456789012.cloudfront-kvs.global.api.aws');
    expect(request.headers['authorization']).toMatch(/^AWS4-ECDSA-P256-SHA256 /);
    expect(request.headers['x-amz-region-set']).toBe('*');
  });
});
