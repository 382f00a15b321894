import { dictionaryMember } from '../../http/structured-fields';
import type { EdgeConfiguration } from '../../origin/events/edge-configuration';
import { INVALIDATIONS_MAX, isInvalidated } from '../../origin/events/invalidations';
import type { InvalidatedRange } from '../../origin/ports/invalidator';
import type { SegmentName } from '../guard/guard';

/** Whose answer for which segment a response is: what invalidations are about. */
export interface ServedSegment extends SegmentName {
  /** `tenant/event`. */
  readonly event: string;
  readonly pipeline: string | undefined;
  /** The region that answered. */
  readonly region: string | undefined;
  /** Of the event's record at the origin that answered. */
  readonly revision: number | undefined;
}

/** @param headers of the response, names in lower case */
export function servedSegment(
  event: string,
  segment: SegmentName,
  headers: Readonly<Record<string, string>>,
): ServedSegment {
  const member = (name: string) => {
    const value = dictionaryMember(headers['headwater-candidate'], name);
    return typeof value === 'string' ? value : undefined;
  };
  const revision = Number(headers['headwater-revision']);
  return {
    ...{ ...segment, event, pipeline: member('pipeline'), region: member('served') },
    revision: Number.isSafeInteger(revision) ? revision : undefined,
  };
}

interface Known {
  readonly revision: number;
  readonly ids: ReadonlySet<string>;
  /** With the revision at which the edge learned of each: origins that answer by an earlier one have not heard of it. */
  readonly ranges: ReadonlyMap<string, { readonly range: InvalidatedRange; readonly revision: number }>;
}

/** Events whose invalidations are remembered; one that is forgotten is only purged more than it need be. */
const EVENTS_MAX = 2000;

/** What an edge has been told to forget, event by event. */
export class Invalidations {
  readonly #events = new Map<string, Known>();

  /**
   * Takes what a configuration tells.
   * @returns the ranges that are new, or `'everything'` when some may have been missed
   */
  learn(
    event: string,
    { revision, invalidations }: EdgeConfiguration,
  ): readonly InvalidatedRange[] | 'everything' {
    const known = this.#events.get(event);
    if (known !== undefined && known.revision >= revision) return [];
    const fresh = invalidations.filter(({ id }) => known?.ids.has(id) !== true);
    const ranges = new Map(
      invalidations.map((range) => [range.id, known?.ranges.get(range.id) ?? { range, revision }]),
    );
    this.#events.delete(event);
    this.#events.set(event, { revision, ids: new Set(ranges.keys()), ranges });
    if (this.#events.size > EVENTS_MAX) this.#events.delete(this.#events.keys().next().value ?? event);
    const hasMissedSome = fresh.length === INVALIDATIONS_MAX && known !== undefined && known.ids.size > 0;
    return hasMissedSome ? 'everything' : fresh;
  }

  /** Whether an answer was given by the rules from before an invalidation that it falls under: it may not be kept. */
  isBehind(served: ServedSegment): boolean {
    const { revision: answered = Infinity } = served;
    for (const { range, revision } of this.#events.get(served.event)?.ranges.values() ?? [])
      if (answered < revision && isInvalidated(range, served)) return true;
    return false;
  }
}
