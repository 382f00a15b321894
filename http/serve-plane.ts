import { utf8Length } from '../origin/encoding';
import type { Origin } from '../origin/origin';
import type { LiveEvent, Representation } from '../origin/events/live-event';
import { targetOfGet } from '../origin/events/target';
import type { Target } from '../origin/events/target';
import type { Cancel } from '../origin/ports/cancel';
import { isLiveClass } from '../origin/serve/live-class';
import { serveDocument } from '../origin/serve/serve-document';
import { serveInit } from '../origin/serve/serve-init';
import { serveSegment } from '../origin/serve/serve-segment';
import type { SegmentOutcome } from '../origin/serve/serve-segment';
import { CACHE } from './cache-policy';
import { CORS_HEADERS, eventHeaders, KEPT_VERSION_HEADER, PREFLIGHT_HEADERS } from './common-headers';
import { parseMediaPath } from './media-path';
import type { HttpRequest, HttpResponse } from './message';
import { methodAnswer } from './method-answer';
import { notAskedAnswer } from './overload';
import { serveManifest } from './serve-manifest';
import { problemResponse } from './problem';
import { wantedOf } from './range';
import { documentAnswer, initAnswer, segmentAnswer } from './serve-answers';
import { TIME_PATH, timeAnswer } from './time-answer';
import { unknownAnswer } from './unknown-answer';

/** What a GET came to, for logs and metrics. */
export interface Served {
  readonly response: HttpResponse;
  readonly event?: LiveEvent;
  readonly representation?: Representation;
  readonly outcome?: SegmentOutcome;
  /** What was asked for, as loads are told apart; absent where nothing of an event was named. */
  readonly requestClass?: RequestClass;
}

/** `live` and `dvr`: segments on either side of what is never shed. */
export type RequestClass = 'live' | 'dvr' | 'init' | 'manifest' | 'document';

/**
 * GET, HEAD and OPTIONS of the media plane, in every runtime.
 * @throws what stores throw; {@link failedServe} turns it into a 503.
 */
export async function servePlane(origin: Origin, request: HttpRequest, cancel: Cancel): Promise<Served> {
  const served = await serveRequest(origin, request, cancel);
  return { ...served, response: withoutBody(request, unkeptWhereBehind(request, served)) };
}

/** A cache that has heard of a newer version than this origin must keep nothing of the older one under its name. */
function unkeptWhereBehind(request: HttpRequest, { event, response }: Served): HttpResponse {
  if (event === undefined || !(keptVersionOf(request) > event.head.version)) return response;
  return { ...response, headers: { ...response.headers, 'Cache-Control': CACHE.missing } };
}

/** Of the event, as the cache knows it that asks; 0 where it does not. */
function keptVersionOf({ headers }: HttpRequest): number {
  return Number(headers[KEPT_VERSION_HEADER] ?? 0);
}

async function serveRequest(origin: Origin, request: HttpRequest, cancel: Cancel): Promise<Served> {
  if (request.method === 'OPTIONS') return { response: { status: 204, headers: PREFLIGHT_HEADERS } };
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return { response: methodAnswer(request.method) };
  if (request.path === TIME_PATH) return { response: timeAnswer(origin.clock.nowMs()) };
  const place = parseMediaPath(request.path);
  const event = place && (await origin.events.getForAnybody(place.key, keptVersionOf(request) > 0));
  if (place === undefined || event === undefined) return { response: unknownAnswer('event') };
  if (event === 'not-asked') return { response: notAskedAnswer() };
  const target = targetOfGet(event, place.path);
  if (target === undefined) return { event, response: unknownAnswer('object', eventHeaders(event)) };
  const requestClass = classOf(event, target, origin.clock.nowMs());
  const served = await serveTarget(origin, event, target, request, cancel);
  return { event, ...(requestClass && { requestClass }), ...served };
}

function classOf(event: LiveEvent, target: Target, nowMs: number): RequestClass | undefined {
  switch (target.kind) {
    case 'segment':
      return isLiveClass(event, target.number, nowMs) ? 'live' : 'dvr';
    case 'init':
    case 'document':
      return target.kind;
    case 'mpd':
    case 'master-playlist':
    case 'media-playlist':
      return 'manifest';
    case 'not-canonical':
      return undefined;
  }
}

async function serveTarget(
  origin: Origin,
  event: LiveEvent,
  target: Target,
  request: HttpRequest,
  cancel: Cancel,
): Promise<Served> {
  const nowMs = origin.clock.nowMs();
  switch (target.kind) {
    case 'segment':
      return segment(origin, event, target, request, cancel);
    case 'init': {
      const version = request.query['v'];
      const entry = serveInit(
        event,
        target.representation,
        version === undefined ? undefined : versionOf(version),
        nowMs,
      );
      return { representation: target.representation, response: initAnswer(event, target, entry, request) };
    }
    case 'not-canonical':
      return { response: unknownAnswer('number', eventHeaders(event)) };
    case 'document':
      return {
        response: documentAnswer(event, await serveDocument(origin, event.key, target.path), request),
      };
    case 'mpd':
    case 'master-playlist':
    case 'media-playlist':
      return { response: await serveManifest(origin, event, target, request) };
  }
}

/** @returns NaN, which no init has, for an alias: `v=01` would be a second cache entry of the same bytes. */
function versionOf(text: string): number {
  return /^[1-9]\d{0,5}$/.test(text) ? Number(text) : NaN;
}

async function segment(
  origin: Origin,
  event: LiveEvent,
  { representation, number }: Extract<Target, { kind: 'segment' }>,
  request: HttpRequest,
  cancel: Cancel,
): Promise<Served> {
  const wanted = wantedOf(request);
  const outcome = await serveSegment(origin, {
    event,
    representation: representation.configuration.id,
    number,
    wanted: (candidate) => {
      const { kind, range } = wanted(candidate.digest, candidate.size);
      return kind === 'part' ? range : kind;
    },
    cancel,
  });
  const response = segmentAnswer(origin, event, representation, number, outcome, wanted);
  return { representation, outcome, response };
}

/**
 * The store failed and nothing is known: say so, so that edges turn to another region. CloudFront does on 500, while
 * its 503 also stands for load that must not be doubled there.
 */
export function failedAnswer(
  status: 500 | 503 = 503,
  headers: Readonly<Record<string, string>> = CORS_HEADERS,
): HttpResponse {
  return problemResponse(
    {
      status,
      title: 'Store failing',
      detail: 'The origin cannot reach its stores. Ask again, or another region.',
    },
    { ...headers, 'Cache-Control': 'no-store', 'Retry-After': '1' },
  );
}

/** The same for a GET of the media plane: with what is known of its event, notices among it. */
export function failedServe(origin: Origin, request: HttpRequest, status: 500 | 503 = 503): HttpResponse {
  const place = parseMediaPath(request.path);
  const event = place && origin.events.remembered(place.key);
  return failedAnswer(status, event && eventHeaders(event));
}

/** HEAD has the headers of GET, Content-Length too (RFC 9110, 9.3.2). */
function withoutBody(request: HttpRequest, response: HttpResponse): HttpResponse {
  if (request.method !== 'HEAD' || response.body === undefined) return response;
  const { body, ...head } = response;
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) return head;
  return { ...head, headers: { 'Content-Length': lengthOf(body).toString(), ...head.headers } };
}

function lengthOf(body: string | Uint8Array): number {
  return typeof body === 'string' ? utf8Length(body) : body.length;
}
