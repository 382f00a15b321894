import type { Clock } from '../ports/clock';
import { SegmentMissing } from '../ports/segment-store';

export type StoreCall = 'candidates' | 'bytes';

/**
 * How soon a store of this region should answer, in milliseconds. Candidates: a consistent DynamoDB query takes less
 * than 10, LMDB less than one. Bytes: until the first is certain to come; S3 promises 100 to 200, a disk takes a few.
 */
export const TARGET_MS: Readonly<Record<StoreCall, number>> = { candidates: 25, bytes: 250 };
/** Long enough for a share to mean something, short enough that a recovery is seen within a DVR client's next try. */
export const WINDOW_MS = 5000;
const BUCKET_MS = 250;
/** Netflix sheds from 40 % of calls beyond their target on; a limit on CPU would have seen nothing (TechBlog, 2025). */
export const SHED_SHARE = 0.4;
/** Half of it: what begins at a share and ends at the same share begins and ends all the time. */
export const ADMIT_SHARE = 0.2;
/** Fewer calls in a window prove nothing: a cold start is slow too, and what is called so little is not in trouble. */
export const CALLS_MIN = 20;

interface Bucket {
  readonly startMs: number;
  calls: number;
  slow: number;
}

/**
 * How a region's stores fare, by the share of their calls that missed the target: the one thing that tells load which
 * they cannot take from load which they can. A call counts as slow as soon as it is late, finished or not, so that a
 * store which never answers is noticed too.
 */
export class StorePressure {
  readonly #clock: Clock;
  readonly #onCall: (call: StoreCall, isSlow: boolean) => void;
  readonly #buckets: Bucket[] = [];
  /** When each call under way becomes late. */
  readonly #underWay = new Set<{ readonly lateMs: number }>();
  #isHigh = false;
  #lookedAtMs = -Infinity;

  constructor(clock: Clock, onCall: (call: StoreCall, isSlow: boolean) => void = () => undefined) {
    this.#clock = clock;
    this.#onCall = onCall;
  }

  /** Makes a call of this region's stores and takes its time. An object that is not there is an answer like another. */
  async timed<T>(call: StoreCall, make: () => Promise<T>): Promise<T> {
    const underWay = { lateMs: this.#clock.nowMs() + TARGET_MS[call] };
    this.#underWay.add(underWay);
    let failed = false;
    try {
      return await make();
    } catch (error) {
      failed = !(error instanceof SegmentMissing);
      throw error;
    } finally {
      this.#underWay.delete(underWay);
      const isSlow = failed || this.#clock.nowMs() > underWay.lateMs;
      this.#count(isSlow);
      this.#onCall(call, isSlow);
    }
  }

  /** Whether what can wait has to: from {@link SHED_SHARE} on, until the share is below {@link ADMIT_SHARE} again. */
  get isHigh(): boolean {
    const nowMs = this.#clock.nowMs();
    // Asked for every DVR request, and the answer is that of many calls: a look in each bucket's time is enough.
    if (nowMs - this.#lookedAtMs < BUCKET_MS) return this.#isHigh;
    this.#lookedAtMs = nowMs;
    const { calls, slow } = this.#seen(nowMs);
    const share = calls < CALLS_MIN ? 0 : slow / calls;
    this.#isHigh = share >= (this.#isHigh ? ADMIT_SHARE : SHED_SHARE);
    return this.#isHigh;
  }

  #seen(nowMs: number): { calls: number; slow: number } {
    this.#forget(nowMs);
    const seen = { calls: 0, slow: 0 };
    for (const { calls, slow } of this.#buckets) {
      seen.calls += calls;
      seen.slow += slow;
    }
    for (const call of this.#underWay) {
      if (nowMs <= call.lateMs) continue;
      // Given up by those who made it, as everything older than the window.
      if (nowMs - call.lateMs >= WINDOW_MS) this.#underWay.delete(call);
      seen.calls += 1;
      seen.slow += 1;
    }
    return seen;
  }

  #count(isSlow: boolean): void {
    const nowMs = this.#clock.nowMs();
    const startMs = nowMs - (nowMs % BUCKET_MS);
    let newest = this.#buckets.at(-1);
    if (newest?.startMs !== startMs) {
      this.#forget(nowMs);
      this.#buckets.push((newest = { startMs, calls: 0, slow: 0 }));
    }
    newest.calls += 1;
    newest.slow += Number(isSlow);
  }

  #forget(nowMs: number): void {
    while ((this.#buckets[0]?.startMs ?? Infinity) <= nowMs - WINDOW_MS) this.#buckets.shift();
  }
}
