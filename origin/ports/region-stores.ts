import type { CandidateStore } from './candidate-store';
import type { DocumentStore, SegmentStore } from './segment-store';
import type { UploadStore } from './upload-store';

/** The stores of one region. Those of another are reached through the same ports; there, any call may fail. */
export interface RegionStores {
  readonly region: string;
  readonly candidates: CandidateStore;
  readonly segments: SegmentStore;
  readonly documents: DocumentStore;
  /** Large segments on their way into `segments`. */
  readonly uploads: UploadStore;
}
