import { bytesPath, segmentPath } from '../candidate';
import type { Candidate, SegmentKey } from '../candidate';
import type { Clock } from '../ports/clock';
import type { RegionStores } from '../ports/region-stores';
import type { ByteRange } from '../ports/segment-store';
import type { Opened } from './opened';
import type { RecentBytes } from './recent-bytes';
import { SharedRead } from './shared-read';
import type { StorePressure } from './store-pressure';

/**
 * Where nobody tells of changes (Lambda), how long an answer counts: a quarter of the 2 s in which a change acts, and
 * enough for a storm, whose requests for one segment come within the second.
 */
export const UNTOLD_MS = 500;
/** Segments whose candidates are remembered: some 10 MB. The newest of 500 representations, or much of a DVR window. */
const ANSWERS_MAX = 8192;

export interface SegmentMemoryOptions {
  readonly clock: Clock;
  /** Of this instance's own region: only its calls say whether it has to shed. */
  readonly pressure: StorePressure;
  readonly localRegion: string;
  readonly bytes: RecentBytes;
  /** Every change of every region is told by {@link SegmentMemory.forget}: answers count until then. */
  readonly isTold: boolean;
}

interface Answer {
  readonly candidates: Promise<readonly Candidate[]>;
  readonly askedAtMs: number;
  state: 'asked' | 'kept' | 'used';
}

/** Opens a replica, whole or in part; `failures` gets what went wrong. */
export type Read = (range: ByteRange | undefined, failures: unknown[]) => Promise<Opened | undefined>;

/** One read of a whole object, for all who want it; what went wrong in it concerns them all. */
type Flight = { readonly failures: readonly unknown[] } & (
  { readonly served: Candidate; readonly body: SharedRead | Uint8Array } | { readonly body: undefined }
);

/**
 * What an instance remembers of segments, so that a storm reads each of them once: what stores said of their
 * candidates, never what was decided (masks and preferences act on the next request), and the newest bytes. Those who
 * ask for the same at the same time share one call.
 */
export class SegmentMemory {
  readonly #options: SegmentMemoryOptions;
  readonly #answers = new Map<string, Answer>();
  readonly #reads = new Map<string, Promise<Flight>>();
  #bytesUnderWay = 0;

  constructor(options: SegmentMemoryOptions) {
    this.#options = options;
  }

  /**
   * What a region knows of a segment.
   * @param mayKeep where changes are not told: whether this answer may be given again, for {@link UNTOLD_MS}
   * @throws what its store throws; that is never remembered.
   */
  async candidatesOf(
    { region, candidates }: RegionStores,
    segment: SegmentKey,
    mayKeep: (found: readonly Candidate[]) => boolean,
  ): Promise<readonly Candidate[]> {
    const name = `${region}/${segmentPath(segment)}`;
    const nowMs = this.#options.clock.nowMs();
    const known = this.#answers.get(name);
    if (known !== undefined && this.#counts(known, nowMs)) {
      // The map's order is the order of use: the first is the one to forget.
      this.#answers.delete(name);
      this.#answers.set(name, known);
      return (await known.candidates).filter(({ expiresAtMs }) => expiresAtMs > nowMs);
    }
    const asked = this.#timed(region, () => candidates.ofSegment(segment));
    const answer: Answer = { candidates: asked, askedAtMs: nowMs, state: 'asked' };
    this.#remember(name, answer);
    try {
      const found = await asked;
      answer.state = this.#options.isTold || mayKeep(found) ? 'kept' : 'used';
      return found;
    } finally {
      if (answer.state !== 'kept' && this.#answers.get(name) === answer) this.#answers.delete(name);
    }
  }

  /** Something of the segment changed in that region, or may have: what is remembered or under way counts no more. */
  forget(region: string, segment: SegmentKey): void {
    this.#answers.delete(`${region}/${segmentPath(segment)}`);
  }

  /** The region began or ended: nothing that it said counts. */
  forgetRegion(region: string): void {
    for (const name of [...this.#answers.keys()])
      if (name.startsWith(`${region}/`)) this.#answers.delete(name);
  }

  /**
   * A candidate's bytes: from memory, from the read under way, or by one read.
   * @param replica the nearest, which is named as the one served from memory
   * @param isLive the newest stay in memory once they were read; what a DVR client reads must not push them out
   * @param failures gets what went wrong in a read, whoever began it
   * @returns undefined where `read` could open none.
   */
  async open(
    replica: Candidate,
    range: ByteRange | undefined,
    isLive: boolean,
    failures: unknown[],
    read: Read,
  ): Promise<Opened | undefined> {
    const { start, end } = range ?? { start: 0, end: replica.size };
    const recent = this.#options.bytes.get(bytesPath(replica));
    if (recent !== undefined) return { served: replica, body: recent.subarray(start, end) };
    const shared = this.#shared(replica, range === undefined || isLive, isLive, read);
    if (shared === undefined) return read(range, failures);
    const flight = await shared;
    failures.push(...flight.failures);
    if (flight.body === undefined) return undefined;
    const body =
      flight.body instanceof Uint8Array ? flight.body.subarray(start, end) : flight.body.part(start, end);
    return { served: flight.served, body };
  }

  /** The read of the whole object that others want too; undefined where a part is read alone, or memory is short. */
  #shared(
    { size, ...ref }: Candidate,
    mayStart: boolean,
    isLive: boolean,
    read: Read,
  ): Promise<Flight> | undefined {
    const name = bytesPath(ref);
    const underWay = this.#reads.get(name);
    if (underWay !== undefined || !mayStart) return underWay;
    if (this.#bytesUnderWay + size > this.#options.bytes.maxBytes) return undefined;
    const flight = this.#readWhole(size, read, (whole) => {
      this.#reads.delete(name);
      if (isLive && whole !== undefined) this.#options.bytes.put(name, whole);
    });
    this.#reads.set(name, flight);
    return flight;
  }

  async #readWhole(size: number, read: Read, onEnd: (whole?: Uint8Array) => void): Promise<Flight> {
    const failures: unknown[] = [];
    const opened = await read(undefined, failures).catch((error: unknown) => void failures.push(error));
    if (opened?.body === undefined) {
      onEnd();
      return { failures, body: undefined };
    }
    const { served, body } = opened;
    if (body instanceof Uint8Array) {
      onEnd(body);
      return { failures, served, body };
    }
    const onUse = (isUsed: boolean) => (this.#bytesUnderWay += isUsed ? size : -size);
    return { failures, served, body: new SharedRead(body, { size, onEnd, onUse }) };
  }

  #counts({ state, askedAtMs }: Answer, nowMs: number): boolean {
    return state === 'asked' || (state === 'kept' && (this.#options.isTold || nowMs - askedAtMs < UNTOLD_MS));
  }

  #remember(name: string, answer: Answer): void {
    this.#answers.delete(name);
    this.#answers.set(name, answer);
    if (this.#answers.size > ANSWERS_MAX) this.#answers.delete(this.#answers.keys().next().value ?? name);
  }

  /** Other regions are far away, and slow for that reason alone. */
  #timed<T>(region: string, make: () => Promise<T>): Promise<T> {
    const { localRegion, pressure } = this.#options;
    return region === localRegion ? pressure.timed('candidates', make) : make();
  }
}
