import { initChoiceEntry } from '../origin/events/accept-init';
import { appendEntry, type MakeEntry } from '../origin/events/append-entry';
import { deleteEvent, endEvent, putEvent } from '../origin/events/change-event';
import { failedCondition } from '../origin/events/change-outcome';
import {
  parseCredentialRequest,
  parseEnd,
  parseInitChoice,
  parseMask,
  parsePreference,
} from '../origin/events/change-requests';
import type { EventEntry } from '../origin/events/event-record';
import type { LiveEvent } from '../origin/events/live-event';
import { endCredentials, registerCertificate, replaceCredential } from '../origin/events/replace-credential';
import type { Origin } from '../origin/origin';
import {
  changeAnswer,
  entryView,
  eventView,
  invalidAnswer,
  preconditionAnswer,
  unknownAnswer,
  versionHeaders,
} from './control-answers';
import { keyOf, type ControlCall } from './control-call';
import type { HttpResponse } from './message';
import { jsonResponse, problemResponse } from './problem';

/** `PUT .../{e}`. */
export async function putConfiguration(call: ControlCall): Promise<HttpResponse> {
  const outcome = await putEvent(call.origin, keyOf(call), call.input, call.terms);
  return changeAnswer(outcome, { touched: 'manifests', view: eventView, headers: versionHeaders });
}

/** `POST .../{e}/end`. */
export async function end(call: ControlCall): Promise<HttpResponse> {
  const parsed = parseEnd(call.input);
  if ('faults' in parsed) return invalidAnswer(parsed.faults);
  const outcome = await endEvent(call.origin, keyOf(call), parsed.finalSegment, call.terms);
  return changeAnswer(outcome, { touched: 'manifests', view: eventView, headers: versionHeaders });
}

/** `DELETE .../{e}`. */
export async function remove(call: ControlCall): Promise<HttpResponse> {
  const key = keyOf(call);
  const outcome = await deleteEvent(call.origin, key, call.terms);
  // Of an unknown event too: a call that failed in between is repeated.
  if (outcome.kind === 'done' || outcome.kind === 'unknown')
    await endCredentials(call.origin, key, call.terms.by);
  return changeAnswer(outcome, { touched: 'manifests', view: eventView });
}

/** Entries of an event that operators list, add to and take back, each under its own URL. */
export interface EntryList {
  /** The last part of the URL, and the member of the list. */
  readonly name: string;
  readonly of: (event: LiveEvent) => readonly EventEntry[];
}

export const MASKS: EntryList = { name: 'masks', of: ({ masks }) => masks };
export const PREFERENCES: EntryList = { name: 'preferences', of: ({ preferences }) => preferences };

/** The ETag of a list: entries never change, so their ids say it all. */
function listEtag(origin: Origin, list: EntryList, event: LiveEvent): string {
  const ids = list.of(event).map(({ id }) => id);
  return `"${origin.digester.sha256Hex(ids.join('\n')).slice(0, 16)}"`;
}

/** `GET .../{list}`. */
export function listed(list: EntryList) {
  return ({ origin }: ControlCall, event: LiveEvent): Promise<HttpResponse> => {
    const told = { [list.name]: list.of(event).map(entryView) };
    return Promise.resolve(jsonResponse(200, told, { ETag: listEtag(origin, list, event) }));
  };
}

/**
 * Makes the entry, unless a condition of the request does not hold for what `etagOf` is the tag of. What is wrong with the
 * request is told first.
 */
export function underConditions<Entry extends EventEntry>(
  { terms }: ControlCall,
  etagOf: (event: LiveEvent) => string | undefined,
  make: MakeEntry<Entry>,
): MakeEntry<Entry> {
  return (event, base) => {
    const entry = make(event, base);
    return 'kind' in entry ? (failedCondition(terms, etagOf(event)) ?? entry) : entry;
  };
}

async function appended(
  call: ControlCall,
  list: EntryList | undefined,
  make: MakeEntry<EventEntry>,
): Promise<HttpResponse> {
  const { origin, terms } = call;
  const conditional = underConditions(call, (event) => list && listEtag(origin, list, event), make);
  const outcome = await appendEntry(origin, keyOf(call), conditional, terms);
  return changeAnswer(outcome, { touched: 'segments', view: entryView });
}

/** `POST .../masks`. */
export function addMask(call: ControlCall): Promise<HttpResponse> {
  const { by, reason } = call.terms;
  return appended(call, MASKS, (event, base) => {
    const parsed = parseMask(call.input, event);
    return 'faults' in parsed ? parsed : { ...base, kind: 'mask', by, reason, ...parsed };
  });
}

/** `POST .../preferences`. */
export function addPreference(call: ControlCall): Promise<HttpResponse> {
  const { by, reason } = call.terms;
  return appended(call, PREFERENCES, (event, base) => {
    const parsed = parsePreference(call.input, event);
    return 'faults' in parsed ? parsed : { ...base, kind: 'preference', by, reason, ...parsed };
  });
}

/** `POST .../inits/{representation}`. */
export function acceptInit(call: ControlCall): Promise<HttpResponse> {
  const { by, reason } = call.terms;
  return appended(call, undefined, (event, { atMs }) => {
    const parsed = parseInitChoice(call.input, event);
    if ('faults' in parsed) return parsed;
    return initChoiceEntry(event, call.names['representation'] ?? '', parsed, { atMs, by, reason });
  });
}

/** `DELETE .../{list}/{id}`: takes an entry back; the record keeps both. */
export function takeBack(list: EntryList) {
  return async (call: ControlCall): Promise<HttpResponse> => {
    const { by, reason } = call.terms;
    const target = call.names['id'] ?? '';
    const response = await appended(call, list, (event, { atMs }) =>
      list.of(event).some(({ id }) => id === target)
        ? { id: `undo#${target}`, atMs, kind: 'undo', by, reason, target }
        : { unknown: target },
    );
    return response.status === 201 ? { ...response, status: 200 } : response;
  };
}

/** `PUT .../pipelines/{p}/credential`: a new secret, in this one answer and nowhere else, or a certificate. */
export async function credential(call: ControlCall): Promise<HttpResponse> {
  const { origin, names, input, terms } = call;
  const key = keyOf(call);
  const pipeline = names['pipeline'] ?? '';
  const event = await origin.events.reload(key);
  if (event?.configuration.pipelines.includes(pipeline) !== true) return unknownAnswer();
  const parsed = parseCredentialRequest(input, origin.clock.nowMs());
  if ('faults' in parsed) return invalidAnswer(parsed.faults);
  // Nobody can read a secret, so none is what a condition could be about.
  const failed = failedCondition(terms, undefined);
  if (failed !== undefined) return preconditionAnswer(failed);
  const { previousValidUntilMs, certificateSha256 } = parsed;
  const { by, reason } = terms;
  const previousValidUntil = new Date(previousValidUntilMs).toISOString();
  if (certificateSha256 === undefined) {
    const made = await replaceCredential(origin, key, pipeline, previousValidUntilMs, by, reason);
    return jsonResponse(200, { ...made, previousValidUntil });
  }
  const change = { previousValidUntilMs, by, reason };
  const made = await registerCertificate(origin, key, pipeline, certificateSha256, change);
  return 'takenBy' in made
    ? takenAnswer(made.takenBy)
    : jsonResponse(200, { pipeline, id: made.id, certificateSha256, previousValidUntil });
}

function takenAnswer(pipeline: string): HttpResponse {
  return problemResponse(
    {
      status: 409,
      title: 'Certificate taken',
      detail: 'A certificate speaks for one pipeline of an event. Give each packager its own.',
      faults: [
        {
          parameter: 'certificateSha256',
          wanted: 'a certificate of its own',
          got: `that of pipeline ${pipeline}`,
        },
      ],
    },
    { 'Cache-Control': 'no-store' },
  );
}
