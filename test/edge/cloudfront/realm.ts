import vm from 'node:vm';
import type { ViewerRequest, ViewerResponse } from '../../../edge/cloudfront/message';

/** Not in CloudFront's runtime, or not to be relied on there. */
const ABSENT = [
  'Map',
  'Set',
  'WeakMap',
  'WeakSet',
  'Symbol',
  'Proxy',
  'Reflect',
  'BigInt',
  'Promise',
  'Intl',
];

/** One built function in a realm as bare as CloudFront's, with a KeyValueStore and a clock of ours. */
export class Realm {
  readonly values = new Map<string, string>();
  /** Keys that were read, in order. */
  readonly reads: string[] = [];
  failing = false;
  nowMs = 0;
  readonly #handler: (event: object) => Promise<unknown>;

  constructor(built: string) {
    const get = (key: string): Promise<string> => {
      this.reads.push(key);
      const value = this.values.get(key);
      if (this.failing || value === undefined) return Promise.reject(new Error('KeyNotFound'));
      return Promise.resolve(value);
    };
    const context = vm.createContext(
      { cloudfront: { kvs: () => ({ get }) }, nowMs: () => this.nowMs },
      { codeGeneration: { strings: false, wasm: false } },
    );
    vm.runInContext(
      `Date.now = nowMs; ${ABSENT.map((name) => `delete globalThis.${name};`).join('')}`,
      context,
    );
    // A script has no imports: what CloudFront's module gives is a global here.
    vm.runInContext(built.replace(/^import (\w+) from"cloudfront";/, 'const $1 = cloudfront;'), context);
    this.#handler = vm.runInContext('handler', context) as (event: object) => Promise<unknown>;
  }

  async viewerRequest(
    uri: string,
    request: Partial<Pick<ViewerRequest, 'method' | 'headers' | 'querystring'>> = {},
  ): Promise<ViewerRequest | ViewerResponse> {
    const event = { request: { method: 'GET', uri, headers: {}, querystring: {}, ...request } };
    return plain(await this.#handler(event)) as ViewerRequest | ViewerResponse;
  }

  async viewerResponse(uri: string, response: ViewerResponse): Promise<ViewerResponse> {
    const request = { method: 'GET', uri, headers: {}, querystring: {} };
    return plain(await this.#handler({ request, response })) as ViewerResponse;
  }
}

/** Objects of another realm have other prototypes, which comparisons mind. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** Which of the two a function gave back. */
export function isAnswer(given: ViewerRequest | ViewerResponse): given is ViewerResponse {
  return 'statusCode' in given;
}
