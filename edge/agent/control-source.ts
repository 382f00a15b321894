import { Agent } from 'undici';
import * as v from 'valibot';
import type { EventKey } from '../../origin/candidate';
import { NAME_PATTERN } from '../../origin/events/name-pattern';
import type { EdgeConfiguration } from '../../origin/events/edge-configuration';
import { parseEdgeConfiguration } from './edge-configuration';

/** What an origin says of one event. */
export type Told =
  | {
      readonly kind: 'configuration';
      readonly configuration: EdgeConfiguration;
      readonly etag: string | undefined;
    }
  | { readonly kind: 'unchanged' }
  /** There is no such event. */
  | { readonly kind: 'unknown' };

const ANSWER_MS_MAX = 2000;
/** 64 representations, 64 invalidations and notices have some 40 kB. */
const ANSWER_BYTES_MAX = 2 ** 20;
const LIST_BYTES_MAX = 64 * 2 ** 20;
const CONNECTIONS_MAX = 8;

const list = v.object({
  events: v.array(v.object({ tenant: v.string(), event: v.pipe(v.string(), v.regex(NAME_PATTERN)) })),
});

/** The control planes of several origins, asked in turn: the one that answered last is asked first. */
export class ControlSource {
  readonly #origins: readonly URL[];
  readonly #authorization: string;
  readonly #agent = new Agent({
    ...{ connections: CONNECTIONS_MAX, connect: { timeout: ANSWER_MS_MAX } },
    ...{ headersTimeout: ANSWER_MS_MAX, bodyTimeout: ANSWER_MS_MAX, keepAliveTimeout: 30_000 },
  });
  readonly #nowMs: () => number;
  #first = 0;
  #clockOffsetMs = 0;

  /** @param origins base URLs of control planes, the nearest first */
  constructor(origins: readonly URL[], token: string, nowMs: () => number) {
    this.#origins = origins;
    this.#authorization = `Bearer ${token}`;
    this.#nowMs = nowMs;
  }

  /** By which the clock of the origin that answered last is ahead of this machine's; Date has whole seconds. */
  get clockOffsetMs(): number {
    return this.#clockOffsetMs;
  }

  /** @throws the last origin's failure when none gives an answer that can be used. */
  read({ tenant, event }: EventKey, etag: string | undefined): Promise<Told> {
    return this.#inTurn(async (origin) => {
      const { status, headers, text } = await this.#get(
        origin,
        `control/v1/tenants/${tenant}/events/${event}/edge`,
        ANSWER_BYTES_MAX,
        etag,
      );
      if (status === 304) return { kind: 'unchanged' };
      if (status === 404) return { kind: 'unknown' };
      if (status !== 200)
        throw new Error(`${origin.origin}: wanted 200, got ${status} for ${tenant}/${event}`);
      return {
        kind: 'configuration',
        configuration: parseEdgeConfiguration({ tenant, event }, JSON.parse(text)),
        etag: typeof headers['etag'] === 'string' ? headers['etag'] : undefined,
      };
    });
  }

  /** The events of a tenant. @throws as read does */
  list(tenant: string): Promise<readonly EventKey[]> {
    return this.#inTurn(async (origin) => {
      const { status, text } = await this.#get(origin, `control/v1/tenants/${tenant}/events`, LIST_BYTES_MAX);
      if (status !== 200)
        throw new Error(`${origin.origin}: wanted 200, got ${status} for the events of ${tenant}`);
      return v.parse(list, JSON.parse(text)).events.map(({ event }) => ({ tenant, event }));
    });
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #inTurn<Answer>(ask: (origin: URL) => Promise<Answer>): Promise<Answer> {
    let failure: unknown = new RangeError('origins: wanted one or more, got none');
    for (let turn = 0; turn < this.#origins.length; turn += 1) {
      const at = (this.#first + turn) % this.#origins.length;
      const origin = this.#origins[at];
      if (origin === undefined) continue;
      try {
        const answer = await ask(origin);
        this.#first = at;
        return answer;
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  async #get(origin: URL, call: string, bytesMax: number, etag?: string) {
    const { statusCode, headers, body } = await this.#agent.request({
      ...{ origin: origin.origin, path: `${origin.pathname.replace(/\/$/, '')}/${call}`, method: 'GET' },
      headers: { authorization: this.#authorization, ...(etag !== undefined && { 'if-none-match': etag }) },
    });
    const dateMs = Date.parse(String(headers['date']));
    // In the middle of its second.
    if (!Number.isNaN(dateMs)) this.#clockOffsetMs = dateMs + 500 - this.#nowMs();
    const pieces: Uint8Array[] = [];
    let length = 0;
    for await (const piece of body as AsyncIterable<Uint8Array>) {
      length += piece.length;
      if (length > bytesMax) throw new Error(`${origin.origin}: wanted at most ${bytesMax} bytes, got more`);
      pieces.push(piece);
    }
    return { status: statusCode, headers, text: Buffer.concat(pieces).toString() };
  }
}
