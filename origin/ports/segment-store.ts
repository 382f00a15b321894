import type { EventKey, SegmentRef } from '../candidate';
import type { Cancel } from './cancel';

/** Bytes on their way out: one piece when they are in memory, a stream when they come from a disk or a network. */
export type Body = Uint8Array | AsyncIterable<Uint8Array>;

/** Half-open: bytes `start` to `end - 1`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Segment bytes of one region. An object is written once and never changes: its key holds its digest. */
export interface SegmentStore {
  /** Durable when it resolves. Writing the same object again is harmless. */
  write(ref: SegmentRef, bytes: Uint8Array, expiresAtMs: number): Promise<void>;

  /**
   * The object, or the part of it that `range` names. Resolves only once the bytes are certain to be there, so that a
   * caller can still turn to another region.
   * @param cancel pulled before it resolves, nobody waits any more: connections may be closed, and it may reject.
   * @throws {@link SegmentMissing} when the object is not there.
   */
  read(ref: SegmentRef, range?: ByteRange, cancel?: Cancel): Promise<Body>;
}

/** A candidate's bytes are not where its record says: retention ran ahead, or a region lost them. */
export class SegmentMissing extends Error {
  override readonly name = 'SegmentMissing';
}

/** Small mutable objects of an event beside its segments: packagers' own manifests and passthrough objects. */
export interface DocumentStore {
  /** Last write wins. Durable when it resolves. `path` is relative to the event, already checked. */
  write(event: EventKey, path: string, document: Document): Promise<void>;
  read(event: EventKey, path: string): Promise<Document | undefined>;
}

export interface Document {
  readonly bytes: Uint8Array;
  readonly contentType: string;
  readonly publishedAtMs: number;
  readonly expiresAtMs: number;
}
