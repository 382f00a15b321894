import type { Candidate, RepresentationKey, SegmentKey, SegmentRef } from '../candidate';
import type { Defect } from '../media/defect';
import type { Cancel } from './cancel';

/**
 * Candidates of one region. Reads are consistent: what {@link CandidateStore.record} acknowledged is seen by the next
 * read in the same region. Expired candidates are never returned. Any call may reject; then nothing was half-written.
 */
export interface CandidateStore {
  /** Every pipeline's candidate for one segment, ordered by pipeline name. One query. */
  ofSegment(segment: SegmentKey): Promise<readonly Candidate[]>;

  /**
   * Candidates of the numbers `from` to `to`, both included, ordered by number, then pipeline name.
   * The caller bounds `to - from`.
   */
  ofRange(representation: RepresentationKey, from: number, to: number): Promise<readonly Candidate[]>;

  /**
   * Writes the pipeline's candidate if there is none, or if the one there is more severe (`severityOf`) than this one;
   * otherwise changes nothing. The same digest again changes nothing either, whatever was flagged meanwhile: a
   * packager's retry never clears a late verdict (a fatal one, which has no bytes, is judged anew). Atomic: of two
   * concurrent calls the less severe wins, of two alike the first.
   */
  record(candidate: Candidate): Promise<RecordOutcome>;

  /**
   * Replaces the defects of one candidate, provided it still has the digest that was inspected: a late verdict never
   * lands on other bytes.
   */
  flag(ref: SegmentRef, defects: readonly Defect[]): Promise<'flagged' | 'unchanged' | 'stale'>;

  /**
   * Resolves when something of `segment` may have changed since this call, at `untilMs`, or when cancelled; never
   * rejects. Registers before it returns, so that a caller who then reads misses nothing.
   * @param expectedMs when the change is expected (UTC): a store that can only look again and again need not look often
   *   long before that. Default: any moment.
   */
  awaitChange(segment: SegmentKey, untilMs: number, cancel: Cancel, expectedMs?: number): Promise<void>;
}

export type RecordOutcome =
  | { readonly kind: 'recorded' }
  /** Something as good or better is there; `held` is it. */
  | { readonly kind: 'kept'; readonly held: Candidate };
