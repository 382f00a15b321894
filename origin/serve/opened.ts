import type { Candidate } from '../candidate';
import type { Body } from '../ports/segment-store';

/** A replica that could be read. */
export interface Opened {
  /** The replica that the bytes come from. */
  readonly served: Candidate;
  readonly body: Body | undefined;
}
