import type { Candidate } from '../candidate';
import { defect, isValid, worstFirst } from '../media/defect';
import type { Defect } from '../media/defect';
import type { LiveEvent, Representation } from '../events/live-event';
import type { Origin } from '../origin';

/** `repeated` looks back this many numbers: fewer than the loop of a slate, more than a frozen encoder needs. */
const REPEATED_WINDOW = 3;

/** What one segment alone cannot show. Flags change the next decision; the rest is for alarms and health. */
export type Finding =
  | { readonly kind: 'missing'; readonly pipeline: string; readonly number: number }
  | {
      readonly kind: 'disagree';
      readonly number: number;
      readonly pipelines: readonly string[];
      readonly member: string;
    }
  | {
      readonly kind: 'flagged';
      readonly pipeline: string;
      readonly number: number;
      readonly defects: readonly Defect[];
    };

/**
 * Looks at segment `number` beside its neighbours and the other pipelines, and flags what that shows. Idempotent, and
 * in any order of arrival: it reads the store anew, and a flag lands only on the digest it inspected.
 * One query, and a conditional write for each flag.
 * @throws what the candidate store throws.
 */
export async function reviewSegment(
  origin: Origin,
  event: LiveEvent,
  representation: Representation,
  number: number,
): Promise<readonly Finding[]> {
  const range = { ...event.key, representation: representation.configuration.id };
  const found = await origin.local.candidates.ofRange(range, Math.max(0, number - REPEATED_WINDOW), number);
  const here = found.filter((candidate) => candidate.number === number);
  const findings = [
    ...missingBefore(event, representation, found, number),
    ...disagreements(representation, here, number),
  ];
  for (const candidate of here) {
    const defects = newDefects(representation, candidate, here, found);
    if (defects.length === 0) continue;
    const all = worstFirst([...candidate.defects, ...defects]);
    const flagged = await origin.local.candidates.flag(candidate, all);
    if (flagged === 'flagged')
      findings.push({ kind: 'flagged', pipeline: candidate.pipeline, number, defects });
  }
  return findings;
}

function newDefects(
  { configuration }: Representation,
  candidate: Candidate,
  here: readonly Candidate[],
  found: readonly Candidate[],
): Defect[] {
  if (configuration.contentType !== 'video') return [];
  const known = new Set(candidate.defects.map(({ name }) => name));
  const others = here.filter(({ pipeline, defects }) => pipeline !== candidate.pipeline && isValid(defects));
  const defects: Defect[] = [];
  const earlier = repeatOf(candidate, found);
  if (earlier !== undefined && others.some((other) => repeatOf(other, found) === undefined))
    defects.push(defect('repeated', { of: earlier }));
  const missing = framesMissing(candidate, others);
  if (missing > 0 && !known.has('short')) defects.push(defect('short', { missing }));
  return defects.filter(({ name }) => !known.has(name));
}

/** The earlier number of the same pipeline whose pictures these are, to the bit. */
function repeatOf(candidate: Candidate, found: readonly Candidate[]): number | undefined {
  const digest = candidate.inspection?.mediaDigest;
  if (digest === undefined) return undefined;
  return found.find(
    (other) =>
      other.pipeline === candidate.pipeline &&
      other.number < candidate.number &&
      other.inspection?.mediaDigest === digest,
  )?.number;
}

/** Frames by which a clean copy of another pipeline has more, in the same time. */
function framesMissing(candidate: Candidate, others: readonly Candidate[]): number {
  const own = candidate.inspection;
  if (own === undefined) return 0;
  const comparable = others.flatMap(({ inspection }) =>
    inspection !== undefined && sameTime(inspection, own) ? [inspection.sampleCount] : [],
  );
  return Math.max(0, ...comparable.map((sampleCount) => sampleCount - own.sampleCount));
}

function sameTime(
  left: NonNullable<Candidate['inspection']>,
  right: NonNullable<Candidate['inspection']>,
): boolean {
  return (
    left.timescale === right.timescale &&
    left.baseMediaDecodeTime === right.baseMediaDecodeTime &&
    left.durationTicks === right.durationTicks
  );
}

/** A pipeline that has this number and lacks the one before it, which it has delivered until then. */
function missingBefore(
  event: LiveEvent,
  { configuration }: Representation,
  found: readonly Candidate[],
  number: number,
): Finding[] {
  if (configuration.sparse || number <= event.schedule.initialSegment) return [];
  const has = (pipeline: string, wanted: number) =>
    found.some((candidate) => candidate.pipeline === pipeline && candidate.number === wanted);
  return event.configuration.pipelines
    .filter((pipeline) => has(pipeline, number) && !has(pipeline, number - 1) && has(pipeline, number - 2))
    .map((pipeline) => ({ kind: 'missing', pipeline, number: number - 1 }));
}

/** Members of the inspection that epoch-locked pipelines must share; one audio frame of phase is honest. */
function disagreements(
  { configuration }: Representation,
  here: readonly Candidate[],
  number: number,
): Finding[] {
  if (configuration.sparse || configuration.contentType !== 'video') return [];
  const inspected = here.filter(({ defects, inspection }) => inspection !== undefined && isValid(defects));
  const members = ['sampleCount', 'durationTicks', 'baseMediaDecodeTime', 'timescale'] as const;
  return members
    .filter((member) => new Set(inspected.map(({ inspection }) => inspection?.[member])).size > 1)
    .map((member) => ({
      kind: 'disagree',
      number,
      pipelines: inspected.map(({ pipeline }) => pipeline),
      member,
    }));
}
