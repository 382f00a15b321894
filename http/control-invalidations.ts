import { appendEntry } from '../origin/events/append-entry';
import { parseInvalidation } from '../origin/events/change-requests';
import type { InvalidationEntry } from '../origin/events/event-record';
import type { LiveEvent } from '../origin/events/live-event';
import { changeAnswer, entryView } from './control-answers';
import { keyOf, type ControlCall } from './control-call';
import type { HttpResponse } from './message';
import { jsonResponse } from './problem';

/** `GET .../invalidations`: what edges are told, and whole ones by requests; the newest first. */
export function listInvalidations(_: ControlCall, event: LiveEvent): Promise<HttpResponse> {
  const whole = event.invalidationEntries
    .filter(({ range }) => range === undefined)
    .map(({ id, atMs, by, reason }) => ({ id, atMs, by, reason, all: true }));
  const invalidations = [...event.invalidations, ...whole]
    .sort((left, right) => right.atMs - left.atMs)
    .map(({ atMs, ...rest }) => ({ ...rest, at: new Date(atMs).toISOString() }));
  return Promise.resolve(
    jsonResponse(200, { version: event.head.version, revision: event.head.revision, invalidations }),
  );
}

/** `POST .../invalidations`: what it names is fetched again; nobody is answered an error for it. */
export async function addInvalidation(call: ControlCall): Promise<HttpResponse> {
  const { origin, input, terms } = call;
  const { by, reason } = terms;
  const outcome = await appendEntry<InvalidationEntry>(
    origin,
    keyOf(call),
    (event, base) => {
      const parsed = parseInvalidation(input, event);
      return 'faults' in parsed ? parsed : { ...base, ...parsed, kind: 'invalidation', by, reason };
    },
    terms,
  );
  return changeAnswer(outcome, { touched: 'segments', view: invalidationView });
}

function invalidationView({ range, ...entry }: InvalidationEntry) {
  return { ...entryView(entry), ...(range ?? { all: true }) };
}
