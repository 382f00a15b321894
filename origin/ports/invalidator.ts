import type { EventKey } from '../candidate';

/** Segments whose answers have changed. What is not named is every one: representation, pipeline, region. */
export interface InvalidatedRange {
  readonly fromSegment: number;
  /** Included. `Number.MAX_SAFE_INTEGER`: open-ended. */
  readonly toSegment: number;
  readonly representation?: string;
  /** The one whose copy was served. */
  readonly pipeline?: string;
  /** The one that answered (`served`), not the one whose replica it was. */
  readonly region?: string;
}

export interface Invalidation extends InvalidatedRange {
  readonly key: EventKey;
}

/**
 * Shared caches that can be told to forget a range. Soft: what was forgotten is fetched again, and nobody is answered an
 * error for it. Instances of an origin learn of a change up to 2 s after it was written, and answer by the former rules
 * until then: a cache that cannot tell such an answer (`Headwater-Revision`) has to forget once more after that time.
 */
export interface Invalidator {
  /**
   * Resolves once every cache was told; they may take seconds to follow. Repeating it is harmless.
   * @throws when a cache could not be told; the caller then raises the event's version.
   */
  invalidate(invalidation: Invalidation): Promise<void>;
}
