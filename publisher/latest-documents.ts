import type { Clock } from '../origin/ports/clock';
import type { Delivered, Delivery } from './delivery';
import type { Parcel } from './parcel';
import type { Pauses } from './pauses';

/** Manifests of one packager: one, and one for each track. */
const PATHS_MAX = 128;
const PAUSE_MS = 1000;

interface Lane {
  next: Parcel | undefined;
}

/**
 * Sends packagers' manifests: one PUT of a path at a time and always the newest, since the last write wins at the origin
 * and an older one that was retried must not come after. What is superseded while it waits is never sent.
 */
export class LatestDocuments {
  readonly #delivery: Delivery;
  readonly #clock: Clock;
  readonly #pauses: Pauses;
  readonly #budgetMs: number;
  readonly #onDelivered: (parcel: Parcel, delivered: Delivered) => void;
  readonly #lanes = new Map<string, Lane>();

  constructor(
    delivery: Delivery,
    clock: Clock,
    pauses: Pauses,
    budgetMs: number,
    onDelivered: (parcel: Parcel, delivered: Delivered) => void,
  ) {
    this.#delivery = delivery;
    this.#clock = clock;
    this.#pauses = pauses;
    this.#budgetMs = budgetMs;
    this.#onDelivered = onDelivered;
  }

  /** Paths whose newest has not arrived yet. */
  get waiting(): number {
    return this.#lanes.size;
  }

  offer(parcel: Parcel): void {
    const lane = this.#lanes.get(parcel.path);
    if (lane !== undefined) lane.next = parcel;
    else if (this.#lanes.size < PATHS_MAX) void this.#run(parcel);
    else this.#onDelivered(parcel, { kind: 'abandoned', reason: `more than ${PATHS_MAX} manifests` });
  }

  async #run(first: Parcel): Promise<void> {
    const lane: Lane = { next: first };
    this.#lanes.set(first.path, lane);
    while (lane.next !== undefined && !this.#pauses.stopped) {
      const parcel = lane.next;
      lane.next = undefined;
      const { path, bytes, headers } = parcel;
      const deadlineMs = this.#clock.nowMs() + this.#budgetMs;
      const delivered = await this.#delivery.put(path, bytes, deadlineMs, { headers });
      this.#onDelivered(parcel, delivered);
      if (delivered.kind !== 'abandoned') continue;
      lane.next ??= parcel;
      await this.#pauses.sleepUntil(this.#clock.nowMs() + PAUSE_MS);
    }
    this.#lanes.delete(first.path);
  }
}
