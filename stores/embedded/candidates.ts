import { isDeepStrictEqual } from 'node:util';
import {
  segmentPath,
  type Candidate,
  type RepresentationKey,
  type SegmentKey,
  type SegmentRef,
} from '../../origin/candidate';
import { FATAL_SEVERITY, severityOf, type Defect } from '../../origin/media/defect';
import type { Cancel } from '../../origin/ports/cancel';
import type { CandidateStore, RecordOutcome } from '../../origin/ports/candidate-store';
import type { Clock } from '../../origin/ports/clock';
import type { CandidateTable } from './candidate-table';
import { ChangeWaiters } from './change-waiters';
import type { Environment } from './environment';

/** What changed, after it is durable: the embedded counterpart of a DynamoDB stream record. */
export interface CandidateChange {
  readonly cause: 'record' | 'flag';
  /** Absent when this is the pipeline's first candidate for the number. */
  readonly before?: Candidate;
  readonly after: Candidate;
}

/** Candidates of one region in LMDB. */
export class EmbeddedCandidates implements CandidateStore {
  readonly #environment: Environment;
  readonly #table: CandidateTable;
  readonly #clock: Clock;
  readonly #waiters: ChangeWaiters;
  readonly #listeners = new Set<(change: CandidateChange) => void>();

  constructor(environment: Environment, table: CandidateTable, clock: Clock) {
    this.#environment = environment;
    this.#table = table;
    this.#clock = clock;
    this.#waiters = new ChangeWaiters(clock);
  }

  /** Segments that somebody waits for. */
  get awaited(): number {
    return this.#waiters.size;
  }

  async ofSegment(segment: SegmentKey): Promise<readonly Candidate[]> {
    return this.ofRange(segment, segment.number, segment.number);
  }

  async ofRange(representation: RepresentationKey, from: number, to: number): Promise<readonly Candidate[]> {
    return this.#table.range(representation, from, to).filter((candidate) => this.#isLiving(candidate));
  }

  async record(candidate: Candidate): Promise<RecordOutcome> {
    const { kept, before } = await this.#environment.write(() => {
      const there = this.#table.get(candidate);
      const living = there !== undefined && this.#isLiving(there) ? there : undefined;
      if (living !== undefined && !givesWayTo(living, candidate)) return { kept: living };
      this.#table.put(candidate, there);
      return { before: living };
    });
    if (kept !== undefined) return { kind: 'kept', held: kept };
    this.#announce({ cause: 'record', ...(before !== undefined && { before }), after: candidate });
    return { kind: 'recorded' };
  }

  async flag(ref: SegmentRef, defects: readonly Defect[]): Promise<'flagged' | 'unchanged' | 'stale'> {
    const outcome = await this.#environment.write(() => {
      const before = this.#table.get(ref);
      if (before?.digest !== ref.digest || !this.#isLiving(before)) return 'stale';
      if (isDeepStrictEqual(before.defects, defects)) return 'unchanged';
      const after = { ...before, defects };
      this.#table.put(after, before);
      return { before, after };
    });
    if (typeof outcome === 'string') return outcome;
    this.#announce({ cause: 'flag', ...outcome });
    return 'flagged';
  }

  awaitChange(segment: SegmentKey, untilMs: number, cancel: Cancel): Promise<void> {
    return this.#waiters.wait(segmentPath(segment), untilMs, cancel);
  }

  /**
   * Calls `listener` after every change of this process, in order, once the write has been acknowledged. It must not
   * throw. Expiry is no change.
   * @returns what ends it.
   */
  onChange(listener: (change: CandidateChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Ends every wait. */
  close(): void {
    this.#listeners.clear();
    this.#waiters.wakeAll();
  }

  #isLiving(candidate: Candidate): boolean {
    return candidate.expiresAtMs > this.#clock.nowMs();
  }

  #announce(change: CandidateChange): void {
    // Not in line: a listener never delays or fails the write that it hears of. But before those who wait look again,
    // so that none of them is answered from a memory that has not heard of it.
    for (const listener of this.#listeners) queueMicrotask(() => listener(change));
    this.#waiters.wake(segmentPath(change.after));
  }
}

/** Whether `held` gives way to `next`: it is more severe, and not the same bytes coming again. */
export function givesWayTo(held: Candidate, next: Candidate): boolean {
  const severity = severityOf(held.defects);
  const sameBytes = held.digest === next.digest && severity < FATAL_SEVERITY;
  return !sameBytes && severity > severityOf(next.defects);
}
