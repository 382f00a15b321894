import { CACHE } from './cache-policy';
import { CORS_HEADERS } from './common-headers';
import type { HttpResponse } from './message';
import { problemResponse } from './problem';

/** 405 of whatever only reads. In the dialect of edges (edge/guard). */
export function methodAnswer(method: string): HttpResponse {
  return problemResponse(
    {
      status: 405,
      title: 'Method not allowed',
      detail: 'What is published goes to the publish API.',
      faults: [{ parameter: 'method', wanted: 'GET, HEAD or OPTIONS', got: method }],
    },
    { ...CORS_HEADERS, 'Cache-Control': CACHE.never, Allow: 'GET, HEAD, OPTIONS' },
  );
}
