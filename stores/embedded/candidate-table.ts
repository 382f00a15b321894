import type { Candidate, RepresentationKey, SegmentKey } from '../../origin/candidate';
import { decodeCandidate, encodeCandidate, type EncodedCandidate } from '../candidate-codec';
import { AFTER_NAMES, type Environment, type Table } from './environment';

type CandidateKey = SegmentKey & Pick<Candidate, 'pipeline'>;

/**
 * Candidates, ordered by tenant, event, representation, number, pipeline: a segment and a range of numbers are each
 * one short walk. A second table orders them by expiry, so that retention never searches. Methods that write run
 * inside {@link Environment.write}.
 */
export class CandidateTable {
  readonly #candidates: Table;
  readonly #byExpiry: Table;

  constructor(environment: Environment) {
    this.#candidates = environment.table('candidates');
    this.#byExpiry = environment.table('candidates-by-expiry');
  }

  get(key: CandidateKey): Candidate | undefined {
    const value = this.#candidates.get(keyOf(key));
    return value === undefined ? undefined : parse(value);
  }

  /** Numbers `from` to `to`, both included. */
  range({ tenant, event, representation }: RepresentationKey, from: number, to: number): Candidate[] {
    const start = [tenant, event, representation, from];
    const end = [tenant, event, representation, to, AFTER_NAMES];
    return Array.from(this.#candidates.getRange({ start, end }), ({ value }) => parse(value));
  }

  put(candidate: Candidate, replaced: Candidate | undefined): void {
    if (replaced !== undefined) this.remove(replaced);
    void this.#candidates.put(keyOf(candidate), JSON.stringify(encodeCandidate(candidate)));
    void this.#byExpiry.put([candidate.expiresAtMs, ...keyOf(candidate)], '');
  }

  remove(candidate: Candidate): void {
    void this.#candidates.remove(keyOf(candidate));
    void this.#byExpiry.remove([candidate.expiresAtMs, ...keyOf(candidate)]);
  }

  /** Those that expired at or before `atMs`, the earliest first. */
  expired(atMs: number, limit: number): Candidate[] {
    const keys = Array.from(this.#byExpiry.getKeys({ end: [atMs, AFTER_NAMES], limit }));
    return keys.flatMap((key) => {
      const value = this.#candidates.get((key as (string | number)[]).slice(1));
      return value === undefined ? [] : [parse(value)];
    });
  }
}

function keyOf({ tenant, event, representation, number, pipeline }: CandidateKey): (string | number)[] {
  return [tenant, event, representation, number, pipeline];
}

function parse(value: string): Candidate {
  return decodeCandidate(JSON.parse(value) as EncodedCandidate);
}
