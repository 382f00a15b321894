/** What speaks for a name of which nothing is known yet. */
export type Standing =
  /** Who forwards the request knows the event. */
  | 'vouched'
  /** It was asked for before, and turned away or nothing then: invented names mostly come once. */
  | 'asked-again'
  | 'new';

/**
 * How many looks at a store, or at a control plane, names cost that clients may have invented. Each standing has an
 * allowance of its own, so that a flood of new names takes nothing from the others.
 */
export class LookAllowance {
  readonly #perSecond: number;
  readonly #left = new Map<Standing, { readonly looks: number; readonly atMs: number }>();

  /** @param perSecond looks of one standing; after a pause so many at once */
  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** @returns whether there is a look left, which is spent then. */
  take(standing: Standing, nowMs: number): boolean {
    const { looks, atMs } = this.#left.get(standing) ?? { looks: this.#perSecond, atMs: nowMs };
    const earned = (Math.max(0, nowMs - atMs) * this.#perSecond) / 1000;
    const left = Math.min(this.#perSecond, looks + earned);
    const isLeft = left >= 1;
    this.#left.set(standing, { looks: isLeft ? left - 1 : left, atMs: nowMs });
    return isLeft;
  }
}
