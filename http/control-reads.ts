import type { Candidate } from '../origin/candidate';
import type { LiveEvent } from '../origin/events/live-event';
import { targetOfGet } from '../origin/events/target';
import { dueMs, liveEdge, opensAtMs, positionOf } from '../origin/schedule/schedule';
import { hearPeers } from '../origin/serve/hear-peers';
import { decide } from '../origin/serve/decide';
import { defectsOf, select, selectionRules } from '../origin/selection/select';
import type { Copy, Decision } from '../origin/selection/select';
import { invalidAnswer } from './control-answers';
import type { ControlCall } from './control-call';
import { parseMediaPath } from './media-path';
import type { HttpResponse } from './message';
import { jsonResponse } from './problem';
import { candidateView } from './publish-answers';

/** Numbers in one answer: ten minutes of 2 s segments. */
const TIMELINE_MAX = 300;
const TIMELINE_DEFAULT = 30;

/** A decision as people read it: every copy, and why it was passed over. */
export function decisionView({ number, chosen, passedOver, rules, unheard }: Decision) {
  return {
    number,
    chosen: chosen === undefined ? null : copyView(chosen),
    passedOver: passedOver.map(({ copy, why }) => ({ why, ...copyView(copy) })),
    order: rules.order,
    masks: [...rules.masks.values()].map(({ id, pipeline, reason }) => ({ id, pipeline, reason })),
    whenAllDefective: rules.whenAllDefective,
    unheard,
  };
}

function copyView(copy: Copy) {
  return {
    pipeline: copy.pipeline,
    digest: copy.digest,
    defects: defectsOf(copy).map(({ name, measures }) => ({ name, ...measures })),
    replicas: copy.replicas.map(candidateView),
  };
}

/** `GET .../explain?path=`: what a request for this path is answered, and why. */
export async function explain({ origin, request }: ControlCall, event: LiveEvent): Promise<HttpResponse> {
  const asked = request.query['path'] ?? '';
  const path = parseMediaPath(asked)?.path ?? asked;
  const target = targetOfGet(event, path);
  if (target?.kind !== 'segment')
    return invalidAnswer([
      { parameter: 'path', wanted: 'the path of a segment, as in its URL', got: asked.slice(0, 200) },
    ]);
  const { representation, number } = target;
  const nowMs = origin.clock.nowMs();
  const decision = await decide(origin, { event, representation: representation.configuration.id, number });
  return jsonResponse(200, {
    path,
    representation: representation.configuration.id,
    position: positionOf(event.schedule, number, nowMs),
    dueMs: dueMs(event.schedule, number),
    opensAtMs: opensAtMs(event.schedule, number),
    nowMs,
    configurationRevision: event.head.configurationRevision,
    decision: decisionView(decision),
  });
}

/** `GET .../timeline?representation=&from=&to=`: candidates and decisions of a run of numbers, all regions. */
export async function timeline({ origin, request }: ControlCall, event: LiveEvent): Promise<HttpResponse> {
  const representation = request.query['representation'] ?? '';
  if (!event.representations.has(representation))
    return invalidAnswer([
      {
        parameter: 'representation',
        wanted: `one of ${[...event.representations.keys()].join(', ')}`,
        got: representation,
      },
    ]);
  const edge = liveEdge(event.schedule, origin.clock.nowMs());
  const to = wholeNumber(request.query['to'], edge + 1);
  const from = wholeNumber(
    request.query['from'],
    Math.max(event.schedule.initialSegment, (to ?? edge) - TIMELINE_DEFAULT + 1),
  );
  if (from === undefined || to === undefined || from > to || to - from >= TIMELINE_MAX)
    return invalidAnswer([
      {
        parameter: 'from, to',
        wanted: `whole numbers, at most ${TIMELINE_MAX} apart`,
        got: `${request.query['from'] ?? ''}, ${request.query['to'] ?? ''}`,
      },
    ]);
  const range = { ...event.key, representation };
  const local = await origin.local.candidates.ofRange(range, from, to);
  const heard = await hearPeers(origin, ({ candidates }) => candidates.ofRange(range, from, to));
  const unheard = origin.peers.filter((_, index) => heard[index] === undefined).map(({ region }) => region);
  const all = [...local, ...heard.flatMap((found) => found ?? [])];
  const segments = numbersOf(from, to).map((number) =>
    segmentView(event, representation, number, all, unheard),
  );
  return jsonResponse(200, { representation, liveEdge: edge, unheard, segments });
}

function segmentView(
  event: LiveEvent,
  representation: string,
  number: number,
  all: readonly Candidate[],
  unheard: readonly string[],
) {
  const own = all.filter((candidate) => candidate.number === number);
  const decision = select(number, own, selectionRules(event, representation, number), unheard);
  return { dueMs: dueMs(event.schedule, number), ...decisionView(decision) };
}

function numbersOf(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

/** A segment number of a query. @returns undefined where it is none. */
export function wholeNumber(text: string | undefined, otherwise: number): number | undefined {
  if (text === undefined) return otherwise;
  return /^\d{1,16}$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : undefined;
}
