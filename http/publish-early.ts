import { takeEarly, type EarlyOutcome } from '../origin/adoption/adopt-event';
import { isAwaitingAdoption } from '../origin/events/configuration';
import type { LiveEvent } from '../origin/events/live-event';
import { targetOfPut } from '../origin/events/target';
import { ingestDocument } from '../origin/ingest/ingest-document';
import type { Origin } from '../origin/origin';
import { isHandOff } from './hand-off';
import type { HttpRequest, HttpResponse } from './message';
import { jsonResponse, problemResponse } from './problem';
import { ingestAnswer } from './publish-answers';
import { bodyOf } from './put-body';

const NO_STORE = { 'Cache-Control': 'no-store' } as const;

export type Early =
  /** The event has its media: the PUT goes the ordinary way. */
  | { readonly kind: 'ordinary'; readonly event: LiveEvent }
  | { readonly kind: 'answered'; readonly response: HttpResponse };

/**
 * A PUT to an event that takes its media from the first MPD, before it has any; every other event is passed through.
 * @throws what stores throw.
 */
export async function takeEarlyPut(
  origin: Origin,
  event: LiveEvent,
  path: string,
  request: HttpRequest,
  pipeline: string,
): Promise<Early> {
  if (!isAwaitingAdoption(event.configuration)) return { kind: 'ordinary', event };
  if (isHandOff(request)) return answered(waitingProblem());
  const body = bodyOf(origin, request);
  const target = targetOfPut(event, path, pipeline);
  if ('kind' in body) return answered(ingestAnswer(event, target ?? { kind: 'document', path }, body));
  if (target?.kind === 'document') {
    const stored = await ingestDocument(origin, event, target.path, body.bytes);
    if (!path.endsWith('.mpd')) return answered(ingestAnswer(event, target, stored));
  }
  const outcome = await takeEarly(origin, { event, pipeline, path, bytes: body.bytes });
  if (outcome.kind === 'adopted' && target === undefined) return { kind: 'ordinary', event: outcome.event };
  return answered(earlyAnswer(outcome, path));
}

function answered(response: HttpResponse): Early {
  return { kind: 'answered', response };
}

function earlyAnswer(outcome: EarlyOutcome, path: string): HttpResponse {
  switch (outcome.kind) {
    case 'adopted':
      return jsonResponse(201, { path, adopted: true, notes: outcome.notes });
    case 'waiting':
      return jsonResponse(202, { path, adopted: false, waitingFor: outcome.inits });
    case 'kept':
      return jsonResponse(202, {
        path,
        adopted: false,
        waitingFor: ['the MPD, and the inits that it names'],
      });
    case 'too-early':
      return { status: 200, headers: { ...NO_STORE, 'Headwater-Ignored': 'before-adoption' } };
    case 'refused':
      return problemResponse(
        {
          status: 400,
          title: 'No event for this MPD',
          detail: 'The event takes its media from an MPD, and none can be made of this one.',
          faults: outcome.faults,
        },
        NO_STORE,
      );
    case 'unusable': {
      const wanted = 'an MPD, an init segment or a media segment';
      return problemResponse(
        {
          status: 400,
          title: 'Unusable',
          detail: 'The event takes its media from the first MPD, and this helps nothing to it.',
          faults: [{ parameter: 'body', wanted, got: outcome.got }],
        },
        NO_STORE,
      );
    }
  }
}

function waitingProblem(): HttpResponse {
  return problemResponse(
    {
      status: 409,
      title: 'Not adopted yet',
      detail:
        'The event takes its media from the first MPD: until then nobody knows what this would be. PUT it.',
    },
    NO_STORE,
  );
}
