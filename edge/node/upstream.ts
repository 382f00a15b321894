import { Agent } from 'undici';
import { CACHE } from '../../http/cache-policy';
import type { Clock } from '../../origin/ports/clock';
import type { Traffic } from '../traffic';

export interface UpstreamRegion {
  readonly name: string;
  /** Base URL, for example `http://127.0.0.1:8081`. */
  readonly url: string;
  /** Sent with every request: what the region asks of a CDN. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface UpstreamAnswer {
  readonly region: string;
  readonly status: number;
  /** Names in lower case, without those of the connection. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
}

/** What happened to one request upstream, for metrics: the status, or that there was no answer. */
export type OnFetched = (region: string, status: number | 'failed') => void;

/** An answer is read whole before any of it goes out, so that a region which dies in the middle is not noticed. */
const ANSWER_BYTES_MAX = 64 * 2 ** 20;
/** To each region. Connections of their own are the floor below which nobody can push live. */
const CONNECTIONS_MAX: Readonly<Record<Traffic, number>> = { live: 128, dvr: 64 };
const CONNECT_MS_MAX = 1000;
/** An origin holds for 5 s at most, then reads its stores. */
const HELD_ANSWER_MS_MAX = 8000;
const ANSWER_MS_MAX = 3000;
/** A region that did not answer comes last for so long. */
const SHUNNED_MS = 1000;

/** Of one connection (RFC 9110, 7.6.1), beside what Connection names. */
const HOP_BY_HOP = ['connection', 'keep-alive', 'transfer-encoding', 'te', 'trailer', 'upgrade'];

export interface UpstreamOptions {
  /** The nearest first. */
  readonly regions: readonly UpstreamRegion[];
  readonly clock: Clock;
  readonly onFetched?: OnFetched;
  /** Default: each is. */
  readonly isReachable?: (region: string) => boolean;
}

/** The regions behind an edge. */
export class Upstream {
  readonly #regions: readonly UpstreamRegion[];
  readonly #clock: Clock;
  readonly #onFetched: OnFetched;
  readonly #isReachable: (region: string) => boolean;
  readonly #agents = { live: agentOf('live'), dvr: agentOf('dvr') };
  readonly #shunnedUntilMs = new Map<string, number>();

  constructor({ regions, clock, onFetched, isReachable }: UpstreamOptions) {
    this.#regions = regions;
    this.#clock = clock;
    this.#onFetched = onFetched ?? (() => undefined);
    this.#isReachable = isReachable ?? (() => true);
  }

  /**
   * Asks the nearest region, and the next when it fails (no connection, 5xx) or lacks a segment that should be there:
   * each region once.
   * @param mayHold the origin may hold the request, so its silence is no failure yet
   * @returns the best answer there was; undefined when no region gave any.
   */
  async fetch(path: string, mayHold: boolean, traffic: Traffic): Promise<UpstreamAnswer | undefined> {
    let best: UpstreamAnswer | undefined;
    for (const region of this.#inOrder()) {
      const answer = await this.#ask(region, path, mayHold, traffic);
      if (answer === undefined) continue;
      // Load that one region turns away would be load on the next: whoever asked comes back.
      if (isShed(answer)) return answer;
      if (best === undefined || answer.status < best.status) best = answer;
      if (answer.status < 500 && !isMissing(answer)) return answer;
    }
    return best;
  }

  async close(): Promise<void> {
    await Promise.all([this.#agents.live.destroy(), this.#agents.dvr.destroy()]);
  }

  #inOrder(): readonly UpstreamRegion[] {
    const nowMs = this.#clock.nowMs();
    const shunned = (region: UpstreamRegion) => (this.#shunnedUntilMs.get(region.name) ?? 0) > nowMs;
    return [...this.#regions.filter((region) => !shunned(region)), ...this.#regions.filter(shunned)];
  }

  async #ask(
    region: UpstreamRegion,
    path: string,
    mayHold: boolean,
    traffic: Traffic,
  ): Promise<UpstreamAnswer | undefined> {
    try {
      if (!this.#isReachable(region.name)) throw new Error(`region ${region.name} is cut off`);
      const answer = await this.#request(
        region,
        path,
        mayHold ? HELD_ANSWER_MS_MAX : ANSWER_MS_MAX,
        this.#agents[traffic],
      );
      this.#onFetched(region.name, answer.status);
      return answer;
    } catch {
      this.#onFetched(region.name, 'failed');
      this.#shunnedUntilMs.set(region.name, this.#clock.nowMs() + SHUNNED_MS);
      return undefined;
    }
  }

  async #request(
    region: UpstreamRegion,
    path: string,
    headersTimeout: number,
    agent: Agent,
  ): Promise<UpstreamAnswer> {
    const { statusCode, headers, body } = await agent.request({
      origin: region.url,
      path,
      method: 'GET',
      headers: region.headers ?? {},
      headersTimeout,
    });
    const declared = Number(headers['content-length'] ?? 0);
    const pieces: Uint8Array[] = [];
    let length = 0;
    for await (const piece of body as AsyncIterable<Uint8Array>) {
      length += piece.length;
      if (declared > ANSWER_BYTES_MAX || length > ANSWER_BYTES_MAX)
        throw new Error(`answer: wanted at most ${ANSWER_BYTES_MAX} bytes, got more`);
      pieces.push(piece);
    }
    return {
      region: region.name,
      status: statusCode,
      headers: plainHeaders(headers),
      bytes: pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces, length),
    };
  }
}

function agentOf(traffic: Traffic): Agent {
  return new Agent({
    connections: CONNECTIONS_MAX[traffic],
    pipelining: 1,
    keepAliveTimeout: 30_000,
    connect: { timeout: CONNECT_MS_MAX },
    bodyTimeout: ANSWER_MS_MAX,
  });
}

/** A 503 with a lifetime: it is not to be doubled elsewhere. */
function isShed({ status, headers }: UpstreamAnswer): boolean {
  return status === 503 && /max-age=[1-9]/.test(headers['cache-control'] ?? '');
}

/** One region's 404 or 410 for a segment that is due; another may have it. */
function isMissing({ status, headers }: UpstreamAnswer): boolean {
  const cacheControl = headers['cache-control'];
  return (
    (status === 404 && cacheControl === CACHE.missing) || (status === 410 && cacheControl === CACHE.gone)
  );
}

function plainHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  const connection = String(headers['connection'] ?? '').split(',');
  const dropped = new Set([...HOP_BY_HOP, ...connection.map((name) => name.trim().toLowerCase())]);
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined && !dropped.has(name))
      plain[name] = typeof value === 'string' ? value : value.join(', ');
  return plain;
}
