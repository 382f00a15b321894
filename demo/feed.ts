import { segmentName, writeNumber } from '../origin/events/template';
import type { Clock } from '../origin/ports/clock';
import { dueMs, newestDue, type Schedule } from '../origin/schedule/schedule';
import type { DemoAsset } from './asset';
import { deliverTo, type Delivered, type Delivery } from '../publisher/delivery';
import { pausesOn, type Pauses } from '../publisher/pauses';

/**
 * What goes wrong on purpose. The feed looks at it for every segment, so a test or the fault lab may change it while
 * the feed runs. Init segments are never touched.
 */
export interface FeedFaults {
  /** True: this segment is not sent to `target`. */
  withhold?: (number: number, representation: string, target: URL) => boolean;
  /** The bytes to send instead; see damage.ts for what real packagers do to theirs. */
  transform?: (bytes: Uint8Array, number: number, representation: string, target: URL) => Uint8Array;
  /** Milliseconds by which a number leaves later than it would. The next ones do not wait for it. */
  delayMs?: (number: number, target: URL) => number;
}

/** One thing that happened to one segment (`number`) or init segment (`'init'`) on its way to one region. */
export interface FeedEntry {
  readonly pipeline: string;
  /** Origin of the region's base URL. */
  readonly target: string;
  readonly representation: string;
  readonly number: number | 'init';
  readonly outcome:
    Delivered | { readonly kind: 'withheld' } | { readonly kind: 'failed'; readonly reason: string };
}

export interface FeedOptions {
  readonly asset: DemoAsset;
  readonly pipeline: string;
  readonly secret: string;
  /** Base URLs of the regions; each gets everything, in parallel, and none waits for another. */
  readonly targets: readonly URL[];
  /** For example `/live/demo/loop`. */
  readonly eventPath: string;
  /** DASH templates below the event path; those of the event's configuration. */
  readonly template: { readonly initialization: string; readonly media: string };
  /**
   * The event's schedule with the pipeline's encoder delay as its `delayMs`: a segment is sent when its media has ended
   * and was encoded. Segment durations must be the asset's.
   */
  readonly schedule: Schedule;
  /** How much of the past is sent at the start, so that a player has a window at once. Default 30 000. */
  readonly backlogMs?: number;
  readonly clock: Clock;
  readonly faults?: FeedFaults;
  readonly log?: (entry: FeedEntry) => void;
}

/** What became of segments and inits so far, over all regions. */
export type FeedCounts = Readonly<Record<FeedEntry['outcome']['kind'], number>>;

export interface Feed {
  counts(): FeedCounts;
  /** Sends nothing new; resolves when the PUTs under way have ended. Calling it again waits for the same end. */
  stop(): Promise<void>;
}

/**
 * Starts one pipeline of the endless epoch-locked feed. It never throws and never piles up: a segment is tried for one
 * segment duration, then it is left behind, as a live packager does.
 */
export function startFeed(options: FeedOptions): Feed {
  const pauses = pausesOn(options.clock);
  const counts = { acknowledged: 0, refused: 0, abandoned: 0, withheld: 0, failed: 0 };
  const log = (entry: FeedEntry): void => {
    counts[entry.outcome.kind]++;
    options.log?.(entry);
  };
  const ended = Promise.all(options.targets.map((target) => feedRegion({ ...options, log }, target, pauses)));
  return {
    counts: () => ({ ...counts }),
    async stop() {
      pauses.stop();
      await ended;
    },
  };
}

type Logged = FeedOptions & { readonly log: (entry: FeedEntry) => void };

/** Two seconds at 2 s segments: how long one number may occupy the feed. */
function durationMs(schedule: Schedule): number {
  return schedule.durationMilliseconds / schedule.durationDenominator;
}

async function feedRegion(feed: Logged, target: URL, pauses: Pauses): Promise<void> {
  const { schedule, clock } = feed;
  const delivery = deliverTo(target, feed, clock, pauses);
  const backlog = Math.floor((feed.backlogMs ?? 30_000) / durationMs(schedule));
  /** Of the `count` newest numbers that are complete, the first. */
  const firstOfNewest = (count: number): number =>
    Math.max(schedule.startNumber, newestDue(schedule, clock.nowMs()) - count + 1);
  const tracks = feed.asset.representations.map(
    ({ configuration: { id } }) => new TrackFeed(feed, target, delivery, id),
  );
  const late = new Set<Promise<unknown>>();
  for (let number = firstOfNewest(backlog); ; number++) {
    await pauses.sleepUntil(dueMs(schedule, number));
    if (pauses.stopped) break;
    // After an outage or a suspended machine, what nobody plays any more is not sent.
    number = Math.max(number, firstOfNewest(Math.max(backlog, 1)));
    const send = () => {
      const deadlineMs = clock.nowMs() + durationMs(schedule);
      return Promise.all(tracks.map((track) => track.send(number, deadlineMs)));
    };
    const delayMs = feed.faults?.delayMs?.(number, target) ?? 0;
    if (delayMs === 0) await send();
    else late.add(pauses.sleepUntil(clock.nowMs() + delayMs).then(() => (pauses.stopped ? [] : send())));
  }
  await Promise.all(late);
  await delivery.close();
}

/** One representation's way into one region: the init segment first, and again after a lost connection. */
class TrackFeed {
  readonly #feed: Logged;
  readonly #target: URL;
  readonly #delivery: Delivery;
  readonly #representation: string;
  /** The connection on which the init was acknowledged (or finally refused). */
  #initEpoch: number | undefined;

  constructor(feed: Logged, target: URL, delivery: Delivery, representation: string) {
    this.#feed = feed;
    this.#target = target;
    this.#delivery = delivery;
    this.#representation = representation;
  }

  /** Sends segment `number`, and before it the init where needed. Never rejects. */
  async send(number: number, deadlineMs: number): Promise<void> {
    try {
      if (await this.#sendInit(deadlineMs)) this.#log(number, await this.#sendSegment(number, deadlineMs));
    } catch (error) {
      this.#log(number, { kind: 'failed', reason: String(error) });
    }
  }

  /** @returns false when the media would only meet a 412, or no answer either. */
  async #sendInit(deadlineMs: number): Promise<boolean> {
    const { connectionEpoch } = this.#delivery;
    if (this.#initEpoch === connectionEpoch) return true;
    const path = segmentName(this.#feed.template.initialization, this.#representation).prefix;
    const outcome = await this.#put(path, this.#feed.asset.init(this.#representation), deadlineMs);
    this.#log('init', outcome);
    if (outcome.kind === 'abandoned') return false;
    this.#initEpoch = connectionEpoch;
    return true;
  }

  async #sendSegment(number: number, deadlineMs: number): Promise<FeedEntry['outcome']> {
    const { asset, faults, schedule, template } = this.#feed;
    if (faults?.withhold?.(number, this.#representation, this.#target) === true) return { kind: 'withheld' };
    const made = asset.segment(this.#representation, number - schedule.startNumber);
    const bytes = faults?.transform?.(made, number, this.#representation, this.#target) ?? made;
    const path = writeNumber(segmentName(template.media, this.#representation), number);
    return this.#put(path, bytes, deadlineMs);
  }

  #put(path: string, bytes: Uint8Array, deadlineMs: number): Promise<Delivered> {
    return this.#delivery.put(`${this.#feed.eventPath}/${path}`, bytes, deadlineMs);
  }

  #log(number: number | 'init', outcome: FeedEntry['outcome']): void {
    const { pipeline, log } = this.#feed;
    log({ pipeline, target: this.#target.origin, representation: this.#representation, number, outcome });
  }
}
