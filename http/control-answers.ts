import { configurationEtag, type ChangeOutcome, type FailedCondition } from '../origin/events/change-outcome';
import { conductOf, isAwaitingAdoption, type Fault } from '../origin/events/configuration';
import { OPERATOR_ENTRIES_MAX } from '../origin/events/event-record';
import type { EventEntry, EventHead } from '../origin/events/event-record';
import { consequenceText, consequenceView } from './consequence-view';
import type { HttpResponse } from './message';
import { jsonResponse, problemResponse, type Problem } from './problem';
import { takesEffect, type Touched } from './takes-effect';

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
    // As it was asked for: no MPD has told its media yet.
    configuration: isAwaitingAdoption(configuration) ? conductOf(configuration) : configuration,
  };
}

export function entryView(entry: EventEntry) {
  const { atMs, ...rest } = entry;
  return { ...rest, at: instant(atMs) };
}

export function versionHeaders(head: EventHead): Readonly<Record<string, string>> {
  return { ETag: configurationEtag(head), 'Headwater-Version': head.version.toString() };
}

/** How a change that went well is told. */
export interface DoneView<Done> {
  readonly touched: Touched;
  readonly view: (done: Done) => object;
  readonly headers?: (done: Done) => Readonly<Record<string, string>>;
}

/** How each outcome of a change is told. */
export function changeAnswer<Done>(outcome: ChangeOutcome<Done>, done: DoneView<Done>): HttpResponse {
  switch (outcome.kind) {
    case 'done':
      return doneAnswer(outcome, done);
    case 'previewed':
      return jsonResponse(200, { preview: true, ...doneView(outcome, done) });
    case 'invalid':
      return invalidAnswer(outcome.faults);
    case 'unknown':
      return unknownAnswer();
    case 'precondition-failed':
      return preconditionAnswer(outcome);
    case 'refused':
    case 'unknown-entry':
    case 'conflict':
    case 'frozen':
    case 'full':
      return problemResponse(refusalOf(outcome), NO_STORE);
  }
}

function doneAnswer<Done>(
  outcome: Extract<ChangeOutcome<Done>, { kind: 'done' }>,
  done: DoneView<Done>,
): HttpResponse {
  return jsonResponse(outcome.created ? 201 : 200, doneView(outcome, done), done.headers?.(outcome.value));
}

function doneView<Done>(
  { value, consequence }: Extract<ChangeOutcome<Done>, { kind: 'done' | 'previewed' }>,
  { touched, view }: DoneView<Done>,
) {
  return {
    ...view(value),
    ...(consequence && { consequence: consequenceView(consequence) }),
    takesEffect: takesEffect(touched),
  };
}

type Refusal = Extract<ChangeOutcome, { kind: 'refused' | 'unknown-entry' | 'conflict' | 'frozen' | 'full' }>;

function refusalOf(outcome: Refusal): Problem {
  switch (outcome.kind) {
    case 'refused':
      return {
        status: 409,
        title: 'Viewers would lose segments',
        detail: `${consequenceText(outcome.consequence)} Send it again with force if that is what is wanted.`,
        faults: [{ parameter: 'force', wanted: 'true, for a change that loses segments', got: 'false' }],
        members: { consequence: consequenceView(outcome.consequence) },
      };
    case 'unknown-entry':
      return {
        status: 404,
        title: 'Not in force',
        detail: 'It was taken back, or never was.',
        faults: [{ parameter: 'id', wanted: 'the id of one that is in force', got: outcome.id }],
      };
    case 'conflict':
      return {
        status: 409,
        title: 'Changed again and again',
        detail: 'Others changed the event while this was decided, several times. Send it again.',
        faults: [{ parameter: 'event', wanted: 'no other change meanwhile', got: 'several' }],
      };
    case 'frozen':
      return {
        status: 409,
        title: 'Frozen',
        detail: 'Segments exist, and this decides what their numbers mean. Create another event instead.',
        faults: outcome.members.map((parameter) => ({
          parameter,
          wanted: 'no change',
          got: 'another value',
        })),
      };
    case 'full':
      return {
        status: 409,
        title: 'Too many in force',
        detail: 'Take back masks, preferences or notices that do not matter any more.',
        faults: [{ parameter: 'event', wanted: `at most ${OPERATOR_ENTRIES_MAX} in force`, got: 'one more' }],
      };
  }
}

/** RFC 9110, 15.5.13: what the request was made for is not what is there. */
export function preconditionAnswer({ condition, etag }: FailedCondition): HttpResponse {
  return problemResponse(
    {
      status: 412,
      title: 'Changed meanwhile',
      detail: 'What is there is not what the condition of the request is about. Read it again, then decide.',
      faults: [{ parameter: condition, wanted: etag ?? 'none: there is nothing here', got: 'another' }],
      ...(etag !== undefined && { members: { etag } }),
    },
    NO_STORE,
  );
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

export function instant(ms: number): string {
  return new Date(ms).toISOString();
}
