import type { SegmentRef } from '../candidate';

/**
 * Segments that their publisher brings to one region's store by itself, because they are too large for a PUT. They lie
 * where they will stay; nobody sees them before a candidate names them, and what is never named expires all the same.
 */
export interface UploadStore {
  /** Bytes of one object. */
  readonly bytesMax: number;

  /**
   * A place for exactly these bytes: the store itself holds their length and SHA-256 against `ref`, and never replaces an
   * object.
   * @param expiresAtMs until when the object is kept, UTC milliseconds, counted from now.
   */
  offer(ref: SegmentRef, expiresAtMs: number): Promise<UploadPlace>;

  /** What lies at a reference, as the store has measured it; undefined when nothing does. Bytes are not read. */
  find(ref: ObjectRef): Promise<StoredObject | undefined>;
}

export type ObjectRef = Omit<SegmentRef, 'size'>;

export interface UploadPlace {
  /** Where to PUT the bytes: absolute, or relative to the URL that was asked (RFC 3986). Holds its own credential. */
  readonly url: string;
  /** To be sent along; without one of them the PUT is refused. */
  readonly headers: Readonly<Record<string, string>>;
  /** When the place closes, UTC milliseconds. */
  readonly untilMs: number;
}

export interface StoredObject {
  readonly size: number;
  /** SHA-256, lower-case hexadecimal, as the store computed it; empty where it has none. */
  readonly digest: string;
  /** UTC milliseconds. */
  readonly storedAtMs: number;
}

/** How long a place stays open: one attempt at something large over a slow uplink. */
export const PLACE_MS = 60_000;
