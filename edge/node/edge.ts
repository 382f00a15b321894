import { PREFLIGHT_HEADERS } from '../../http/common-headers';
import type { HttpRequest, HttpResponse } from '../../http/message';
import { parseMediaPath } from '../../http/media-path';
import { overloadedAnswer } from '../../http/overload';
import { unknownAnswer } from '../../http/unknown-answer';
import { methodAnswer } from '../../http/method-answer';
import { failedAnswer } from '../../http/serve-plane';
import { TIME_PATH, timeAnswer } from '../../http/time-answer';
import type { EventKey } from '../../origin/candidate';
import type { EdgeConfiguration } from '../../origin/events/edge-configuration';
import type { Clock } from '../../origin/ports/clock';
import { guard } from '../guard/guard';
import { guardAnswer } from '../guard/guard-answer';
import { knownQuery } from '../guard/known-query';
import { CACHE_NAME, objectAnswer } from './edge-answer';
import { freshnessOf } from './freshness';
import { ObjectCache, type EdgeObject } from './object-cache';
import { trafficOf, type Traffic } from './traffic';
import { Upstream, type OnFetched, type UpstreamAnswer, type UpstreamRegion } from './upstream';

export interface EdgeOptions {
  /** The nearest first. */
  readonly regions: readonly UpstreamRegion[];
  /** The event as edges know it, at most seconds old; undefined or rejecting: not known, the origin decides. */
  readonly configurationOf: (key: EventKey) => Promise<EdgeConfiguration | undefined>;
  readonly clock: Clock;
  /** Bytes of the cache. Default 256 MiB. */
  readonly cacheBytes?: number;
  readonly onFetched?: OnFetched;
  readonly onAnswered?: (how: EdgeAnswered) => void;
}

/** How a request was answered, for metrics. */
export type EdgeAnswered =
  'guard' | 'hit' | 'miss' | 'collapsed' | 'stale' | 'unavailable' | 'overloaded' | 'other';

/**
 * Requests upstream at a time for what is not live; beyond, 503. Waiting clients cost no more of them, however many they
 * are. What is live has no such limit: an event has but so many new segments.
 */
export const DVR_FLIGHTS_MAX = 1024;

interface WantedObject {
  /** Path and query as the regions are asked. */
  readonly target: string;
  /** Of the event, as the edge knows it. */
  readonly version: number;
  readonly mayHold: boolean;
  readonly traffic: Traffic;
}

/** What one fetch brought, shared by all who wait for it; undefined: no region answered. */
type Flight = Promise<EdgeObject | undefined>;

/**
 * An HTTP edge in one process: turns away what cannot exist, fetches the rest once however many ask, and keeps it as
 * long as its Cache-Control says. Bytes go out only when they are whole, so a region may die in the middle of one.
 */
export class Edge {
  readonly #options: EdgeOptions;
  readonly #upstream: Upstream;
  readonly #cache: ObjectCache;
  readonly #flights = new Map<string, Flight>();
  #dvrFlights = 0;

  constructor(options: EdgeOptions) {
    this.#options = options;
    this.#upstream = new Upstream(options.regions, options.clock, options.onFetched ?? (() => undefined));
    this.#cache = new ObjectCache(options.cacheBytes ?? 256 * 2 ** 20);
  }

  get cachedBytes(): number {
    return this.#cache.bytes;
  }

  /** GET, HEAD and OPTIONS of the media plane. Never rejects. */
  async answer(request: HttpRequest): Promise<HttpResponse> {
    if (request.method === 'OPTIONS')
      return this.#counted('other', { status: 204, headers: PREFLIGHT_HEADERS });
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return this.#counted('other', methodAnswer(request.method));
    if (request.path === TIME_PATH) return this.#counted('other', timeAnswer(this.#options.clock.nowMs()));
    const place = parseMediaPath(request.path);
    if (place === undefined) return this.#counted('other', unknownAnswer('event'));
    const configuration = await this.#options.configurationOf(place.key).catch(() => undefined);
    const nowMs = this.#options.clock.nowMs();
    const verdict = configuration === undefined ? undefined : guard(request.path, configuration, nowMs);
    const refused = verdict && configuration && guardAnswer(verdict, configuration, nowMs, CACHE_NAME);
    if (refused !== undefined) return this.#counted('guard', refused);
    return this.#fromCacheOrRegions(request, {
      target: targetOf(request, place.path, configuration),
      version: configuration?.version ?? 0,
      mayHold: verdict?.kind !== 'pass',
      traffic: trafficOf(place.path, configuration, nowMs),
    });
  }

  /** Forgets what is cached of a path, in all its versions: a decision about it has changed. */
  purge(path: string): void {
    const prefix = `${path}?`;
    this.#cache.deleteAll(prefix);
    // What is under way may bring the former decision: those who wait get it, the cache does not.
    for (const key of [...this.#flights.keys()]) if (key.startsWith(prefix)) this.#flights.delete(key);
  }

  async close(): Promise<void> {
    await this.#upstream.close();
  }

  async #fromCacheOrRegions(request: HttpRequest, wanted: WantedObject): Promise<HttpResponse> {
    const key = `${wanted.target}#${wanted.version}`;
    const nowMs = this.#options.clock.nowMs();
    const cached = this.#cache.get(key);
    if (cached !== undefined && nowMs < cached.freshUntilMs) {
      const ttl = Math.floor((cached.freshUntilMs - nowMs) / 1000);
      return this.#counted('hit', objectAnswer(cached, request, nowMs, `hit; ttl=${ttl}`));
    }
    const underWay = this.#flights.get(key);
    if (underWay === undefined && wanted.traffic === 'dvr' && this.#dvrFlights >= DVR_FLIGHTS_MAX)
      return this.#counted('overloaded', overloadedAnswer());
    const object = await (underWay ?? this.#fly(key, wanted));
    const answeredMs = this.#options.clock.nowMs();
    if (object !== undefined && (object.status < 500 || cached === undefined)) {
      const how = `fwd=uri-miss; fwd-status=${object.status}${underWay === undefined ? '' : '; collapsed'}`;
      const stored = object.freshUntilMs > object.receivedAtMs ? '; stored' : '';
      const answer = objectAnswer(object, request, answeredMs, how + stored);
      return this.#counted(underWay === undefined ? 'miss' : 'collapsed', answer);
    }
    if (cached !== undefined && answeredMs < cached.staleUntilMs)
      return this.#counted(
        'stale',
        objectAnswer(cached, request, answeredMs, 'fwd=stale; detail=stale-if-error'),
      );
    return this.#counted('unavailable', failedAnswer());
  }

  /** Starts the one fetch of a key. It goes on when its clients leave: the next one is a moment away. */
  #fly(key: string, { target, version, mayHold, traffic }: WantedObject): Flight {
    const path = target.endsWith('?') ? target.slice(0, -1) : target;
    const weight = Number(traffic === 'dvr');
    this.#dvrFlights += weight;
    const flight: Flight = this.#upstream.fetch(path, mayHold, traffic).then((answer) => {
      this.#dvrFlights -= weight;
      const object = answer && this.#received(answer, version);
      if (this.#flights.get(key) !== flight) return object;
      this.#flights.delete(key);
      if (object !== undefined) this.#keep(key, object);
      return object;
    });
    this.#flights.set(key, flight);
    return flight;
  }

  #keep(key: string, object: EdgeObject): void {
    if (object.freshUntilMs <= object.receivedAtMs) return;
    const former = this.#cache.get(key);
    // An error does not take the place of what may stand in for it.
    if (object.status >= 500 && former !== undefined && object.receivedAtMs < former.staleUntilMs) return;
    this.#cache.put(key, object);
  }

  #received({ status, headers, bytes }: UpstreamAnswer, version: number): EdgeObject {
    const receivedAtMs = this.#options.clock.nowMs();
    // An origin that has not heard of the newest change yet must not fill the cache of the new version.
    const isBehind = Number(headers['headwater-version'] ?? version) < version;
    const freshness = freshnessOf(status, headers);
    const freshUntilMs = receivedAtMs + (isBehind ? 0 : freshness.freshMs);
    const staleUntilMs = freshUntilMs + freshness.staleIfErrorMs;
    return { status, headers, bytes, receivedAtMs, freshUntilMs, staleUntilMs };
  }

  #counted(how: EdgeAnswered, response: HttpResponse): HttpResponse {
    this.#options.onAnswered?.(how);
    return response;
  }
}

/**
 * What is asked of the regions, and the cache key: the path and those parameters that make a difference to it. A client
 * that invents others gets no entry of its own. Always with a `?`, so that a path is a prefix of its keys alone.
 */
function targetOf(request: HttpRequest, name: string, configuration: EdgeConfiguration | undefined): string {
  const isInit = configuration?.representations.some(({ initialization }) => initialization === name) ?? true;
  const query = knownQuery(name, isInit).flatMap((parameter) => {
    const value = request.query[parameter];
    return value === undefined ? [] : [`${parameter}=${encodeURIComponent(value.slice(0, 32))}`];
  });
  return `${request.path}?${query.join('&')}`;
}
