import type { Candidate } from '../candidate';
import type { Origin, RegionStores } from '../origin';
import { cancelSource, type CancelSource } from '../ports/cancel';
import type { Clock } from '../ports/clock';
import { SegmentMissing, type Body, type ByteRange } from '../ports/segment-store';
import type { Opened } from './opened';

/**
 * How long a replica has for its first byte before the next region's is asked as well. S3 takes 20 to 40 ms, now and then
 * 200: sooner, a region in good health would read many segments twice, and pay for the transfer between regions.
 */
export const HEDGE_MS = 200;

/** From then on a replica counts as failed: a player that gets nothing for two seconds has used up a segment. */
export const FIRST_BYTE_MS_MAX = 2000;

/** Which bytes of a replica are wanted: `'none'` for HEAD and conditional requests that hold. */
export type WantedOf = (candidate: Candidate) => ByteRange | 'all' | 'none';

/**
 * Opens one of a copy's replicas: this region's first, another region's when that one is slow or fails. The first byte
 * wins and the other reads are cancelled. Replicas of a copy have the same bytes, so nobody can tell which one it was.
 *
 * @param failures gets what went wrong, but for objects that are not there: those are passed over.
 * @returns undefined when none can be read.
 */
export async function openReplica(
  origin: Pick<Origin, 'clock' | 'local' | 'peers'>,
  replicas: readonly Candidate[],
  wanted: WantedOf,
  failures: unknown[],
): Promise<Opened | undefined> {
  const near = nearestFirst(origin, replicas);
  const [first] = near;
  if (first === undefined) return undefined;
  const part = wanted(first.served);
  if (part === 'none') return { served: first.served, body: undefined };
  return new Race(origin.clock, near, part === 'all' ? undefined : part, failures).run();
}

interface Replica {
  readonly served: Candidate;
  readonly stores: RegionStores;
}

function nearestFirst(
  { local, peers }: Pick<Origin, 'local' | 'peers'>,
  replicas: readonly Candidate[],
): readonly Replica[] {
  return [local, ...peers].flatMap((stores) => {
    const served = replicas.find(({ region }) => region === stores.region);
    return served === undefined ? [] : [{ served, stores }];
  });
}

/** One replica's read: `settled` ends its timers, `abandoned` the read itself, whose bytes nobody wants any more. */
interface Attempt {
  readonly settled: CancelSource;
  readonly abandoned: CancelSource;
}

/** Reads of one copy's replicas, begun one after another, of which one is used. */
class Race {
  readonly #clock: Clock;
  readonly #waiting: Replica[];
  readonly #range: ByteRange | undefined;
  readonly #failures: unknown[];
  readonly #underWay = new Set<Attempt>();
  #resolve: (opened: Opened | undefined) => void = () => undefined;

  constructor(clock: Clock, replicas: readonly Replica[], range: ByteRange | undefined, failures: unknown[]) {
    this.#clock = clock;
    this.#waiting = [...replicas];
    this.#range = range;
    this.#failures = failures;
  }

  run(): Promise<Opened | undefined> {
    return new Promise((resolve) => {
      this.#resolve = resolve;
      this.#next();
    });
  }

  /** Begins the next replica's read; without one, the race ends with the last that is under way. */
  #next(): void {
    const replica = this.#waiting.shift();
    if (replica !== undefined) void this.#read(replica);
    else if (this.#underWay.size === 0) this.#resolve(undefined);
  }

  async #read({ served, stores }: Replica): Promise<void> {
    const attempt = { settled: cancelSource(), abandoned: cancelSource() };
    this.#underWay.add(attempt);
    void this.#onceSlow(attempt, HEDGE_MS, () => this.#next());
    void this.#onceSlow(attempt, FIRST_BYTE_MS_MAX, () => {
      attempt.abandoned.cancel();
      const silence = `region ${stores.region}: wanted a byte within ${FIRST_BYTE_MS_MAX} ms, got none`;
      this.#fail(attempt, new Error(silence));
    });
    try {
      const body = await stores.segments.read(served, this.#range, attempt.abandoned);
      if (attempt.abandoned.cancelled) await discard(body);
      else this.#win(attempt, { served, body });
    } catch (error) {
      if (!attempt.abandoned.cancelled) this.#fail(attempt, error);
    }
  }

  #win(winner: Attempt, opened: Opened): void {
    this.#waiting.length = 0;
    for (const attempt of this.#underWay) {
      attempt.settled.cancel();
      if (attempt !== winner) attempt.abandoned.cancel();
    }
    this.#resolve(opened);
  }

  #fail(attempt: Attempt, error: unknown): void {
    if (!(error instanceof SegmentMissing)) this.#failures.push(error);
    attempt.settled.cancel();
    this.#underWay.delete(attempt);
    this.#next();
  }

  async #onceSlow({ settled }: Attempt, afterMs: number, then: () => void): Promise<void> {
    await this.#clock.sleepUntil(this.#clock.nowMs() + afterMs, settled);
    if (!settled.cancelled) then();
  }
}

/** Ends a stream that nobody will read. */
async function discard(body: Body): Promise<void> {
  if (!(body instanceof Uint8Array)) await body[Symbol.asyncIterator]().return?.();
}
