import { configurationEtag } from '../origin/events/change-event';
import type { ChangeOutcome } from '../origin/events/change-event';
import type { Fault } from '../origin/events/configuration';
import { ENTRIES_MAX } from '../origin/events/event-record';
import type { EventEntry, EventHead } from '../origin/events/event-record';
import type { HttpResponse } from './message';
import { jsonResponse, problemResponse } from './problem';

const NO_STORE = { 'Cache-Control': 'no-store' } as const;

/** An event as operators read it. */
export function eventView(head: EventHead) {
  const { tenant, event, configuration, version, createdAtMs, updatedAtMs, endedAtMs, expiresAtMs } = head;
  return {
    tenant,
    event,
    version,
    createdAt: instant(createdAtMs),
    updatedAt: instant(updatedAtMs),
    ...(endedAtMs !== undefined && { endedAt: instant(endedAtMs) }),
    ...(expiresAtMs !== undefined && { expiresAt: instant(expiresAtMs) }),
    configuration,
  };
}

export function entryView(entry: EventEntry) {
  const { atMs, ...rest } = entry;
  return { ...rest, at: instant(atMs) };
}

export function versionHeaders(head: EventHead): Readonly<Record<string, string>> {
  return { ETag: configurationEtag(head), 'Headwater-Version': head.version.toString() };
}

/** How each outcome of a change is told. */
export function changeAnswer<Done>(
  outcome: ChangeOutcome<Done>,
  view: (done: Done) => unknown,
  headers: (done: Done) => Readonly<Record<string, string>>,
): HttpResponse {
  switch (outcome.kind) {
    case 'done':
      return jsonResponse(outcome.created ? 201 : 200, view(outcome.value), headers(outcome.value));
    case 'invalid':
      return invalidAnswer(outcome.faults);
    case 'unknown':
      return unknownAnswer();
    case 'conflict':
      return problemResponse(
        {
          status: 412,
          title: 'Changed meanwhile',
          detail: 'Somebody else changed the event. Read it again, then send the change with its ETag.',
          faults: [
            { parameter: 'If-Match', wanted: outcome.etag ?? 'none: there is no such event', got: 'another' },
          ],
          ...(outcome.etag !== undefined && { members: { etag: outcome.etag } }),
        },
        NO_STORE,
      );
    case 'frozen':
      return problemResponse(
        {
          status: 409,
          title: 'Frozen',
          detail: 'Segments exist, and this decides what their numbers mean. Create another event instead.',
          faults: outcome.members.map((parameter) => ({
            parameter,
            wanted: 'no change',
            got: 'another value',
          })),
        },
        NO_STORE,
      );
    case 'full':
      return problemResponse(
        {
          status: 409,
          title: 'Too many changes',
          detail: 'The event has as many recorded changes as it can hold.',
          faults: [{ parameter: 'event', wanted: `fewer than ${ENTRIES_MAX} changes`, got: 'one more' }],
        },
        NO_STORE,
      );
  }
}

export function invalidAnswer(faults: readonly Fault[]): HttpResponse {
  const detail = faults
    .map(({ parameter, wanted, got }) => `${parameter}: wanted ${wanted}, got ${got}`)
    .join('; ');
  return problemResponse({ status: 400, title: 'Invalid', detail: detail.slice(0, 1000), faults }, NO_STORE);
}

export function unknownAnswer(): HttpResponse {
  return problemResponse(
    {
      status: 404,
      title: 'Unknown event',
      detail: 'There is no such event or pipeline.',
      faults: [{ parameter: 'path', wanted: 'an event that exists, and a pipeline of it', got: 'another' }],
    },
    NO_STORE,
  );
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}
