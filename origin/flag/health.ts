import type { Candidate } from '../candidate';
import type { LiveEvent, Representation } from '../events/live-event';
import { isFatal, isValid, severityOf } from '../media/defect';
import type { SegmentInspection } from '../media/inspection';
import { dueMs } from '../schedule/schedule';
import { audioPhase } from './audio-phase';

/** Numbers that health is told of: two minutes of 2 s segments. */
export const HEALTH_WINDOW = 60;
/** Numbers whose share of faults is looked at: half the window, so that the other half shows how it came to be. */
export const SHARE_WINDOW = 30;
/** Faults among them from which on a pipeline is degraded: one segment in five. */
export const DEGRADED_FAULTS = 6;
/** Faults among them at which it is well again: a fault now and then neither degrades nor keeps degraded. */
export const RECOVERED_FAULTS = 1;
/** Newest numbers in a row of which nothing usable came: then nobody contributes. */
export const DOWN_NUMBERS = 3;

/** `idle`: nobody has published anything of the representation yet, so nothing is missed. */
export type HealthState = 'idle' | 'ok' | 'degraded' | 'down';

/** One pipeline's contribution to one representation, over a run of numbers. */
export interface PipelineHealth {
  readonly pipeline: string;
  readonly state: HealthState;
  /** Numbers of the window that came: good, late or defective. */
  readonly received: number;
  /** Numbers that came after their retry deadline, without another fault. */
  readonly late: number;
  /** Numbers whose best copy is defective. */
  readonly defective: number;
  /** Numbers whose retry deadline passed without a copy. */
  readonly missing: number;
  /** Numbers of which regions hold different, valid bytes. */
  readonly split: number;
  /** Numbers that each region holds. */
  readonly receivedIn: Readonly<Record<string, number>>;
  /** The newest number that came. */
  readonly newest?: number;
  /** Audio: ticks by which its frames lie off those of the first pipeline in order, at the newest number of both. */
  readonly audioPhaseTicks?: number;
  /** Median of what passed from the encoder's stamp (prft) to the acknowledgement of the PUT. */
  readonly encoderToOriginMs?: number;
}

/** What is known of a run of numbers: candidates of every region that answered. */
export interface HeardWindow {
  /** Both included. */
  readonly from: number;
  readonly to: number;
  readonly candidates: readonly Candidate[];
  /** Regions that did not answer. */
  readonly unheard: readonly string[];
}

/** `pending`: it may still come; `unneeded`: sparse, or not begun. */
export type Fate = 'good' | 'late' | 'defective' | 'missing' | 'pending' | 'unneeded';

/** When segment `number` is missing if it is not there: a new event's past counts from the making. */
export function deadlineMs(event: LiveEvent, number: number): number {
  return Math.max(dueMs(event.schedule, number), event.head.createdAtMs) + event.schedule.retryDeadlineMs;
}

/** Whether this copy counts against its pipeline. */
export function isFaulty(event: LiveEvent, candidate: Candidate): boolean {
  return !isValid(candidate.defects) || candidate.publishedAtMs >= deadlineMs(event, candidate.number);
}

/**
 * The health of every configured pipeline in one representation. Pure: a fold over the window, whose hysteresis needs no
 * memory, since the window shows how the share of faults came to be.
 */
export function healthOf(
  event: LiveEvent,
  representation: Representation,
  heard: HeardWindow,
  nowMs: number,
): readonly PipelineHealth[] {
  const { pipelines } = event.configuration;
  const copies = new Map(pipelines.map((pipeline) => [pipeline, copiesOf(event, pipeline, heard)]));
  return pipelines.map((pipeline) => {
    const own = copies.get(pipeline) ?? [];
    const fates = fatesOf(event, representation, heard, own, nowMs);
    const count = (wanted: Fate) => fates.filter((fate) => fate === wanted).length;
    return {
      pipeline,
      state: hasBegun(representation, heard) ? stateOf(fates, own) : 'idle',
      received: own.filter(({ held }) => held.length > 0).length,
      late: count('late'),
      defective: count('defective'),
      missing: count('missing'),
      split: own.filter(({ held }) => isSplit(held)).length,
      receivedIn: receivedIn(own),
      ...newestOf(own),
      ...(representation.configuration.contentType === 'audio' && phaseOf(own, [...copies.values()])),
      ...delayOf(own),
    };
  });
}

/** The numbers of `pipeline` that are missing, or split between regions, among those of `heard`. */
export function lacksOf(
  event: LiveEvent,
  representation: Representation,
  pipeline: string,
  heard: HeardWindow,
  nowMs: number,
): { readonly missing: readonly number[]; readonly split: readonly number[] } {
  const own = copiesOf(event, pipeline, heard);
  const fates = fatesOf(event, representation, heard, own, nowMs);
  return {
    missing: own.filter((_, at) => fates[at] === 'missing').map(({ number }) => number),
    split: own.filter(({ held }) => isSplit(held)).map(({ number }) => number),
  };
}

/** What became of each number of the window that the event has, ascending, for every configured pipeline. */
export function fatesByPipeline(
  event: LiveEvent,
  representation: Representation,
  heard: HeardWindow,
  nowMs: number,
): ReadonlyMap<string, readonly (Copies & { readonly fate: Fate })[]> {
  return new Map(
    event.configuration.pipelines.map((pipeline) => {
      const own = copiesOf(event, pipeline, heard);
      const fates = fatesOf(event, representation, heard, own, nowMs);
      return [pipeline, own.map((copies, at) => ({ ...copies, fate: fates[at] ?? 'unneeded' }))];
    }),
  );
}

/** One number of one pipeline, in every region that holds it. */
export interface Copies {
  readonly number: number;
  /** The least severe first. */
  readonly held: readonly Candidate[];
}

/** One entry for each number of the window that the event has, ascending. */
function copiesOf(event: LiveEvent, pipeline: string, { from, to, candidates }: HeardWindow): Copies[] {
  const { initialSegment, finalSegment = Infinity } = event.schedule;
  const byNumber = new Map<number, Candidate[]>();
  for (let number = Math.max(from, initialSegment); number <= Math.min(to, finalSegment); number++)
    byNumber.set(number, []);
  for (const candidate of candidates)
    if (candidate.pipeline === pipeline && candidate.publishedAtMs >= event.head.createdAtMs)
      byNumber.get(candidate.number)?.push(candidate);
  return [...byNumber].map(([number, held]) => ({
    number,
    held: held.sort((left, right) => severityOf(left.defects) - severityOf(right.defects)),
  }));
}

/** An event may be made long before its packagers start. */
function hasBegun({ inits }: Representation, { candidates }: HeardWindow): boolean {
  return inits.length > 0 || candidates.length > 0;
}

function fatesOf(
  event: LiveEvent,
  representation: Representation,
  heard: HeardWindow,
  own: readonly Copies[],
  nowMs: number,
): readonly Fate[] {
  const expected = !representation.configuration.sparse && hasBegun(representation, heard);
  // The first packager started with the first init; what was due before that, or before the event was made, nobody lacks.
  const begunAtMs = Math.max(event.head.createdAtMs, representation.inits[0]?.atMs ?? 0);
  return own.map(({ number, held }) => {
    if (held.length > 0) return fateOf(event, held);
    if (!expected || dueMs(event.schedule, number) < begunAtMs) return 'unneeded';
    return nowMs >= deadlineMs(event, number) ? 'missing' : 'pending';
  });
}

function fateOf(event: LiveEvent, held: readonly Candidate[]): Fate {
  if (!held.some(({ defects }) => isValid(defects))) return 'defective';
  // Viewers had it as soon as the first region had a valid copy.
  const onTime = held.some((copy) => isValid(copy.defects) && !isFaulty(event, copy));
  return onTime ? 'good' : 'late';
}

function stateOf(fates: readonly Fate[], own: readonly Copies[]): HealthState {
  const settled = own.filter((_, at) => fates[at] !== 'pending' && fates[at] !== 'unneeded');
  const newest = settled.slice(-DOWN_NUMBERS);
  const unusable = ({ held: [best] }: Copies) => best === undefined || best.defects.some(isFatal);
  if (newest.length === DOWN_NUMBERS && newest.every(unusable)) return 'down';
  return isDegraded(fates) ? 'degraded' : 'ok';
}

/** Two thresholds: what lies between them neither degrades a pipeline nor makes it well. */
function isDegraded(fates: readonly Fate[]): boolean {
  const faulty = fates
    .filter((fate) => fate !== 'pending' && fate !== 'unneeded')
    .map((fate) => fate !== 'good');
  let degraded = false;
  let faults = 0;
  for (const [at, fault] of faulty.entries()) {
    faults += Number(fault) - Number(faulty[at - SHARE_WINDOW] ?? false);
    if (faults >= DEGRADED_FAULTS) degraded = true;
    if (faults <= RECOVERED_FAULTS) degraded = false;
  }
  return degraded;
}

function isSplit(held: readonly Candidate[]): boolean {
  return new Set(held.filter(({ defects }) => isValid(defects)).map(({ digest }) => digest)).size > 1;
}

function receivedIn(own: readonly Copies[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { held } of own) for (const { region } of held) counts[region] = (counts[region] ?? 0) + 1;
  return counts;
}

function newestOf(own: readonly Copies[]): { newest?: number } {
  const newest = own.findLast(({ held }) => held.length > 0);
  return newest === undefined ? {} : { newest: newest.number };
}

/** Against the first pipeline in order that has the newest number too, with a valid copy. */
function phaseOf(own: readonly Copies[], all: readonly (readonly Copies[])[]): { audioPhaseTicks?: number } {
  for (const { number, held } of own.toReversed()) {
    const [inspection] = soundInspections(held);
    if (inspection === undefined) continue;
    const [reference] = all.flatMap((copies) =>
      soundInspections(copies.find((copy) => copy.number === number)?.held ?? []),
    );
    const ticks = reference && audioPhase(reference, inspection);
    return ticks === undefined ? {} : { audioPhaseTicks: ticks };
  }
  return {};
}

function soundInspections(held: readonly Candidate[]): readonly SegmentInspection[] {
  return held.flatMap(({ defects, inspection }) =>
    inspection !== undefined && isValid(defects) ? [inspection] : [],
  );
}

function delayOf(own: readonly Copies[]): { encoderToOriginMs?: number } {
  const delays = own.flatMap(({ held }) => {
    const stamped = held.flatMap(({ publishedAtMs, inspection }) =>
      inspection?.encodedAtMs === undefined ? [] : [publishedAtMs - inspection.encodedAtMs],
    );
    return stamped.length === 0 ? [] : [Math.min(...stamped)];
  });
  const median = delays.toSorted((left, right) => left - right)[Math.floor(delays.length / 2)];
  return median === undefined ? {} : { encoderToOriginMs: median };
}
