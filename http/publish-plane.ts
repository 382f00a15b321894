import type { LiveEvent } from '../origin/events/live-event';
import { parseNotices } from '../origin/events/notices-field';
import type { PutTarget } from '../origin/events/target';
import { targetAfterInit } from '../origin/ingest/await-init';
import { ingestDocument } from '../origin/ingest/ingest-document';
import { ingestInit } from '../origin/ingest/ingest-init';
import { ingestNotices } from '../origin/ingest/ingest-notices';
import { ingestSegment } from '../origin/ingest/ingest-segment';
import type { IngestOutcome } from '../origin/ingest/outcome';
import type { Publisher } from '../origin/ingest/publisher';
import type { Origin } from '../origin/origin';
import { handOffOutcome, isHandOff } from './hand-off';
import { parseMediaPath } from './media-path';
import type { HttpRequest, HttpResponse } from './message';
import {
  forbiddenAnswer,
  ingestAnswer,
  unauthorizedAnswer,
  unknownEventAnswer,
  unknownNameAnswer,
  unsupportedAnswer,
  wrongMethodAnswer,
} from './publish-answers';
import { takeEarlyPut } from './publish-early';
import { bodyOf } from './put-body';
import { reportedDefects } from './segment-inspection';
import { faultsHeader } from './structured-fields';

/** What a PUT came to, for logs and metrics. */
export interface Published {
  readonly response: HttpResponse;
  readonly event?: LiveEvent;
  readonly target?: PutTarget;
  readonly outcome?: IngestOutcome;
}

/**
 * PUT, POST and DELETE of the media plane, in every runtime. The body has been read whole; `publisher` is who the
 * credential speaks for, if anyone.
 * @throws what stores throw; then nothing is half-written and `failedAnswer` tells the packager to come again.
 */
export async function publishPlane(
  origin: Origin,
  request: HttpRequest,
  publisher: Publisher | undefined,
): Promise<Published> {
  if (publisher === undefined) return { response: unauthorizedAnswer() };
  const place = parseMediaPath(request.path);
  if (place === undefined) return { response: unknownNameAnswer() };
  if (publisher.tenant !== place.key.tenant || publisher.event !== place.key.event)
    return { response: forbiddenAnswer('The credential is for another event.') };
  const event = await origin.events.get(place.key);
  if (event === undefined) return { response: unknownEventAnswer() };
  const refusal = refusalOf(event, publisher, origin.clock.nowMs());
  if (refusal !== undefined) return { event, response: forbiddenAnswer(refusal) };
  switch (request.method) {
    case 'PUT':
    case 'POST':
      return { event, ...(await publish(origin, event, place.path, request, publisher)) };
    case 'DELETE':
      // Packagers delete what slides out of their own window. Retention is the origin's: nothing is removed.
      return { event, response: { status: 200, headers: { 'Cache-Control': 'no-store' } } };
    default:
      return { event, response: wrongMethodAnswer(request.method) };
  }
}

/** The authorizer says who it is; whether it may is decided here, from the event as it is now. */
function refusalOf(event: LiveEvent, publisher: Publisher, nowMs: number): string | undefined {
  if (!event.configuration.pipelines.includes(publisher.pipeline))
    return `The event has no pipeline ${publisher.pipeline}.`;
  const validUntilMs = event.revokedCredentials.get(publisher.credential) ?? Infinity;
  return validUntilMs <= nowMs ? 'The credential has been replaced.' : undefined;
}

async function publish(
  origin: Origin,
  known: LiveEvent,
  path: string,
  request: HttpRequest,
  { pipeline }: Publisher,
): Promise<Published> {
  const early = await takeEarlyPut(origin, known, path, request, pipeline);
  if (early.kind === 'answered')
    return { event: known, response: await withNotices(origin, known, request, pipeline, early.response) };
  const { event, target } = await targetAfterInit(origin, early.event, path, pipeline);
  if (target === undefined) return { response: unsupportedAnswer(event, path) };
  const take = isHandOff(request) ? handOffOutcome : store;
  const outcome = await take(origin, event, target, request, pipeline);
  const response = ingestAnswer(event, target, outcome);
  return { event, target, outcome, response: await withNotices(origin, event, request, pipeline, response) };
}

/** A notice that cannot be read costs nobody a segment: the answer says what was wrong with it. */
async function withNotices(
  origin: Origin,
  event: LiveEvent,
  request: HttpRequest,
  pipeline: string,
  response: HttpResponse,
): Promise<HttpResponse> {
  const header = request.headers['headwater-notices'];
  if (header === undefined) return response;
  const parsed = parseNotices(header);
  if ('faults' in parsed)
    return {
      ...response,
      headers: { ...response.headers, 'Headwater-Notices-Refused': faultsHeader(parsed.faults) },
    };
  await ingestNotices(origin, event, pipeline, parsed.notices);
  return response;
}

async function store(
  origin: Origin,
  event: LiveEvent,
  target: PutTarget,
  request: HttpRequest,
  pipeline: string,
): Promise<IngestOutcome> {
  const body = bodyOf(origin, request);
  if ('kind' in body) return body;
  const { bytes, digest } = body;
  switch (target.kind) {
    case 'segment': {
      const { representation, number } = target;
      const reported = reportedDefects(request.headers['segment-inspection']);
      const put = { event, representation, number, pipeline, bytes, digest, reported };
      return ingestSegment(origin, put);
    }
    case 'init':
      return ingestInit(origin, { event, representation: target.representation, pipeline, bytes, digest });
    case 'document':
      return ingestDocument(origin, event, target.path, bytes);
    case 'not-canonical':
    case 'init-needed':
      return target;
    case 'mpd':
    case 'master-playlist':
    case 'media-playlist':
      throw new Error(`a PUT resolved to our own ${target.kind}`);
  }
}
