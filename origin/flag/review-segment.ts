import type { Candidate } from '../candidate';
import { hasForeignInit } from '../events/live-event';
import type { LiveEvent, Representation } from '../events/live-event';
import { isValid, worstFirst, type Defect } from '../media/defect';
import type { Origin } from '../origin';
import { audioPhase } from './audio-phase';
import type { Disagreement, Finding } from './finding';
import { isFaulty } from './health';
import { lateDefects, REPEATED_WINDOW } from './late-defects';
import { maskDegraded } from './mask-degraded';
import { isServed, purgeFlagged } from './purge-flagged';

/**
 * Looks at segment `number` beside its neighbours and the other pipelines, and flags what that shows. Idempotent, and
 * in any order of arrival: it reads the store anew, judges every neighbour that a copy of `number` may have shown up, and
 * a flag lands only on the digest it inspected. One query, and a conditional write for each flag; where something is wrong
 * and the configuration allows masks, the health of the representation too. What was served and is now known to be defective
 * is purged (`purgeOnFlag`), last.
 * @throws what the candidate store, the event store, or the port of the caches throws.
 */
export async function reviewSegment(
  origin: Origin,
  event: LiveEvent,
  representation: Representation,
  number: number,
): Promise<readonly Finding[]> {
  const range = { ...event.key, representation: representation.configuration.id };
  const [from, to] = [Math.max(0, number - REPEATED_WINDOW), number + REPEATED_WINDOW];
  // What a deleted event of the same name left behind is not this event's.
  const found = (await origin.local.candidates.ofRange(range, from, to)).filter(
    ({ publishedAtMs }) => publishedAtMs >= event.head.createdAtMs,
  );
  const here = found.filter((candidate) => candidate.number === number);
  const findings = [...disagreements(representation, here, number)];
  const faulty = here.filter((candidate) => isFaulty(event, candidate));
  const suspects = new Set(faulty.map(({ pipeline }) => pipeline));
  const served: { candidate: Candidate; defects: readonly Defect[] }[] = [];
  let known = found;
  for (const candidate of found) {
    // A copy tells of the one before it (where it ends) and of those after it (whose pictures these were).
    if (candidate.number < number - 1) continue;
    const defects = lateDefects(representation, candidate, found);
    if (defects.length === 0) continue;
    const all = worstFirst([...candidate.defects, ...defects]);
    if ((await origin.local.candidates.flag(candidate, all)) !== 'flagged') continue;
    if (isServed(event, candidate, known)) served.push({ candidate, defects });
    known = known.map((other) => (other === candidate ? { ...candidate, defects: all } : other));
    suspects.add(candidate.pipeline);
    findings.push({ kind: 'flagged', pipeline: candidate.pipeline, number: candidate.number, defects });
  }
  findings.push(...(await maskDegraded(origin, event, representation, suspects)));
  if (event.configuration.purgeOnFlag)
    for (const { candidate, defects } of served) await purgeFlagged(origin, event, candidate, defects);
  return findings;
}

/** What epoch-locked pipelines do not share; audio may be cut at other frames, but its frames lie on one grid. */
function disagreements(
  representation: Representation,
  here: readonly Candidate[],
  number: number,
): readonly Finding[] {
  const { contentType, sparse } = representation.configuration;
  const valid = here.filter(({ defects, inspection }) => inspection !== undefined && isValid(defects));
  const disagree = (member: Disagreement, among: readonly Candidate[]): Finding => ({
    ...{ kind: 'disagree', number, member },
    pipelines: among.map(({ pipeline }) => pipeline),
  });
  const findings = membersOf(contentType, sparse)
    .filter((member) => new Set(valid.map(({ inspection }) => inspection?.[member])).size > 1)
    .map((member) => disagree(member, valid));
  if (contentType === 'audio') findings.push(...phases(valid, number));
  const foreign = here.filter(({ pipeline }) => hasForeignInit(representation, pipeline, number));
  if (foreign.length > 0 && foreign.length < here.length) findings.push(disagree('init', here));
  return findings;
}

function membersOf(contentType: string, sparse: boolean) {
  if (sparse || contentType === 'text' || contentType === 'application') return ['timescale'] as const;
  if (contentType === 'audio') return ['timescale'] as const;
  return ['sampleCount', 'durationTicks', 'baseMediaDecodeTime', 'timescale'] as const;
}

function phases(valid: readonly Candidate[], number: number): Finding[] {
  const [reference, ...others] = valid;
  return others.flatMap((other) => {
    if (reference?.inspection === undefined || other.inspection === undefined) return [];
    const ticks = audioPhase(reference.inspection, other.inspection);
    const pipelines = [reference.pipeline, other.pipeline];
    return ticks === undefined || ticks === 0
      ? []
      : [{ kind: 'disagree', number, member: 'audioPhase', pipelines, ticks } as const];
  });
}
