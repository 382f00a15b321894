import { Pool } from 'undici';
import { cancelSource } from '../origin/ports/cancel';
import type { Clock } from '../origin/ports/clock';
import type { Pauses } from './pauses';

/** How a PUT ended. */
export type Delivered =
  /** 2xx: the origin has it, durably. `answer` is the beginning of its body. */
  | { readonly kind: 'acknowledged'; readonly status: number; readonly answer: string }
  /** A final answer that another attempt would not change. */
  | { readonly kind: 'refused'; readonly status: number; readonly answer: string }
  /** No final answer before the deadline; `reason` is the last answer or error. */
  | { readonly kind: 'abandoned'; readonly reason: string };

/** The way of one pipeline's bytes into one region. */
export interface Delivery {
  /**
   * Sends until a final answer comes or `deadlineMs` (UTC milliseconds) has passed. Never rejects.
   * @param path absolute; the region's base path comes before it
   */
  put(path: string, bytes: Uint8Array, deadlineMs: number, request?: PutRequest): Promise<Delivered>;
  /** Changes whenever the connection was lost: what was sent before may not be known on the other side. */
  readonly connectionEpoch: number;
  /** Ends the connections. Call when no put is under way. */
  close(): Promise<void>;
  /** Breaks the connections: puts under way are abandoned. */
  abort(): Promise<void>;
}

/** What a PUT carries beside its bytes. */
export interface PutRequest {
  /** Lower-case names; they replace those of every PUT. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: 'PUT' | 'POST';
  /** Default: as many as the deadline allows. */
  readonly attemptsMax?: number;
  /** Done before every attempt, since the connection may have been lost meanwhile; what it returns ends the PUT. */
  readonly before?: () => Promise<Delivered | undefined>;
}

/** Who publishes: HTTP Basic with the pipeline as its user, or, where that is not told, Bearer. */
export interface PublishingCredential {
  readonly pipeline?: string;
  readonly secret: string;
}

export interface DeliveryOptions {
  /** Whether another attempt may be answered otherwise. Default {@link isRetried}. */
  readonly isRetried?: (status: number) => boolean;
  readonly connections?: number;
}

/** The receiver is busy, restarting or failing. */
const BUSY = new Set([408, 425, 429]);
/** The event is being created (404), the init comes first (412). */
const NOT_YET = new Set([404, 412]);

export function isBusy(status: number): boolean {
  return BUSY.has(status) || status >= 500;
}

/** Statuses that may differ the next time. */
export function isRetried(status: number): boolean {
  return isBusy(status) || NOT_YET.has(status);
}

const FIRST_PAUSE_MS = 50;
const PAUSE_MS_MAX = 400;
/** One for each representation, so that a large picture does not delay the sound. */
const CONNECTIONS = 4;
/** A packet lost while a connection is made must not cost the whole budget of a segment. */
const CONNECT_MS_MAX = 1000;
/** Longer than any segment lasts: connections stay. A server that says less is believed. */
const KEEP_ALIVE_MS = 30_000;
/** Problem documents are some hundred bytes. */
const ANSWER_BYTES_MAX = 4096;

/**
 * Delivers to one region over kept-alive HTTP/1.1 with Content-Length.
 * @param base the region's base URL, for example `http://127.0.0.1:8081`
 * @param pauses between attempts; once they are stopped, an attempt under way is finished and no other begins
 */
export function deliverTo(
  base: URL,
  credential: PublishingCredential,
  clock: Clock,
  pauses: Pauses,
  options: DeliveryOptions = {},
): Delivery {
  return new PoolDelivery(base, credential, clock, pauses, options);
}

type Attempt = { readonly status: number; readonly answer: string } | Error;

class PoolDelivery implements Delivery {
  readonly #pool: Pool;
  readonly #basePath: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #clock: Clock;
  readonly #pauses: Pauses;
  readonly #isRetried: (status: number) => boolean;
  #connectionEpoch = 0;

  constructor(
    base: URL,
    credential: PublishingCredential,
    clock: Clock,
    pauses: Pauses,
    options: DeliveryOptions,
  ) {
    this.#pool = new Pool(base.origin, {
      connections: options.connections ?? CONNECTIONS,
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connect: { timeout: CONNECT_MS_MAX },
    });
    // Undici's own end of an idle connection is no loss.
    this.#pool.on('disconnect', (_, __, error) => {
      if (error.code !== 'UND_ERR_INFO') this.#connectionEpoch++;
    });
    this.#basePath = base.pathname.replace(/\/$/, '');
    this.#headers = { authorization: authorizationOf(credential), 'content-type': 'video/mp4' };
    this.#clock = clock;
    this.#pauses = pauses;
    this.#isRetried = options.isRetried ?? isRetried;
  }

  get connectionEpoch(): number {
    return this.#connectionEpoch;
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  abort(): Promise<void> {
    return this.#pool.destroy();
  }

  async put(
    path: string,
    bytes: Uint8Array,
    deadlineMs: number,
    request: PutRequest = {},
  ): Promise<Delivered> {
    let attemptsLeft = request.attemptsMax ?? Infinity;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, PAUSE_MS_MAX)) {
      const ended = await request.before?.();
      if (ended !== undefined) return ended;
      const outcome = await this.#attempt(path, bytes, deadlineMs, request);
      if ('status' in outcome) {
        const { status, answer } = outcome;
        if (status >= 200 && status < 300) return { kind: 'acknowledged', status, answer };
        if (!this.#isRetried(status)) return { kind: 'refused', status, answer };
      }
      const nextMs = this.#clock.nowMs() + pauseMs;
      if (--attemptsLeft <= 0 || this.#pauses.stopped || nextMs >= deadlineMs) {
        const reason = 'status' in outcome ? `status ${outcome.status}` : outcome.message;
        return { kind: 'abandoned', reason };
      }
      await this.#pauses.sleepUntil(nextMs);
    }
  }

  /** @returns the answer, or what went wrong on the wire. */
  async #attempt(
    path: string,
    bytes: Uint8Array,
    deadlineMs: number,
    { headers, method = 'PUT' }: PutRequest,
  ): Promise<Attempt> {
    const abort = new AbortController();
    const answered = cancelSource();
    void this.#clock.sleepUntil(deadlineMs, answered).then(() => abort.abort());
    try {
      const response = await this.#pool.request({
        method,
        path: this.#basePath + path,
        headers: { ...this.#headers, ...headers },
        body: bytes,
        signal: abort.signal,
      });
      // The answer is read to its end, or the connection could not be used again.
      return { status: response.statusCode, answer: await beginningOf(response.body) };
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    } finally {
      answered.cancel();
    }
  }
}

function authorizationOf({ pipeline, secret }: PublishingCredential): string {
  if (pipeline === undefined) return `Bearer ${secret}`;
  return `Basic ${Buffer.from(`${pipeline}:${secret}`).toString('base64')}`;
}

async function beginningOf(body: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of body) {
    if (length < ANSWER_BYTES_MAX) pieces.push(piece);
    length += piece.length;
  }
  return Buffer.concat(pieces).toString('utf8', 0, ANSWER_BYTES_MAX);
}
