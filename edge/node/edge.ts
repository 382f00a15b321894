import { PREFLIGHT_HEADERS } from '../../http/common-headers';
import type { HttpRequest, HttpResponse } from '../../http/message';
import { parseMediaPath, type MediaPath } from '../../http/media-path';
import { overloadedAnswer } from '../../http/overload';
import { unknownAnswer } from '../../http/unknown-answer';
import { methodAnswer } from '../../http/method-answer';
import { failedAnswer } from '../../http/serve-plane';
import { TIME_PATH, timeAnswer } from '../../http/time-answer';
import type { EventKey } from '../../origin/candidate';
import type { EdgeConfiguration } from '../../origin/events/edge-configuration';
import { isInvalidated } from '../../origin/events/invalidations';
import type { Clock } from '../../origin/ports/clock';
import type { Invalidation } from '../../origin/ports/invalidator';
import { guard, segmentNamed, type SegmentName } from '../guard/guard';
import { guardAnswer } from '../guard/guard-answer';
import { knownQuery } from '../guard/known-query';
import { CACHE_NAME, objectAnswer, withNotices } from './edge-answer';
import { freshnessOf } from './freshness';
import { Invalidations, servedSegment, type ServedSegment } from './invalidations';
import { ObjectCache, type EdgeObject } from './object-cache';
import { edgeClassOf, trafficOf, type EdgeClass } from '../traffic';
import { Upstream, type OnFetched, type UpstreamAnswer, type UpstreamRegion } from './upstream';

export interface EdgeOptions {
  /** The nearest first. */
  readonly regions: readonly UpstreamRegion[];
  /** The event as edges know it, at most seconds old; undefined or rejecting: not known, the origin decides. */
  readonly configurationOf: (key: EventKey) => Promise<EdgeConfiguration | undefined>;
  readonly clock: Clock;
  /** Bytes of the cache. Default 256 MiB. */
  readonly cacheBytes?: number;
  /** Whether a region may be asked at all. Default: each may. */
  readonly isReachable?: (region: string) => boolean;
  readonly onFetched?: OnFetched;
  readonly onAnswered?: (request: HttpRequest, how: EdgeAnswered, requestClass: EdgeClass) => void;
}

/** How a request was answered, for metrics. */
export type EdgeAnswered =
  'guard' | 'hit' | 'miss' | 'collapsed' | 'stale' | 'unavailable' | 'overloaded' | 'other';

/**
 * Requests upstream at a time for what is not live; beyond, 503. Waiting clients cost no more of them, however many they
 * are. What is live has no such limit: an event has but so many new segments.
 */
export const DVR_FLIGHTS_MAX = 1024;

/** A purge is no reason for an error: while every region fails, what was purged may be used for so long. */
const STAND_IN_MS = 60_000;

/** One fetch, shared by all who wait for it. */
interface Flight {
  readonly key: string;
  /** What it was asked for; whose answer it brings is not known yet. */
  readonly served: ServedSegment | undefined;
  /** Undefined: no region answered. */
  readonly object: Promise<EdgeObject | undefined>;
}

/** What is wanted of the regions. */
interface Wanted {
  readonly target: string;
  readonly configuration: EdgeConfiguration | undefined;
  readonly segment: SegmentName | undefined;
  readonly event: string;
  readonly mayHold: boolean;
  readonly requestClass: EdgeClass;
}

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
  readonly #invalidations = new Invalidations();

  constructor(options: EdgeOptions) {
    this.#options = options;
    this.#upstream = new Upstream(options);
    this.#cache = new ObjectCache(options.cacheBytes ?? 256 * 2 ** 20);
  }

  get cachedBytes(): number {
    return this.#cache.bytes;
  }

  /** GET, HEAD and OPTIONS of the media plane. Never rejects. */
  async answer(request: HttpRequest): Promise<HttpResponse> {
    if (request.method === 'OPTIONS')
      return this.#counted(request, 'other', { status: 204, headers: PREFLIGHT_HEADERS });
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return this.#counted(request, 'other', methodAnswer(request.method));
    if (request.path === TIME_PATH)
      return this.#counted(request, 'other', timeAnswer(this.#options.clock.nowMs()));
    const place = parseMediaPath(request.path);
    if (place === undefined) return this.#counted(request, 'other', unknownAnswer('event'));
    const configuration = await this.#options.configurationOf(place.key).catch(() => undefined);
    const response = await this.#answerOf(request, place, configuration);
    return withNotices(response, configuration?.notices);
  }

  async #answerOf(
    request: HttpRequest,
    place: MediaPath,
    configuration: EdgeConfiguration | undefined,
  ): Promise<HttpResponse> {
    const nowMs = this.#options.clock.nowMs();
    const wanted = {
      target: targetOf(request, place.path, configuration),
      configuration,
      event: `${place.key.tenant}/${place.key.event}`,
      requestClass: edgeClassOf(place.path, configuration, nowMs),
    };
    if (configuration === undefined)
      return this.#fromCacheOrRegions(request, { ...wanted, segment: undefined, mayHold: true });
    this.#learn(configuration);
    const verdict = guard(request.path, configuration, nowMs);
    const refused = guardAnswer(verdict, configuration, nowMs, CACHE_NAME);
    if (refused !== undefined) return this.#counted(request, 'guard', refused, wanted.requestClass);
    const segment = segmentNamed(request.path, configuration);
    return this.#fromCacheOrRegions(request, { ...wanted, segment, mayHold: verdict.kind !== 'pass' });
  }

  /** What is cached of a range is fetched again: a decision about it has changed. */
  invalidate({ key, ...range }: Invalidation): void {
    const event = `${key.tenant}/${key.event}`;
    const isOf = (served: ServedSegment | undefined) =>
      served?.event === event && isInvalidated(range, served);
    this.#expire(({ served }) => isOf(served));
    this.#disown(({ served }) => isOf(served));
  }

  /** What the configuration tells goes as well, but for answers that were given in its knowledge. */
  #learn(configuration: EdgeConfiguration): void {
    const event = `${configuration.tenant}/${configuration.event}`;
    const ranges = this.#invalidations.learn(event, configuration);
    if (ranges === 'everything') {
      const prefix = `/live/${event}/`;
      this.#expire((_, key) => key.startsWith(prefix));
      this.#disown(({ key }) => key.startsWith(prefix));
    } else if (ranges.length > 0)
      this.#expire(
        ({ served }) =>
          served?.event === event &&
          (served.revision ?? 0) < configuration.revision &&
          ranges.some((range) => isInvalidated(range, served)),
      );
  }

  #expire(matches: (object: EdgeObject, key: string) => boolean): void {
    const nowMs = this.#options.clock.nowMs();
    this.#cache.expireWhere(matches, nowMs, nowMs + STAND_IN_MS);
  }

  /** What is under way may bring the former decision: those who wait get it, the cache does not. */
  #disown(matches: (flight: Flight) => boolean): void {
    for (const flight of [...this.#flights.values()]) if (matches(flight)) this.#flights.delete(flight.key);
  }

  async close(): Promise<void> {
    await this.#upstream.close();
  }

  async #fromCacheOrRegions(request: HttpRequest, wanted: Wanted): Promise<HttpResponse> {
    const counted = (how: EdgeAnswered, response: HttpResponse) =>
      this.#counted(request, how, response, wanted.requestClass);
    const key = `${wanted.target}#${wanted.configuration?.version ?? 0}`;
    const nowMs = this.#options.clock.nowMs();
    const cached = this.#cache.get(key);
    if (cached !== undefined && nowMs < cached.freshUntilMs) {
      const ttl = Math.floor((cached.freshUntilMs - nowMs) / 1000);
      return counted('hit', objectAnswer(cached, request, nowMs, `hit; ttl=${ttl}`));
    }
    const underWay = this.#flights.get(key);
    if (
      underWay === undefined &&
      trafficOf(wanted.requestClass) === 'dvr' &&
      this.#dvrFlights >= DVR_FLIGHTS_MAX
    )
      return counted('overloaded', overloadedAnswer());
    const object = await (underWay ?? this.#fly(key, wanted)).object;
    const answeredMs = this.#options.clock.nowMs();
    if (object !== undefined && (object.status < 500 || cached === undefined)) {
      const how = `fwd=uri-miss; fwd-status=${object.status}${underWay === undefined ? '' : '; collapsed'}`;
      const stored = object.freshUntilMs > object.receivedAtMs ? '; stored' : '';
      const answer = objectAnswer(object, request, answeredMs, how + stored);
      return counted(underWay === undefined ? 'miss' : 'collapsed', answer);
    }
    if (cached !== undefined && answeredMs < cached.staleUntilMs)
      return counted('stale', objectAnswer(cached, request, answeredMs, 'fwd=stale; detail=stale-if-error'));
    return counted('unavailable', failedAnswer());
  }

  /** Starts the one fetch of a key. It goes on when its clients leave: the next one is a moment away. */
  #fly(key: string, wanted: Wanted): Flight {
    const { target, segment, event, mayHold } = wanted;
    const traffic = trafficOf(wanted.requestClass);
    const path = target.endsWith('?') ? target.slice(0, -1) : target;
    const weight = Number(traffic === 'dvr');
    this.#dvrFlights += weight;
    const object = this.#upstream.fetch(path, mayHold, traffic).then((answer) => {
      this.#dvrFlights -= weight;
      const received = answer && this.#received(answer, wanted);
      if (this.#flights.get(key) !== flight) return received;
      this.#flights.delete(key);
      if (received !== undefined) this.#keep(key, received);
      return received;
    });
    const flight: Flight = { key, served: segment && servedSegment(event, segment, {}), object };
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

  #received({ status, headers, bytes }: UpstreamAnswer, wanted: Wanted): EdgeObject {
    const receivedAtMs = this.#options.clock.nowMs();
    const { configuration, segment, event } = wanted;
    const { version = 0 } = configuration ?? {};
    const served = segment && servedSegment(event, segment, headers);
    // An origin that has not heard of the newest change yet must not fill the cache.
    const isBehind =
      Number(headers['headwater-version'] ?? version) < version ||
      (served !== undefined && this.#invalidations.isBehind(served));
    const freshness = freshnessOf(status, headers);
    const freshUntilMs = receivedAtMs + (isBehind ? 0 : freshness.freshMs);
    const staleUntilMs = freshUntilMs + freshness.staleIfErrorMs;
    return { status, headers, bytes, receivedAtMs, freshUntilMs, staleUntilMs, served };
  }

  #counted(
    request: HttpRequest,
    how: EdgeAnswered,
    response: HttpResponse,
    requestClass: EdgeClass = 'other',
  ): HttpResponse {
    this.#options.onAnswered?.(request, how, requestClass);
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
    return value === undefined ? [] : [`${parameter}=${encodeURIComponent(cut(value))}`];
  });
  return `${request.path}?${query.join('&')}`;
}

/** At most 32 characters, of which none is cut in two: half of one cannot be encoded. */
function cut(value: string): string {
  return Array.from(value).slice(0, 32).join('');
}
