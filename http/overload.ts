import { CACHE } from './cache-policy';
import { CORS_HEADERS } from './common-headers';
import type { HttpResponse } from './message';
import { problemResponse } from './problem';

/** Short, so that caches absorb the storm, and viewers come back soon. */
export function overloadedAnswer(headers: Readonly<Record<string, string>> = CORS_HEADERS): HttpResponse {
  return problemResponse(
    { status: 503, title: 'Overloaded', detail: 'There is more to answer than can be. Ask again.' },
    { ...headers, 'Cache-Control': CACHE.overloaded, 'Retry-After': '5' },
  );
}
