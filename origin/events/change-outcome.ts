import { NEVER } from '../ports/cancel';
import type { Clock } from '../ports/clock';
import type { Consequence } from '../selection/consequence';
import type { Fault } from './configuration';
import type { EventHead } from './event-record';

/** On what terms an operator changes an event. Without terms a change is ours, and nothing is asked. */
export interface ChangeTerms {
  /** Who, for the record. */
  readonly by: string;
  /** Why, for the record; may be empty. */
  readonly reason: string;
  /** Tell what it would do, and do nothing. */
  readonly preview: boolean;
  /** Even though viewers lose segments by it. */
  readonly force: boolean;
  /** RFC 9110, 13.1.1: an ETag or several, or `*`. */
  readonly ifMatch?: string;
  /** RFC 9110, 13.1.2: `*` makes what is not there yet. */
  readonly ifNoneMatch?: string;
}

/** What became of a change. http/control-answers.ts says how each is told. */
export type ChangeOutcome<Done = EventHead> =
  | {
      readonly kind: 'done';
      readonly value: Done;
      readonly created: boolean;
      readonly consequence?: Consequence;
    }
  /** It would be right; nothing was written. */
  | { readonly kind: 'previewed'; readonly value: Done; readonly consequence: Consequence | undefined }
  /** Viewers would lose segments that they have now. */
  | { readonly kind: 'refused'; readonly consequence: Consequence }
  | { readonly kind: 'invalid'; readonly faults: readonly Fault[] }
  | { readonly kind: 'unknown' }
  /** The event is there; what it was to take back is not, or not any more. */
  | { readonly kind: 'unknown-entry'; readonly id: string }
  /** A condition of the request does not hold. */
  | ({ readonly kind: 'precondition-failed' } & FailedCondition)
  /** Others changed it again and again while this was decided. */
  | { readonly kind: 'conflict' }
  /** Segments exist, and this member decides what their numbers mean. */
  | { readonly kind: 'frozen'; readonly members: readonly string[] }
  | { readonly kind: 'full' };

export interface FailedCondition {
  readonly condition: 'If-Match' | 'If-None-Match';
  /** Of what is there, if anything is. */
  readonly etag: string | undefined;
}

/** The ETag that operators see: it changes with the configuration, not with every init or mask. */
export function configurationEtag(head: EventHead): string {
  return `"${head.configurationRevision}"`;
}

/** The condition of the request that does not hold for what is there: `etag`, or nothing. */
export function failedCondition(
  terms: Pick<ChangeTerms, 'ifMatch' | 'ifNoneMatch'> | undefined,
  etag: string | undefined,
): FailedCondition | undefined {
  const { ifMatch, ifNoneMatch } = terms ?? {};
  if (ifMatch !== undefined && !matches(ifMatch, etag)) return { condition: 'If-Match', etag };
  if (ifNoneMatch !== undefined && matches(ifNoneMatch, etag)) return { condition: 'If-None-Match', etag };
  return undefined;
}

function matches(condition: string, etag: string | undefined): boolean {
  if (etag === undefined) return false;
  return condition.trim() === '*' || condition.split(',').some((one) => one.trim() === etag);
}

/**
 * Inits, masks and other entries arrive between the reading of an event and its writing; then it is read again, so many
 * milliseconds later. Not at once but for the first time: in a region whose replica is a second behind, it reads the same.
 */
const AGAIN_MS = [0, 100, 400, 1000];

/** @returns the first outcome that is no conflict, or the last conflict. */
export async function untilWritten<Done>(
  clock: Clock,
  change: () => Promise<ChangeOutcome<Done>>,
): Promise<ChangeOutcome<Done>> {
  let outcome = await change();
  for (const againMs of AGAIN_MS) {
    if (outcome.kind !== 'conflict') break;
    await clock.sleepUntil(clock.nowMs() + againMs, NEVER);
    outcome = await change();
  }
  return outcome;
}
