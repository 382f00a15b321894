import type { Candidate } from '../candidate';
import { hasForeignInit, initInForce } from '../events/live-event';
import type { Representation } from '../events/live-event';
import { defect, isValid } from '../media/defect';
import type { Defect, DefectName } from '../media/defect';
import type { SegmentInspection } from '../media/inspection';
import { audioFrameTicks } from './audio-phase';

/** `repeated` looks back this many numbers: fewer than the loop of a slate, more than a frozen encoder needs. */
export const REPEATED_WINDOW = 3;

/**
 * What `candidate` turns out to be beside `found`, its neighbours and the other pipelines' copies: defects that it does not
 * have yet. Each carries `ms`, by how much its evidence was published after the candidate, which counted as better
 * until then. Pure: whoever reviews, and however often, the same candidates give the same defects.
 */
export function lateDefects(
  representation: Representation,
  candidate: Candidate,
  found: readonly Candidate[],
): readonly Defect[] {
  const { inspection } = candidate;
  if (inspection === undefined) return [];
  const rules: readonly Rule[] = [wrongInit, ...RULES_OF[representation.configuration.contentType]];
  const known = new Set(candidate.defects.map(({ name }) => name));
  const beside = found.filter(
    ({ pipeline, number, defects }) =>
      pipeline !== candidate.pipeline && number === candidate.number && isValid(defects),
  );
  return rules.flatMap((rule) => {
    const verdict = rule({ representation, candidate, inspection, beside, found });
    if (verdict === undefined || known.has(verdict.name)) return [];
    known.add(verdict.name);
    const ms = Math.max(0, verdict.provenAtMs - candidate.publishedAtMs);
    return [defect(verdict.name, { ...verdict.measures, ms })];
  });
}

interface Case {
  readonly representation: Representation;
  readonly candidate: Candidate;
  readonly inspection: SegmentInspection;
  /** Valid copies of other pipelines. */
  readonly beside: readonly Candidate[];
  readonly found: readonly Candidate[];
}

interface Verdict {
  readonly name: DefectName;
  readonly measures: Defect['measures'];
  readonly provenAtMs: number;
}

type Rule = (one: Case) => Verdict | undefined;

const RULES_OF: Readonly<Record<'video' | 'audio' | 'text' | 'application', readonly Rule[]>> = {
  video: [repeated, shortInTheSameTime],
  audio: [shortAtItsEnd, shortAtItsStart],
  text: [],
  application: [],
};

/** Another init was put in force, or its own was refused, without the PUT having known of it. */
function wrongInit({ representation, candidate }: Case): Verdict | undefined {
  const { pipeline, number, publishedAtMs } = candidate;
  const own = representation.pipelineInits.get(pipeline);
  // Media from before its pipeline changed the init went with the former one.
  if (!hasForeignInit(representation, pipeline, number) || publishedAtMs < (own?.atMs ?? 0)) return undefined;
  return { name: 'wrong-init', measures: {}, provenAtMs: initInForce(representation, number)?.atMs ?? 0 };
}

/** A frozen encoder: its pictures are earlier ones, to the bit, and another pipeline's are not. */
function repeated({ candidate, beside, found }: Case): Verdict | undefined {
  const earlier = repeatOf(candidate, found);
  const live = beside.find((other) => repeatOf(other, found) === undefined);
  if (earlier === undefined || live === undefined) return undefined;
  return { name: 'repeated', measures: { of: earlier.number }, provenAtMs: lastOf(earlier, live) };
}

/** The earlier segment of the same pipeline whose pictures these are. */
function repeatOf(candidate: Candidate, found: readonly Candidate[]): Candidate | undefined {
  const digest = candidate.inspection?.mediaDigest;
  if (digest === undefined) return undefined;
  return found.find(
    (other) =>
      other.pipeline === candidate.pipeline &&
      other.number < candidate.number &&
      other.number >= candidate.number - REPEATED_WINDOW &&
      other.inspection?.mediaDigest === digest,
  );
}

/** Frames by which a clean copy of another pipeline has more, in the same time. */
function shortInTheSameTime({ inspection, beside }: Case): Verdict | undefined {
  let most: Verdict | undefined;
  for (const other of beside) {
    if (other.inspection === undefined || !sameTime(other.inspection, inspection)) continue;
    const missing = other.inspection.sampleCount - inspection.sampleCount;
    if (missing > Number(most?.measures['missing'] ?? 0))
      most = { name: 'short', measures: { missing }, provenAtMs: other.publishedAtMs };
  }
  return most;
}

function sameTime(left: SegmentInspection, right: SegmentInspection): boolean {
  return (
    left.timescale === right.timescale &&
    left.baseMediaDecodeTime === right.baseMediaDecodeTime &&
    left.durationTicks === right.durationTicks
  );
}

/**
 * Audio may begin and end up to a frame off the grid, so a lost frame hides between two segments that are honest each for
 * itself. It shows where the pipeline's next segment begins after this one ends, and another's copy ends right there.
 */
function shortAtItsEnd({ candidate, inspection, beside, found }: Case): Verdict | undefined {
  const next = neighbour(candidate, found, 1);
  const whole = beside.find(
    (other) =>
      sameTimescale(other, candidate) &&
      sameTimescale(next, candidate) &&
      endOf(other) === next?.inspection?.baseMediaDecodeTime,
  );
  if (whole === undefined || next === undefined) return undefined;
  return lost(inspection, (endOf(whole) ?? 0n) - (endOf(candidate) ?? 0n), lastOf(whole, next));
}

/** The same at the other end. */
function shortAtItsStart({ candidate, inspection, beside, found }: Case): Verdict | undefined {
  const before = neighbour(candidate, found, -1);
  const whole = beside.find(
    (other) =>
      sameTimescale(other, candidate) &&
      sameTimescale(before, candidate) &&
      other.inspection?.baseMediaDecodeTime === endOf(before),
  );
  if (whole?.inspection === undefined || before === undefined) return undefined;
  const ticks = inspection.baseMediaDecodeTime - whole.inspection.baseMediaDecodeTime;
  return lost(inspection, ticks, lastOf(whole, before));
}

function lost(inspection: SegmentInspection, ticks: bigint, provenAtMs: number): Verdict | undefined {
  const frame = audioFrameTicks(inspection);
  if (frame === undefined || ticks < frame) return undefined;
  return { name: 'short', measures: { missing: Number(ticks / frame), ticks: -Number(ticks) }, provenAtMs };
}

function neighbour(candidate: Candidate, found: readonly Candidate[], step: 1 | -1): Candidate | undefined {
  return found.find(
    ({ pipeline, number }) => pipeline === candidate.pipeline && number === candidate.number + step,
  );
}

function sameTimescale(left: Candidate | undefined, right: Candidate): boolean {
  return left?.inspection !== undefined && left.inspection.timescale === right.inspection?.timescale;
}

function endOf(candidate: Candidate | undefined): bigint | undefined {
  const inspection = candidate?.inspection;
  return inspection && inspection.baseMediaDecodeTime + inspection.durationTicks;
}

function lastOf(...evidence: readonly Candidate[]): number {
  return Math.max(...evidence.map(({ publishedAtMs }) => publishedAtMs));
}
