import type { Candidate } from '../candidate';
import { initInForce, type LiveEvent, type Representation } from '../events/live-event';
import type { MaskEntry } from '../events/event-record';
import { FATAL_SEVERITY, isValid, severityOf } from '../media/defect';

/** What the configuration says of one number: all that selection knows besides the candidates. */
export interface SelectionRules {
  /** Pipelines, the most preferred first. */
  readonly order: readonly string[];
  /** The mask that excludes a pipeline, by pipeline name. */
  readonly masks: ReadonlyMap<string, MaskEntry>;
  readonly whenAllDefective: 'serve' | 'reject';
  /** Pipelines whose init an operator put in force for this number, and since when they have it, UTC milliseconds. */
  readonly acceptedInits?: ReadonlyMap<string, number>;
}

/** One pipeline's bytes, wherever they are held. */
export interface Copy {
  readonly pipeline: string;
  readonly digest: string;
  /** One candidate for each region that holds these bytes, ordered by region name; never empty. */
  readonly replicas: readonly [Candidate, ...Candidate[]];
}

/** Why a copy was not taken. */
export type PassedOver =
  /** Its pipeline is not in the configuration (any more). */
  | 'not-configured'
  | 'masked'
  /** Fatal defects, or defects under `whenAllDefective: "reject"`. */
  | 'unservable'
  /** Other bytes of the same pipeline are cleaner, or as clean with a lower digest. */
  | 'other-copy'
  /** It has defects, and something better exists. */
  | 'defective'
  /** Valid, but an earlier pipeline is valid too. */
  | 'later-in-order';

/** The decision for one number, complete enough to be explained. */
export interface Decision {
  readonly number: number;
  readonly chosen: Copy | undefined;
  readonly passedOver: readonly { readonly copy: Copy; readonly why: PassedOver }[];
  readonly rules: SelectionRules;
  /** Regions that did not answer in time: the decision may be another once they do. */
  readonly unheard: readonly string[];
}

/** The rules in force for one segment: operator's preference, else the configuration's order, and masks. */
export function selectionRules(event: LiveEvent, representation: string, number: number): SelectionRules {
  const preference = event.preferences.find(({ fromSegment }) => fromSegment <= number);
  const configured = event.configuration.pipelines;
  const preferred = (preference?.order ?? []).filter((pipeline) => configured.includes(pipeline));
  const masks = event.masks.filter(
    (mask) =>
      mask.fromSegment <= number &&
      number <= (mask.toSegment ?? Infinity) &&
      (mask.representation ?? representation) === representation,
  );
  // An operator's word outlasts ours about the same pipeline.
  const ranked = masks.toSorted((left, right) => Number(right.automatic ?? 0) - Number(left.automatic ?? 0));
  return {
    order: [...preferred, ...configured.filter((pipeline) => !preferred.includes(pipeline))],
    masks: new Map(ranked.map((mask) => [mask.pipeline, mask])),
    whenAllDefective: event.configuration.whenAllDefective,
    acceptedInits: acceptedInits(event.representations.get(representation), number),
  };
}

function acceptedInits(
  representation: Representation | undefined,
  number: number,
): ReadonlyMap<string, number> {
  if (representation === undefined) return NONE_ACCEPTED;
  const inForce = initInForce(representation, number);
  if (inForce === undefined || inForce.version === 1) return NONE_ACCEPTED;
  const accepted = [...representation.pipelineInits].filter(
    ([, { init }]) => init.identity === inForce.init.identity,
  );
  return new Map(accepted.map(([pipeline, { atMs }]) => [pipeline, atMs]));
}

const NONE_ACCEPTED: ReadonlyMap<string, number> = new Map();

/** What was wrong-init when it came is not, once the init that it came with is in force for its number. */
function withAcceptedInit(candidate: Candidate, { acceptedInits: accepted }: SelectionRules): Candidate {
  const sinceMs = accepted?.get(candidate.pipeline);
  if (sinceMs === undefined || candidate.publishedAtMs < sinceMs) return candidate;
  const defects = candidate.defects.filter(({ name }) => name !== 'wrong-init');
  return defects.length === candidate.defects.length ? candidate : { ...candidate, defects };
}

/**
 * Chooses the first valid candidate. Pure: no clock, no randomness, no order of arrival, no region of the reader; two
 * origins that heard the same candidates decide the same (Netflix TechBlog, "Netflix Live Origin", 2025).
 */
export function select(
  number: number,
  candidates: readonly Candidate[],
  rules: SelectionRules,
  unheard: readonly string[] = [],
): Decision {
  const passedOver: { copy: Copy; why: PassedOver }[] = [];
  const best: { copy: Copy; severity: number; spare: boolean }[] = [];
  const judged = candidates.map((candidate) => withAcceptedInit(candidate, rules));
  for (const copies of copiesByPipeline(judged, rules.order)) {
    for (const [rank, copy] of copies.entries()) {
      const why = exclusion(copy, rank, rules);
      const spare = rules.masks.has(copy.pipeline);
      if (why === undefined) best.push({ copy, severity: severityOf(defectsOf(copy)), spare });
      else passedOver.push({ copy, why });
    }
  }
  // Stable: among equals the configured order stands.
  const [chosen, ...others] = best.toSorted(
    (left, right) => left.severity - right.severity || Number(left.spare) - Number(right.spare),
  );
  for (const { copy, severity, spare } of others)
    passedOver.push({ copy, why: severity > 0 ? 'defective' : spare ? 'masked' : 'later-in-order' });
  return { number, chosen: chosen?.copy, passedOver, rules, unheard };
}

/** The first unmasked pipeline's copy is valid, so no other region can change the decision for the better. */
export function isSettled(decision: Decision): boolean {
  const first = decision.rules.order.find((pipeline) => !decision.rules.masks.has(pipeline));
  return (
    decision.chosen !== undefined && decision.chosen.pipeline === first && isValid(defectsOf(decision.chosen))
  );
}

/**
 * The defects by which a copy is judged: those of its worst replica. Replicas are the same bytes, so what one region
 * found of them (a late flag that has not reached the others) is true of all.
 */
export function defectsOf({ replicas }: Copy): Candidate['defects'] {
  return replicas.reduce((worst, next) =>
    severityOf(next.defects) > severityOf(worst.defects) ? next : worst,
  ).defects;
}

function exclusion(copy: Copy, rank: number, rules: SelectionRules): PassedOver | undefined {
  if (!rules.order.includes(copy.pipeline)) return 'not-configured';
  // An automatic mask is a judgement by share: it puts a pipeline last, and never makes a segment worse or missing.
  const mask = rules.masks.get(copy.pipeline);
  if (mask !== undefined && mask.automatic !== true) return 'masked';
  const severity = severityOf(defectsOf(copy));
  if (severity >= FATAL_SEVERITY || (severity > 0 && rules.whenAllDefective === 'reject'))
    return 'unservable';
  return rank > 0 ? 'other-copy' : undefined;
}

/** Copies of each pipeline, the cleaner first, then the lower digest; pipelines in order, unknown ones last. */
function copiesByPipeline(candidates: readonly Candidate[], order: readonly string[]): Copy[][] {
  const byPipeline = groupBy(candidates, ({ pipeline }) => pipeline);
  const position = (pipeline: string) => (order.includes(pipeline) ? order.indexOf(pipeline) : order.length);
  return [...byPipeline]
    .toSorted(([left], [right]) => position(left) - position(right) || (left < right ? -1 : 1))
    .map(([pipeline, own]) =>
      [...groupBy(own, ({ digest }) => digest)]
        .flatMap(([digest, replicas]) => {
          const [first, ...rest] = replicas.toSorted((left, right) => (left.region < right.region ? -1 : 1));
          return first === undefined ? [] : [{ pipeline, digest, replicas: [first, ...rest] } satisfies Copy];
        })
        .toSorted(
          (left, right) =>
            severityOf(defectsOf(left)) - severityOf(defectsOf(right)) ||
            (left.digest < right.digest ? -1 : 1),
        ),
    );
}

/** Items by key, keys in the order in which they first occur. */
export function groupBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
