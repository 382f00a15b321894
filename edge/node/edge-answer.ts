import { CORS_HEADERS } from '../../http/common-headers';
import type { HttpRequest, HttpResponse } from '../../http/message';
import { problemResponse } from '../../http/problem';
import { wantedByEtag } from '../../http/range';
import { noticesVersion } from '../../origin/events/notices-field';
import { ageSeconds } from './freshness';
import type { EdgeObject } from './object-cache';

export const CACHE_NAME = 'headwater-edge';

/**
 * Answers one client from a whole object: conditional and range requests are the edge's own work, so that one fetch
 * serves them all.
 * @param cacheStatus parameters of the Cache-Status member (RFC 9211)
 */
export function objectAnswer(
  object: EdgeObject,
  request: HttpRequest,
  nowMs: number,
  cacheStatus: string,
): HttpResponse {
  const residentSeconds = Math.max(0, Math.floor((nowMs - object.receivedAtMs) / 1000));
  const age = ageSeconds(object.headers) + residentSeconds;
  const headers = {
    ...object.headers,
    ...(age > 0 && { age: age.toString() }),
    'content-length': object.bytes.length.toString(),
    'cache-status': `${CACHE_NAME}; ${cacheStatus}`,
  };
  if (object.status !== 200) return whole(object, headers, request);
  const size = object.bytes.length;
  const wanted = wantedByEtag(request)(object.headers['etag'], size);
  if (wanted.kind === 'part') {
    const { start, end } = wanted.range;
    headers['content-length'] = (end - start).toString();
    const part = { ...headers, 'content-range': `bytes ${start}-${end - 1}/${size}` };
    const body = object.bytes.subarray(start, end);
    return { status: 206, headers: part, ...(request.method !== 'HEAD' && { body }) };
  }
  if (wanted.kind === 'none' && wanted.why === 'not-modified') return notModified(headers);
  if (wanted.kind === 'none' && wanted.why === 'unsatisfiable')
    return problemResponse(
      { status: 416, title: 'Range not satisfiable', detail: `Wanted bytes within 0-${size - 1}.` },
      { ...CORS_HEADERS, 'Cache-Control': 'max-age=0', 'Content-Range': `bytes */${size}` },
    );
  return whole(object, headers, request);
}

/**
 * The newest notices, on any answer: those of a cached object are of the time at which it was fetched; an answer that was
 * just fetched may know newer ones than the edge.
 */
export function withNotices(response: HttpResponse, newest: string | undefined): HttpResponse {
  const { 'headwater-notices': own, ...headers } = response.headers;
  const field = noticesVersion(own) > noticesVersion(newest) ? own : newest;
  return field === undefined
    ? response
    : { ...response, headers: { ...headers, 'Headwater-Notices': field } };
}

function whole(object: EdgeObject, headers: Record<string, string>, request: HttpRequest): HttpResponse {
  return { status: object.status, headers, ...(request.method !== 'HEAD' && { body: object.bytes }) };
}

function notModified(headers: Readonly<Record<string, string>>): HttpResponse {
  const kept = Object.entries(headers).filter(([name]) => name !== 'content-length');
  return { status: 304, headers: Object.fromEntries(kept) };
}
