import { CACHE } from './cache-policy';
import { CORS_HEADERS } from './common-headers';
import type { HttpResponse } from './message';

export const TIME_PATH = '/live/time';

/**
 * ISO 8601 with milliseconds, for DASH's urn:mpeg:dash:utc:http-xsdate:2014. In the dialect of edges (edge/guard):
 * nobody may keep it, so an edge that can tell the time spares its origin every player's question.
 */
export function timeAnswer(nowMs: number): HttpResponse {
  return {
    status: 200,
    headers: { ...CORS_HEADERS, 'Content-Type': 'text/plain', 'Cache-Control': CACHE.noStore },
    body: new Date(nowMs).toISOString(),
  };
}
