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

/** Nothing is known of the event, so neither 404 nor anything else may be said of it. Who comes again comes first. */
export function notAskedAnswer(): HttpResponse {
  return problemResponse(
    {
      status: 503,
      title: 'Not looked up',
      detail: 'More unknown events are asked for than can be looked up. Ask again.',
    },
    { ...CORS_HEADERS, 'Cache-Control': CACHE.notAsked, 'Retry-After': '1' },
  );
}
