import { KEPT_VERSION_HEADER, PREFLIGHT_HEADERS } from '../../http/common-headers';
import { TIME_PATH, timeAnswer } from '../../http/time-answer';
import type { EdgeRepresentation } from '../../origin/events/edge-configuration';
import { eventNameOf, guard, objectNameOf, type Verdict } from '../guard/guard';
import { guardAnswer } from '../guard/guard-answer';
import { knownQuery } from '../guard/known-query';
import { decodeHead, decodePiece, headKey, noticesKey, pieceKey, type Head } from './key-values';
import { type Value, type ViewerRequest, type ViewerResponse, viewerResponse } from './message';
import { valueOf } from './store';

const CACHE_NAME = 'headwater-cloudfront';

/** What an event makes of a name. */
interface Decision {
  readonly verdict: Verdict;
  readonly isInit: boolean;
}

/**
 * CloudFront's viewer-request function: before the cache, on every request. It answers what the schedule alone can
 * answer, and forwards the rest with the event's version, which is a part of the cache key. Functions have no timers:
 * what is expected any moment is held by the origin.
 */
export async function handler(event: {
  readonly request: ViewerRequest;
}): Promise<ViewerRequest | ViewerResponse> {
  const request = event.request;
  // Neither can be cached, and every player sends both: an origin behind would be asked by each.
  if (request.method === 'OPTIONS')
    return viewerResponse({ status: 204, headers: PREFLIGHT_HEADERS }, 'OPTIONS');
  if (request.uri === TIME_PATH) return viewerResponse(timeAnswer(Date.now()), request.method);
  const name = eventNameOf(request.uri);
  const value = name === '' ? undefined : await valueOf(headKey(name));
  const head = value === undefined ? undefined : decodeHead(name, value);
  // Always, or a viewer would choose the cache entry.
  request.headers[KEPT_VERSION_HEADER] = {
    value: head === undefined ? '0' : head.configuration.version.toString(),
  };
  if (head === undefined) return request;
  const nowMs = Date.now();
  const decision = await decide(request.uri, name, head, nowMs);
  if (decision === undefined) return request;
  return (await refusal(request, name, head, decision.verdict, nowMs)) || forwarded(request, head, decision);
}

/** @returns undefined where the edge has not heard all of the configuration yet. */
async function decide(path: string, name: string, head: Head, nowMs: number): Promise<Decision | undefined> {
  const configuration = head.configuration;
  const object = objectNameOf(path, configuration);
  let representations = configuration.representations;
  for (let piece = 1; ; piece += 1) {
    const isInit = hasInit(representations, object);
    // Passthrough patterns are the last to be asked: any name may be one.
    const verdict = guard(
      path,
      { ...configuration, representations: representations, passthrough: false },
      nowMs,
    );
    if (verdict.kind !== 'unknown') return { verdict: verdict, isInit: isInit };
    if (piece > head.pieces)
      return { verdict: configuration.passthrough ? { kind: 'pass' } : verdict, isInit: false };
    const value = await valueOf(pieceKey(name, piece));
    const next = value === undefined ? undefined : decodePiece(value, head.tag);
    if (next === undefined) return undefined;
    representations = next;
  }
}

/** Apart, because CloudFront Functions take no closures in async functions. */
function hasInit(representations: readonly EdgeRepresentation[], object: string): boolean {
  return representations.some((representation) => representation.initialization === object);
}

async function refusal(
  request: ViewerRequest,
  name: string,
  head: Head,
  verdict: Verdict,
  nowMs: number,
): Promise<ViewerResponse | undefined> {
  if (verdict.kind === 'pass' || verdict.kind === 'hold') return undefined;
  const notices = head.hasNotices ? await valueOf(noticesKey(name)) : undefined;
  const told = notices === undefined ? head.configuration : { ...head.configuration, notices: notices };
  const answer = guardAnswer(verdict, told, nowMs, CACHE_NAME);
  return answer && viewerResponse(answer, request.method);
}

const KEY_QUERY = ['v', 'dvr', '_HLS_skip'];

/** A parameter that makes no difference would make a cache entry of its own; others are not in the key. */
function forwarded(request: ViewerRequest, head: Head, decision: Decision): ViewerRequest {
  const known = knownQuery(objectNameOf(request.uri, head.configuration), decision.isInit);
  const names = Object.keys(request.querystring);
  const kept: Record<string, Value> = {};
  for (let i = 0; i < names.length; i += 1) {
    const name = names[i] || '';
    const value = request.querystring[name];
    if (value !== undefined && (KEY_QUERY.indexOf(name) < 0 || known.indexOf(name) >= 0)) kept[name] = value;
  }
  request.querystring = kept;
  return request;
}
