import type { RepresentationKey } from '../candidate';

/** What an instance knows of one representation's past: numbers only, no candidates. */
export interface Timeline {
  /** Settled are the numbers `from` to `next - 1`: each is either served or a gap. None while both are equal. */
  from: number;
  next: number;
  /** Settled numbers that are not served; `'unheard'` while a region that did not answer may still have it. */
  gaps: ReadonlyMap<number, 'never-came' | 'unheard'>;
  /** Which event, at which revision, they were settled for; masks change what is served. */
  createdAtMs: number;
  revision: number;
  checkedAtMs: number;
  /** The look under way: one for all requests that want it. */
  refresh: Promise<void> | undefined;
}

/** Representations remembered by one instance; the one used longest ago is forgotten first. */
const TIMELINES_MAX = 1000;

/** An instance's memory of settled numbers, so that a playlist costs one small query a second, whoever asks. */
export class TimelineMemory {
  readonly #timelines = new Map<string, Timeline>();

  of({ tenant, event, representation }: RepresentationKey): Timeline {
    const name = `${tenant}/${event}/${representation}`;
    const timeline = this.#timelines.get(name) ?? blank();
    this.#timelines.delete(name);
    this.#timelines.set(name, timeline);
    if (this.#timelines.size > TIMELINES_MAX)
      this.#timelines.delete(this.#timelines.keys().next().value ?? name);
    return timeline;
  }
}

function blank(): Timeline {
  return {
    from: 0,
    next: 0,
    gaps: new Map(),
    createdAtMs: 0,
    revision: 0,
    checkedAtMs: -Infinity,
    refresh: undefined,
  };
}
