import type { Defect } from './media/defect';
import type { SegmentInspection } from './media/inspection';

export interface EventKey {
  readonly tenant: string;
  readonly event: string;
}

export interface RepresentationKey extends EventKey {
  readonly representation: string;
}

/** Segment `number` of one representation. Numbers are safe integers, 0 or more. */
export interface SegmentKey extends RepresentationKey {
  readonly number: number;
}

/**
 * One pipeline's copy of one segment as one region holds it. A replica of another region with the same digest is the
 * same candidate; with another digest it is not (selection treats the two as alternatives of one pipeline).
 */
export interface Candidate extends SegmentKey {
  readonly pipeline: string;
  /** The region whose stores hold this record and its bytes. */
  readonly region: string;
  /** SHA-256 of the whole body, lower-case hexadecimal. Also the ETag. */
  readonly digest: string;
  /** Bytes. 0 for a fatal candidate, of which only the record is kept. */
  readonly size: number;
  /** When this region acknowledged it, UTC milliseconds. */
  readonly publishedAtMs: number;
  /** When record and bytes may be dropped, UTC milliseconds; readers ignore it from then on. */
  readonly expiresAtMs: number;
  /** What the bytes say of themselves; absent when they could not be read (a fatal defect). */
  readonly inspection?: SegmentInspection;
  readonly defects: readonly Defect[];
}

/** Where a candidate's bytes are: every part of the key is needed to find them, none can be guessed from another. */
export type SegmentRef = Pick<
  Candidate,
  'tenant' | 'event' | 'representation' | 'number' | 'pipeline' | 'digest' | 'size'
>;

/** One string for a segment, unequal for unequal segments: names hold no `/` (`NAME_PATTERN`). */
export function segmentPath(segment: SegmentKey): string {
  return `${segment.tenant}/${segment.event}/${segment.representation}/${segment.number}`;
}

/** One string for a candidate's bytes, the same in every region that holds them. */
export function bytesPath(ref: Omit<SegmentRef, 'size'>): string {
  return `${segmentPath(ref)}/${ref.pipeline}/${ref.digest}`;
}
