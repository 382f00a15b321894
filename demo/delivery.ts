import { Pool } from 'undici';
import { cancelSource } from '../origin/ports/cancel';
import type { Clock } from '../origin/ports/clock';
import type { Pauses } from './pauses';

/** How a PUT ended. */
export type Delivered =
  /** 2xx: the origin has it, durably. */
  | { readonly kind: 'acknowledged'; readonly status: number }
  /** A final answer that another attempt would not change. */
  | { readonly kind: 'refused'; readonly status: number }
  /** No final answer before the deadline; `reason` is the last answer or error. */
  | { readonly kind: 'abandoned'; readonly reason: string };

/** The way of one pipeline's bytes into one region. */
export interface Delivery {
  /** PUTs until a final answer comes or `deadlineMs` (UTC milliseconds) has passed. Never rejects. */
  put(path: string, bytes: Uint8Array, deadlineMs: number): Promise<Delivered>;
  /** Changes whenever the connection was lost: what was sent before may not be known on the other side. */
  readonly connectionEpoch: number;
  /** Ends the connections. Call when no put is under way. */
  close(): Promise<void>;
}

/**
 * Statuses that may differ the next time: the event is being created (404), the init comes first (412), the origin is
 * busy or restarting.
 */
const RETRIED = new Set([404, 408, 412, 425, 429, 500, 502, 503, 504]);
const FIRST_PAUSE_MS = 50;
const PAUSE_MS_MAX = 400;
/** One for each representation, so that a large picture does not delay the sound. */
const CONNECTIONS = 4;

/**
 * Delivers to one region over kept-alive HTTP/1.1 with Content-Length and HTTP Basic (user = pipeline), as a packager
 * behind the publisher does.
 * @param base the region's base URL, for example `http://127.0.0.1:8081`
 * @param pauses between attempts; once they are stopped, an attempt under way is finished and no other begins
 */
export function deliverTo(
  base: URL,
  credential: { readonly pipeline: string; readonly secret: string },
  clock: Clock,
  pauses: Pauses,
): Delivery {
  const pool = new Pool(base.origin, { connections: CONNECTIONS, pipelining: 1 });
  let connectionEpoch = 0;
  pool.on('disconnect', () => connectionEpoch++);
  const headers = {
    authorization: `Basic ${Buffer.from(`${credential.pipeline}:${credential.secret}`).toString('base64')}`,
    'content-type': 'video/mp4',
  };

  /** @returns the status, or what went wrong on the wire. */
  async function attempt(path: string, bytes: Uint8Array, deadlineMs: number): Promise<number | Error> {
    const abort = new AbortController();
    const answered = cancelSource();
    void clock.sleepUntil(deadlineMs, answered).then(() => abort.abort());
    try {
      const response = await pool.request({
        method: 'PUT',
        path,
        headers,
        body: bytes,
        signal: abort.signal,
      });
      // The answer is read to its end, or the connection could not be used again.
      await response.body.dump();
      return response.statusCode;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    } finally {
      answered.cancel();
    }
  }

  async function put(path: string, bytes: Uint8Array, deadlineMs: number): Promise<Delivered> {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, PAUSE_MS_MAX)) {
      const answer = await attempt(path, bytes, deadlineMs);
      if (typeof answer === 'number' && answer >= 200 && answer < 300)
        return { kind: 'acknowledged', status: answer };
      if (typeof answer === 'number' && !RETRIED.has(answer)) return { kind: 'refused', status: answer };
      const nextMs = clock.nowMs() + pauseMs;
      if (pauses.stopped || nextMs >= deadlineMs)
        return {
          kind: 'abandoned',
          reason: typeof answer === 'number' ? `status ${answer}` : answer.message,
        };
      await pauses.sleepUntil(nextMs);
    }
  }

  return {
    put: (path, bytes, deadlineMs) => put(base.pathname.replace(/\/$/, '') + path, bytes, deadlineMs),
    get connectionEpoch() {
      return connectionEpoch;
    },
    close: () => pool.close(),
  };
}
