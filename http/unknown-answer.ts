import { CACHE } from './cache-policy';
import { CORS_HEADERS } from './common-headers';
import type { HttpResponse } from './message';
import { problemResponse } from './problem';

const UNKNOWN = {
  event: {
    title: 'Unknown event',
    detail: 'There is no such event.',
    wanted: '/live/{tenant}/{event}/{path} of an event that exists',
    cache: CACHE.unknown,
  },
  object: {
    title: 'Unknown object',
    detail: 'No template, manifest or passthrough pattern of the event has this name.',
    wanted: 'the path of an init segment, a segment or a manifest',
    cache: CACHE.unknown,
  },
  number: {
    title: 'Not canonical',
    detail: 'Every segment has one name; this one names nothing.',
    wanted: 'a number without leading zeros beyond the width of the template',
    cache: CACHE.never,
  },
  init: {
    title: 'No init segment',
    detail: 'No pipeline has published this init segment yet.',
    wanted: 'an init segment that was published',
    cache: CACHE.empty,
  },
} as const;

/**
 * 404 for what no schedule knows of; cached by how soon that may change. In the dialect of edges (edge/guard).
 * @param headers of every answer about the event, where it exists
 */
export function unknownAnswer(
  what: keyof typeof UNKNOWN,
  headers?: Readonly<Record<string, string>>,
): HttpResponse {
  const unknown = UNKNOWN[what];
  return problemResponse(
    {
      status: 404,
      title: unknown.title,
      detail: unknown.detail,
      faults: [{ parameter: 'path', wanted: unknown.wanted, got: 'another' }],
    },
    { ...(headers === undefined ? CORS_HEADERS : headers), 'Cache-Control': unknown.cache },
  );
}
