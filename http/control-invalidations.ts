import { appendEntry, type MakeEntry } from '../origin/events/append-entry';
import { parseInvalidation } from '../origin/events/change-requests';
import type { InvalidationEntry } from '../origin/events/event-record';
import type { LiveEvent } from '../origin/events/live-event';
import { liveEdge, windowStart } from '../origin/schedule/schedule';
import { changeAnswer, entryView } from './control-answers';
import { keyOf, type ControlCall } from './control-call';
import { underConditions } from './control-changes';
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
  const make: MakeEntry<InvalidationEntry> = (event, base) => {
    const parsed = parseInvalidation(input, event);
    return 'faults' in parsed ? parsed : { ...base, ...parsed, kind: 'invalidation', by, reason };
  };
  // The list has no tag: edges are told of every flag too.
  const conditional = underConditions(call, () => undefined, make);
  const outcome = await appendEntry(origin, keyOf(call), conditional, terms);
  const event = await origin.events.get(keyOf(call));
  const nowMs = origin.clock.nowMs();
  const view = (entry: InvalidationEntry) => ({
    ...invalidationView(entry),
    ...(event && { segments: segmentsIn(event, entry, nowMs) }),
  });
  return changeAnswer(outcome, { touched: 'segments', view });
}

/** Segments of the window that caches fetch again at most. */
function segmentsIn(event: LiveEvent, { range }: InvalidationEntry, nowMs: number): number {
  const from = Math.max(range?.fromSegment ?? 0, windowStart(event.schedule, nowMs));
  const to = Math.min(range?.toSegment ?? Infinity, liveEdge(event.schedule, nowMs) + 1);
  const representations = range?.representation === undefined ? event.representations.size : 1;
  return Math.max(0, to - from + 1) * representations;
}

function invalidationView({ range, ...entry }: InvalidationEntry) {
  return { ...entryView(entry), ...(range ?? { all: true }) };
}
