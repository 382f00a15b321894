/**
 * Requests held open by one instance. Each costs a connection, a timer and some kilobytes, and is woken when its segment
 * changes: this many are some tens of megabytes. Edges ask once for all their viewers, so only a fleet of clients that
 * come straight to the origin gets there; beyond, they are told "not yet" and ask again.
 */
export const HELD_MAX = 8192;

/** Counts those that are held, up to a maximum. */
export class Holds {
  readonly #max: number;
  #held = 0;

  constructor(max: number = HELD_MAX) {
    this.#max = max;
  }

  /** Requests held now. */
  get held(): number {
    return this.#held;
  }

  /** Holds for as long as `wait` takes. @returns undefined, at once, where there are too many. */
  async hold<T>(wait: () => Promise<T>): Promise<T | undefined> {
    if (this.#held >= this.#max) return undefined;
    this.#held += 1;
    try {
      return await wait();
    } finally {
      this.#held -= 1;
    }
  }
}
