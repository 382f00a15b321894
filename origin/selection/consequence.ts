import type { Candidate } from '../candidate';
import { hasForeignInit, type LiveEvent, type Representation } from '../events/live-event';
import { hearWindow } from '../flag/hear-window';
import { defect, isValid } from '../media/defect';
import type { Origin } from '../origin';
import { NEVER } from '../ports/cancel';
import type { Clock } from '../ports/clock';
import { liveEdge, windowStart } from '../schedule/schedule';
import { defectsOf, select, selectionRules } from './select';

/** Segments that a change may touch: numbers of these representations, both included. */
export interface Reach {
  readonly representations: readonly string[];
  readonly fromSegment: number;
  /** Infinity: for good. */
  readonly toSegment: number;
}

/** What a change of an event does to what viewers get, told before it is done. */
export interface Consequence {
  /** The numbers that were looked at, of those that the change may touch. */
  readonly examined: { readonly fromSegment: number; readonly toSegment: number } | undefined;
  /** Whether these are all in the window: a long window of many representations is looked at from the newest on. */
  readonly complete: boolean;
  /** Segments that another pipeline serves afterwards, or none. */
  readonly changed: number;
  /** Segments served now, and not at all afterwards. */
  readonly lost: number;
  /** Segments clean now, and defective afterwards. */
  readonly worse: number;
  readonly representations: readonly RepresentationConsequence[];
  /** The newest of the segments that change. */
  readonly segments: readonly ChangedSegment[];
  /** Regions that did not answer: they may have copies that would have changed this. */
  readonly unheard: readonly string[];
}

export interface RepresentationConsequence {
  readonly representation: string;
  readonly changed: number;
  readonly lost: number;
  readonly worse: number;
  /** Changed segments by the pipeline that serves them afterwards. */
  readonly to: Readonly<Record<string, number>>;
  /** Nobody whose media may be served from the live edge on has delivered any of late, and somebody had. */
  readonly edgeLost: boolean;
}

export interface ChangedSegment {
  readonly representation: string;
  readonly number: number;
  /** Pipelines; null: nothing is served. */
  readonly from: string | null;
  readonly to: string | null;
  /** It is served defective afterwards, and is clean now. */
  readonly worse: boolean;
}

/**
 * Segments looked at, over all representations: 64 queries a region, and with four pipelines in two regions some 30,000
 * candidates, which take a busy machine a second or two.
 */
const EXAMINED_MAX = 4096;
/** Numbers that the regions are asked for at once. In between others get their turn of the process. */
const ASKED_AT_ONCE = 64;
/** Changed segments told one by one. */
const TOLD_MAX = 50;
/** Newest due numbers among which a pipeline that delivers has a clean copy. */
const DELIVERING_WINDOW = 3;

/** Whether viewers lose by it, which takes an operator's word. */
export function isLoss({ lost, worse, representations }: Consequence): boolean {
  return lost > 0 || worse > 0 || representations.some(({ edgeLost }) => edgeLost);
}

/**
 * Compares what the event as it is and as it would be serve in the window, and who could serve what comes next. Chooses by
 * the same rules as a GET, over what all regions have.
 * @throws what the local candidate store throws.
 */
export async function consequenceOf(
  origin: Origin,
  before: LiveEvent,
  after: LiveEvent,
  reach: Reach,
): Promise<Consequence> {
  const nowMs = origin.clock.nowMs();
  const edge = liveEdge(before.schedule, nowMs);
  // The next segment may be there, and is served then.
  const toSegment = Math.min(reach.toSegment, edge + 1);
  const oldest = Math.max(reach.fromSegment, windowStart(before.schedule, nowMs));
  const eachMax = Math.max(1, Math.floor(EXAMINED_MAX / Math.max(1, reach.representations.length)));
  const fromSegment = Math.max(oldest, toSegment - eachMax + 1);
  const compared: Compared[] = [];
  for (const id of reach.representations)
    compared.push(await compare(origin, { before, after, id, reach, edge, fromSegment, toSegment }));
  const sum = (of: (one: RepresentationConsequence) => number) =>
    compared.reduce((total, { summary }) => total + of(summary), 0);
  return {
    examined: fromSegment > toSegment ? undefined : { fromSegment, toSegment },
    complete: fromSegment === oldest || fromSegment > toSegment,
    changed: sum(({ changed }) => changed),
    lost: sum(({ lost }) => lost),
    worse: sum(({ worse }) => worse),
    representations: compared
      .map(({ summary }) => summary)
      .filter(({ changed, edgeLost }) => changed > 0 || edgeLost),
    segments: compared
      .flatMap(({ segments }) => segments)
      .sort((one, other) => other.number - one.number)
      .slice(0, TOLD_MAX),
    unheard: [...new Set(compared.flatMap(({ unheard }) => unheard))],
  };
}

interface Comparison {
  readonly before: LiveEvent;
  readonly after: LiveEvent;
  readonly id: string;
  readonly reach: Reach;
  readonly edge: number;
  readonly fromSegment: number;
  readonly toSegment: number;
}

interface Compared {
  readonly summary: RepresentationConsequence;
  readonly segments: readonly ChangedSegment[];
  readonly unheard: readonly string[];
}

async function compare(origin: Origin, comparison: Comparison): Promise<Compared> {
  const { before, after, id, edge, fromSegment, toSegment } = comparison;
  const { byNumber, unheard } = await hearAll(origin, comparison);
  const nowMs = origin.clock.nowMs();
  const segments: ChangedSegment[] = [];
  for (let number = toSegment; number >= fromSegment; number--) {
    const own = byNumber.get(number) ?? [];
    const [was, is] = [chosenOf(before, id, number, own, nowMs), chosenOf(after, id, number, own, nowMs)];
    const worse = was?.valid === true && is?.valid === false;
    if (was?.pipeline === is?.pipeline && !worse) continue;
    // Its end freezes an event where it is: what came early is not taken from anybody.
    if (number > edge && is === undefined && after.schedule.finalSegment !== undefined) continue;
    segments.push({
      ...{ representation: id, number, worse },
      ...{ from: was?.pipeline ?? null, to: is?.pipeline ?? null },
    });
  }
  return { summary: summaryOf(comparison, segments, byNumber), segments, unheard };
}

function summaryOf(
  comparison: Comparison,
  segments: readonly ChangedSegment[],
  byNumber: ReadonlyMap<number, readonly Candidate[]>,
): RepresentationConsequence {
  const to: Record<string, number> = {};
  for (const { to: pipeline } of segments) if (pipeline !== null) to[pipeline] = (to[pipeline] ?? 0) + 1;
  return {
    representation: comparison.id,
    changed: segments.length,
    lost: segments.filter((one) => one.to === null).length,
    worse: segments.filter(({ worse }) => worse).length,
    to,
    edgeLost: isEdgeLost(comparison, byNumber),
  };
}

/** What viewers are about to ask for: whether anybody who delivers may serve it, before and after. */
function isEdgeLost(
  { before, after, id, reach, edge }: Comparison,
  byNumber: ReadonlyMap<number, readonly Candidate[]>,
): boolean {
  const number = Math.max(reach.fromSegment, edge + 1);
  const ends = after.schedule.finalSegment !== undefined && number > after.schedule.finalSegment;
  const sparse = before.representations.get(id)?.configuration.sparse === true;
  if (number > reach.toSegment || ends || sparse) return false;
  const delivering = new Set<string>();
  for (let due = edge; due > edge - DELIVERING_WINDOW; due--)
    for (const { pipeline, defects } of byNumber.get(due) ?? [])
      // Whose init is not in force delivers as well: whether it may serve is asked of each event below.
      if (isValid(defects.filter(({ name }) => name !== 'wrong-init'))) delivering.add(pipeline);
  const anyOf = (event: LiveEvent) =>
    [...delivering].some((pipeline) => mayServe(event, id, pipeline, number));
  return anyOf(before) && !anyOf(after);
}

function mayServe(event: LiveEvent, id: string, pipeline: string, number: number): boolean {
  const representation = event.representations.get(id);
  if (representation === undefined || hasForeignInit(representation, pipeline, number)) return false;
  const { order, masks } = selectionRules(event, id, number);
  const mask = masks.get(pipeline);
  return order.includes(pipeline) && (mask === undefined || mask.automatic === true);
}

/** Who serves this number under this configuration, as a GET would choose. */
function chosenOf(
  event: LiveEvent,
  id: string,
  number: number,
  candidates: readonly Candidate[],
  nowMs: number,
): { readonly pipeline: string; readonly valid: boolean } | undefined {
  const { schedule } = event;
  const representation = event.representations.get(id);
  if (representation === undefined || number < windowStart(schedule, nowMs)) return undefined;
  if (schedule.finalSegment !== undefined && number > schedule.finalSegment) return undefined;
  const own = candidates.map((candidate) => heldAgainstInit(representation, candidate));
  const { chosen } = select(number, own, selectionRules(event, id, number));
  return chosen && { pipeline: chosen.pipeline, valid: isValid(defectsOf(chosen)) };
}

/** Media that came before an init was accepted carry no mark of it, but players will load that init before them. */
function heldAgainstInit(representation: Representation, candidate: Candidate): Candidate {
  const { pipeline, number, defects } = candidate;
  if (!hasForeignInit(representation, pipeline, number)) return candidate;
  if (defects.some(({ name }) => name === 'wrong-init')) return candidate;
  return { ...candidate, defects: [...defects, defect('wrong-init')] };
}

/** What all regions have of the numbers in question, and of the newest ones. */
async function hearAll(origin: Origin, { before, id, edge, fromSegment, toSegment }: Comparison) {
  const byNumber = new Map<number, Candidate[]>();
  const unheard = new Set<string>();
  const turn = { sinceMs: origin.clock.nowMs() };
  const representation = before.representations.get(id);
  if (representation === undefined) return { byNumber, unheard: [] };
  const newest = edge - DELIVERING_WINDOW + 1;
  const ranges = rangesOf(fromSegment, toSegment);
  if (!(fromSegment <= newest && toSegment >= edge)) ranges.push([newest, edge]);
  for (const [from, to] of ranges) {
    await takeTurns(origin.clock, turn);
    const heard = await hearWindow(origin, before, representation, from, to);
    for (const region of heard.unheard) unheard.add(region);
    for (const candidate of heard.candidates) {
      // What a deleted event of the same name left behind is not this event's.
      if (candidate.publishedAtMs < before.head.createdAtMs) continue;
      const same = byNumber.get(candidate.number);
      if (same === undefined) byNumber.set(candidate.number, [candidate]);
      else if (!same.some((one) => one.region === candidate.region && one.pipeline === candidate.pipeline))
        same.push(candidate);
    }
  }
  return { byNumber, unheard: [...unheard] };
}

/** Decoding is work: after some of it whoever waits for the process, a packager's PUT above all, comes first. */
const TURN_MS = 10;

async function takeTurns(clock: Clock, turn: { sinceMs: number }): Promise<void> {
  if (clock.nowMs() - turn.sinceMs < TURN_MS) return;
  await clock.sleepUntil(clock.nowMs() + 1, NEVER);
  turn.sinceMs = clock.nowMs();
}

function rangesOf(from: number, to: number): [number, number][] {
  const ranges: [number, number][] = [];
  for (let start = from; start <= to; start += ASKED_AT_ONCE)
    ranges.push([start, Math.min(to, start + ASKED_AT_ONCE - 1)]);
  return ranges;
}
