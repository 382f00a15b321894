import type { LiveEvent } from '../origin/events/live-event';

/** On every answer of the media plane, whatever its status: players run on other hosts' pages. */
export const CORS_HEADERS: Readonly<Record<string, string>> = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers':
    'CMSD-Static, CMSD-Dynamic, Headwater-Candidate, Headwater-Defects, Headwater-Notices, Headwater-Version, ' +
    'Headwater-Expires-Ms, ETag, Date, Age, Content-Range, Server-Timing',
  'Timing-Allow-Origin': '*',
};

/**
 * The request header in which a shared cache says under which version it keeps the answer; a part of its key, set by the
 * edge whatever a viewer says.
 */
export const KEPT_VERSION_HEADER = 'headwater-version';

/** On every answer about an event that exists. */
export function eventHeaders(event: LiveEvent): Readonly<Record<string, string>> {
  return {
    ...CORS_HEADERS,
    'Headwater-Version': event.head.version.toString(),
    'Headwater-Revision': event.head.revision.toString(),
    ...(event.notices !== undefined && { 'Headwater-Notices': event.notices.field }),
  };
}

/** Answers an OPTIONS preflight: any page may GET and HEAD with Range. */
export const PREFLIGHT_HEADERS: Readonly<Record<string, string>> = {
  ...CORS_HEADERS,
  'Access-Control-Allow-Methods': 'GET, HEAD, OPTIONS',
  'Access-Control-Allow-Headers':
    'Range, If-None-Match, If-Range, CMCD-Object, CMCD-Request, CMCD-Session, CMCD-Status',
  'Access-Control-Max-Age': '86400',
  'Cache-Control': 'max-age=60',
  'Content-Length': '0',
};
