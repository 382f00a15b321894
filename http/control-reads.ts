import type { Candidate } from '../origin/candidate';
import type { LiveEvent } from '../origin/events/live-event';
import { dueMs, liveEdge } from '../origin/schedule/schedule';
import { hearWindow } from '../origin/flag/hear-window';
import { select, selectionRules } from '../origin/selection/select';
import { invalidAnswer } from './control-answers';
import type { ControlCall } from './control-call';
import { decisionView } from './decision-view';
import type { HttpResponse } from './message';
import { jsonResponse } from './problem';

/** Numbers in one answer: ten minutes of 2 s segments. */
const TIMELINE_MAX = 300;
const TIMELINE_DEFAULT = 30;

/** `GET .../timeline?representation=&from=&to=`: candidates and decisions of a run of numbers, all regions. */
export async function timeline({ origin, request }: ControlCall, event: LiveEvent): Promise<HttpResponse> {
  const representation = request.query['representation'] ?? '';
  const compiled = event.representations.get(representation);
  if (compiled === undefined)
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
  const { candidates, unheard } = await hearWindow(origin, event, compiled, from, to);
  const segments = numbersOf(from, to).map((number) =>
    segmentView(event, representation, number, candidates, unheard),
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
