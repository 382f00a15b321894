import { appendEntry, type MakeEntry } from '../origin/events/append-entry';
import { parseNotice } from '../origin/events/change-requests';
import { recordOf } from '../origin/events/change-event';
import { failedCondition, type ChangeOutcome } from '../origin/events/change-outcome';
import type { EventEntry, Notice, NoticeEntry, NoticeRemovalEntry } from '../origin/events/event-record';
import { compileEvent, type LiveEvent } from '../origin/events/live-event';
import type { StandingNotice } from '../origin/events/notices';
import { NOTICES_BYTES_MAX, encodeNotice } from '../origin/events/notices-field';
import { changeAnswer, preconditionAnswer } from './control-answers';
import { keyOf, type ControlCall } from './control-call';
import { underConditions } from './control-changes';
import type { HttpResponse } from './message';
import { jsonResponse } from './problem';
import { takesEffect } from './takes-effect';

/** `GET .../notices`: the newest first, and which of them the header has room for. */
export function listNotices(_: ControlCall, event: LiveEvent): Promise<HttpResponse> {
  return Promise.resolve(jsonResponse(200, noticesView(event), { ETag: noticesEtag(event) }));
}

/** Its version says it all; 0 while nothing was ever said. */
function noticesEtag({ notices }: LiveEvent): string {
  return `"${notices?.version ?? 0}"`;
}

function noticesView({ notices }: LiveEvent) {
  const { version = 0, standing = [], carried = 0, field = '' } = notices ?? {};
  return {
    version,
    header: field,
    bytesMax: NOTICES_BYTES_MAX,
    notices: standing.map((notice, at) => ({ ...noticeView(notice), carried: at < carried })),
  };
}

function noticeView({ type, name, fromSegment, data, atMs, by }: StandingNotice) {
  const id = name === '' ? {} : { id: name };
  const from = fromSegment === undefined ? {} : { fromSegment };
  return { type, ...id, ...from, data, by, at: new Date(atMs).toISOString() };
}

/** `POST .../notices`: in force at once, in the place of the one of its type and id. */
export async function addNotice(call: ControlCall): Promise<HttpResponse> {
  const { origin, input, terms } = call;
  const key = keyOf(call);
  const { by, reason } = terms;
  const known = await origin.events.reload(key);
  const parsed = parseNotice(input);
  const standing = known && !('faults' in parsed) && standingOf(known, parsed);
  // Said already: nothing is recorded, and players need not read it again.
  if (known && standing && encodeNotice(standing) === encodeNotice(parsed)) {
    const failed = failedCondition(terms, noticesEtag(known));
    return failed === undefined
      ? jsonResponse(200, { ...noticesView(known), takesEffect: takesEffect('notices') })
      : preconditionAnswer(failed);
  }
  const make: MakeEntry<NoticeEntry> = (event, base) =>
    'faults' in parsed
      ? parsed
      : { ...base, ...parsed, ...changeOf(event, base.atMs), kind: 'notice', by, reason };
  return told(call, await appendEntry(origin, key, underConditions(call, noticesEtag, make), terms));
}

/** `DELETE .../notices/{type}` or `.../notices/{type}/{id}`: told by a new version without it. */
export async function removeNotice(call: ControlCall): Promise<HttpResponse> {
  const { origin, names, terms } = call;
  const { type = '', id: name = '' } = names;
  const { by, reason } = terms;
  const make: MakeEntry<NoticeRemovalEntry> = (event, base) =>
    standingOf(event, { type, name }) === undefined
      ? { unknown: name === '' ? type : `${type}/${name}` }
      : { ...base, ...changeOf(event, base.atMs), kind: 'notice-removal', by, reason, type, name };
  const conditional = underConditions(call, noticesEtag, make);
  const response = await told(call, await appendEntry(origin, keyOf(call), conditional, terms));
  return response.status === 201 ? { ...response, status: 200 } : response;
}

/** Answers with all that is in force now, or would be. */
async function told(
  call: ControlCall,
  outcome: ChangeOutcome<NoticeEntry | NoticeRemovalEntry>,
): Promise<HttpResponse> {
  const event =
    outcome.kind === 'previewed'
      ? await eventWith(call, outcome.value)
      : await call.origin.events.get(keyOf(call));
  return changeAnswer(outcome, {
    touched: 'notices',
    view: () => (event === undefined ? {} : noticesView(event)),
  });
}

async function eventWith(call: ControlCall, entry: EventEntry): Promise<LiveEvent | undefined> {
  const record = await recordOf(call.origin, keyOf(call));
  return record && compileEvent({ head: record.head, entries: [...record.entries, entry] });
}

function standingOf(event: LiveEvent, { type, name }: Pick<Notice, 'type' | 'name'>) {
  return event.notices?.standing.find((notice) => notice.type === type && notice.name === name);
}

/** Every change has a greater version than the last, whatever the clocks of regions are. */
function changeOf(event: LiveEvent, atMs: number): { readonly atMs: number } {
  return { atMs: Math.max(atMs, (event.notices?.version ?? 0) + 1) };
}
