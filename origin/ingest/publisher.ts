import type { EventKey } from '../candidate';

/** Who publishes, as its credential says: the packager of one pipeline of one event. */
export interface Publisher extends EventKey {
  readonly pipeline: string;
  readonly credential: string;
}
