import type { EventDirectory } from './events/event-directory';
import type { TimelineMemory } from './manifests/timeline-memory';
import type { Clock } from './ports/clock';
import type { Digester } from './ports/digester';
import type { CredentialStore, EventStore } from './ports/event-store';
import type { Invalidator } from './ports/invalidator';
import type { OperatorTokenStore } from './ports/operator-token-store';
import type { Serving } from './serve/serving';
import type { RegionStores } from './ports/region-stores';

export type { RegionStores } from './ports/region-stores';

/** What every use case is given: the stores of its own region, the other regions, and the ports. */
export interface Origin {
  readonly clock: Clock;
  readonly digester: Digester;
  readonly local: RegionStores;
  /** The other regions. Empty in a deployment of one region. */
  readonly peers: readonly RegionStores[];
  readonly eventStore: EventStore;
  readonly credentials: CredentialStore;
  readonly operatorTokens: OperatorTokenStore;
  readonly events: EventDirectory;
  /** What this instance remembers of segments that playlists have listed. */
  readonly timelines: TimelineMemory;
  /** Absent: what is cached in front knows versions only, so a change of decisions raises the event's version. */
  readonly invalidator?: Invalidator;
  /** What it remembers of segments that were served, and how its stores fare. */
  readonly serving: Serving;
}
