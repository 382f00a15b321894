import type { LiveEvent, Representation } from '../origin/events/live-event';
import { fatesByPipeline, type Copies, type Fate, type HeardWindow } from '../origin/flag/health';
import { hearWindow } from '../origin/flag/hear-window';
import { isValid } from '../origin/media/defect';
import { dueMs, liveEdge, windowStart } from '../origin/schedule/schedule';
import { groupBy, select, selectionRules, type SelectionRules } from '../origin/selection/select';
import { invalidAnswer } from './control-answers';
import type { ControlCall } from './control-call';
import { wholeNumber } from './control-reads';
import type { HttpResponse } from './message';
import { jsonResponse } from './problem';

/** Numbers in one answer: a block of the candidate table, so one or two queries a representation and region. */
const GRID_MAX = 128;

/** One letter a number, in the order of docs/console.md. */
const FATE_LETTERS: Readonly<Record<Fate, string>> = {
  good: 'g',
  late: 'l',
  defective: 'd',
  missing: 'm',
  pending: 'p',
  unneeded: '.',
};

/**
 * `GET .../grid?from=&to=&measures`: what the timeline endpoint tells, of all representations at once and in a letter a
 * cell, so that two hours of a large event can be drawn. With `measures` also size and delay of each copy.
 */
export async function grid({ origin, request }: ControlCall, event: LiveEvent): Promise<HttpResponse> {
  const nowMs = origin.clock.nowMs();
  const edge = liveEdge(event.schedule, nowMs);
  const to = wholeNumber(request.query['to'], edge + 1);
  const from = wholeNumber(request.query['from'], Math.max(0, (to ?? edge) - GRID_MAX + 1));
  if (from === undefined || to === undefined || from > to || to - from >= GRID_MAX)
    return invalidAnswer([
      {
        parameter: 'from, to',
        wanted: `whole numbers, at most ${GRID_MAX} of them`,
        got: `${request.query['from'] ?? ''}, ${request.query['to'] ?? ''}`,
      },
    ]);
  const measured = request.query['measures'] !== undefined;
  const told = await Promise.all(
    [...event.representations.values()].map(async (representation) => {
      const heard = await hearWindow(origin, event, representation, from, to);
      return { heard, row: rowOf(event, representation, { ...heard, from, to }, { nowMs, measured }) };
    }),
  );
  return jsonResponse(200, {
    ...{ nowMs, from, to, liveEdge: edge, windowStart: windowStart(event.schedule, nowMs) },
    ...{ revision: event.head.revision, pipelines: event.configuration.pipelines },
    mediaEndMs: mediaEndMs(event, from),
    segmentMs: event.schedule.durationMilliseconds / event.schedule.durationDenominator,
    unheard: [...new Set(told.flatMap(({ heard }) => heard.unheard))],
    representations: told.map(({ row }) => row),
  });
}

function rowOf(
  event: LiveEvent,
  representation: Representation,
  heard: HeardWindow,
  { nowMs, measured }: { readonly nowMs: number; readonly measured: boolean },
) {
  const { id, contentType } = representation.configuration;
  const { pipelines } = event.configuration;
  const fates = fatesByPipeline(event, representation, heard, nowMs);
  const byNumber = groupBy(heard.candidates, ({ number }) => number);
  const numbers = Array.from({ length: heard.to - heard.from + 1 }, (_, index) => heard.from + index);
  const decisions = numbers.map((number) =>
    select(number, byNumber.get(number) ?? [], selectionRules(event, id, number)),
  );
  return {
    representation: id,
    contentType,
    /** The place of the chosen pipeline in `pipelines`, a digit a number; `-` where none is. */
    selected: decisions
      .map(({ chosen }) => (chosen === undefined ? '-' : pipelines.indexOf(chosen.pipeline)))
      .join(''),
    pipelines: pipelines.map((pipeline) => {
      const own = new Map((fates.get(pipeline) ?? []).map((one) => [one.number, one]));
      return {
        pipeline,
        fates: numbers.map((number) => FATE_LETTERS[own.get(number)?.fate ?? 'unneeded']).join(''),
        masks: decisions.map(({ rules }) => maskLetter(rules, pipeline)).join(''),
        defects: defectsOf([...own.values()]),
        ...(measured && measuresOf(event, numbers, own)),
      };
    }),
  };
}

function maskLetter({ masks }: SelectionRules, pipeline: string): string {
  const mask = masks.get(pipeline);
  return mask === undefined ? '-' : mask.automatic === true ? 'a' : 'o';
}

/** Names by number; only of what is not valid, so a healthy event has none. */
function defectsOf(own: readonly Copies[]): Readonly<Record<number, readonly string[]>> {
  return Object.fromEntries(
    own.flatMap(({ number, held: [best] }) =>
      best === undefined || isValid(best.defects) ? [] : [[number, best.defects.map(({ name }) => name)]],
    ),
  );
}

function measuresOf(event: LiveEvent, numbers: readonly number[], own: ReadonlyMap<number, Copies>) {
  const held = numbers.map((number) => own.get(number)?.held ?? []);
  return {
    bytes: held.map(([best]) => best?.size ?? null),
    /** From the end of the segment's media to the first region's acknowledgement. */
    delayMs: held.map((copies, index) =>
      copies.length === 0
        ? null
        : Math.min(...copies.map(({ publishedAtMs }) => publishedAtMs)) -
          mediaEndMs(event, numbers[index] ?? 0),
    ),
  };
}

function mediaEndMs({ schedule }: LiveEvent, number: number): number {
  return dueMs(schedule, number) - schedule.delayMs;
}
