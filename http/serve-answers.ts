import { bytesOfBase64 } from '../origin/encoding';
import type { InitEntry } from '../origin/events/event-record';
import type { LiveEvent, Representation } from '../origin/events/live-event';
import type { Target } from '../origin/events/target';
import type { Origin } from '../origin/origin';
import type { Document } from '../origin/ports/segment-store';
import type { SegmentOutcome } from '../origin/serve/serve-segment';
import { absenceAnswer } from './absence-answer';
import { eventTag } from './cache-tags';
import { CACHE, mediaCacheControl } from './cache-policy';
import { CORS_HEADERS, eventHeaders } from './common-headers';
import type { HttpRequest, HttpResponse } from './message';
import { overloadedAnswer } from './overload';
import { problemResponse } from './problem';
import { wantedOf } from './range';
import type { Wanted, WantedOf } from './range';
import { contentTypeOf, etagOf, reprDigest, segmentHeaders } from './segment-headers';
import { unknownAnswer } from './unknown-answer';

/** The rows of the schedule table (docs/schedule.md): each outcome, its status and how long it stays true. */
export function segmentAnswer(
  origin: Origin,
  event: LiveEvent,
  representation: Representation,
  number: number,
  outcome: SegmentOutcome,
  wanted: WantedOf,
): HttpResponse {
  if (outcome.kind === 'selected')
    return selectedAnswer(event, representation, origin.local.region, outcome, wanted);
  if (outcome.kind === 'hole') return holeAnswer(event, representation, outcome.bytes);
  if (outcome.kind === 'shed') return overloadedAnswer(eventHeaders(event));
  return absenceAnswer(eventHeaders(event), number, outcome, origin.clock.nowMs());
}

/** An empty fragment of ours, marked as such, and for one segment only: a late publication still replaces it. */
function holeAnswer(event: LiveEvent, representation: Representation, bytes: Uint8Array): HttpResponse {
  const headers = {
    ...eventHeaders(event),
    'Content-Type': contentTypeOf(representation),
    'Cache-Control': mediaCacheControl(event, true),
    'Headwater-Defects': 'missing',
    'Cache-Tag': eventTag(event.key),
  };
  return { status: 200, headers, body: bytes };
}

function selectedAnswer(
  event: LiveEvent,
  representation: Representation,
  region: string,
  outcome: Extract<SegmentOutcome, { kind: 'selected' }>,
  wanted: WantedOf,
): HttpResponse {
  const headers = segmentHeaders(event, representation, region, outcome);
  const { digest, size } = outcome.served;
  return partAnswer(wanted(digest, size), size, headers, outcome.body);
}

function partAnswer(
  part: Wanted,
  size: number,
  headers: Record<string, string>,
  body: HttpResponse['body'] | undefined,
): HttpResponse {
  if (part.kind === 'none' && part.why === 'not-modified') return { status: 304, headers };
  if (part.kind === 'none' && part.why === 'unsatisfiable')
    return problemResponse(
      {
        status: 416,
        title: 'Range not satisfiable',
        detail: 'The range begins beyond the end.',
        faults: [{ parameter: 'Range', wanted: `bytes within 0-${size - 1}`, got: 'none of them' }],
      },
      { ...CORS_HEADERS, 'Cache-Control': CACHE.missing, 'Content-Range': `bytes */${size}` },
    );
  if (part.kind === 'part') {
    headers['Content-Range'] = `bytes ${part.range.start}-${part.range.end - 1}/${size}`;
    headers['Content-Length'] = (part.range.end - part.range.start).toString();
  } else headers['Content-Length'] = size.toString();
  return { status: part.kind === 'part' ? 206 : 200, headers, ...(body !== undefined && { body }) };
}

/** An init by version is immutable; the bare name follows the init in force. */
export function initAnswer(
  event: LiveEvent,
  { representation }: Extract<Target, { kind: 'init' }>,
  entry: InitEntry | undefined,
  request: HttpRequest,
): HttpResponse {
  const bytes = entry && bytesOfBase64(entry.bytes);
  if (entry === undefined || bytes === undefined) return unknownAnswer('init', eventHeaders(event));
  const part = wantedOf(request)(entry.digest, bytes.length);
  const headers = {
    ...eventHeaders(event),
    'Content-Type': contentTypeOf(representation),
    'Cache-Control': request.query['v'] === undefined ? CACHE.init : CACHE.initVersion,
    'Accept-Ranges': 'bytes',
    ETag: etagOf(entry.digest),
    'Repr-Digest': reprDigest(entry.digest),
    'Last-Modified': new Date(entry.atMs).toUTCString(),
    'Cache-Tag': eventTag(event.key),
  };
  return partAnswer(
    part,
    bytes.length,
    headers,
    part.kind === 'part'
      ? bytes.subarray(part.range.start, part.range.end)
      : part.kind === 'all'
        ? bytes
        : undefined,
  );
}

/** A packager's own manifest or a passthrough object, as it was PUT last. */
export function documentAnswer(
  event: LiveEvent,
  document: Document | undefined,
  request: HttpRequest,
): HttpResponse {
  if (document === undefined)
    return problemResponse(
      {
        status: 404,
        title: 'Unknown object',
        detail: 'Nothing was PUT under this name.',
        faults: [{ parameter: 'path', wanted: 'the path of an object that was PUT', got: 'another' }],
      },
      { ...eventHeaders(event), 'Cache-Control': CACHE.empty },
    );
  const headers = {
    ...eventHeaders(event),
    'Content-Type': document.contentType,
    'Cache-Control': CACHE.document,
    'Last-Modified': new Date(document.publishedAtMs).toUTCString(),
    'Cache-Tag': eventTag(event.key),
    'Content-Length': document.bytes.length.toString(),
  };
  return { status: 200, headers, ...(request.method !== 'HEAD' && { body: document.bytes }) };
}
