import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../origin/ports/clock';
import type { Digester } from '../../origin/ports/digester';
import type { CredentialStore, EventStore } from '../../origin/ports/event-store';
import type { OperatorTokenStore } from '../../origin/ports/operator-token-store';
import type { DocumentStore, SegmentStore } from '../../origin/ports/segment-store';
import { RecentBytes } from '../../origin/serve/recent-bytes';
import { nodeDigester } from '../node-digester';
import { ByteLedger } from './byte-ledger';
import { CandidateTable } from './candidate-table';
import { EmbeddedCandidates } from './candidates';
import { EmbeddedCredentials } from './credentials';
import { lockDirectory } from './directory-owner';
import { EmbeddedDocuments } from './documents';
import { openEnvironment, type Durability } from './environment';
import { EmbeddedEvents } from './events';
import { EmbeddedOperatorTokens } from './operator-tokens';
import { RegionFiles } from './region-files';
import { Retention, type StoreWarning } from './retention';
import { EmbeddedSegments } from './segments';
import { EmbeddedUploads } from './uploads';

export type { CandidateChange, EmbeddedCandidates } from './candidates';
export type { Durability } from './environment';
export type { Retention, StoreWarning } from './retention';
export type { EmbeddedUploads, Receipt } from './uploads';

export interface EmbeddedRegionOptions {
  /** Of this region alone; created when absent. One process at a time. */
  readonly directory: string;
  readonly region: string;
  readonly clock: Clock;
  readonly digester?: Digester;
  /** What an acknowledged write survives; `process` unless given. */
  readonly durability?: Durability;
  /** The newest segments, which stay in memory; what is written enters. 64 MiB unless given. */
  readonly recent?: RecentBytes;
  /** Bytes of all files; beyond it a sweep removes the oldest. 100 GiB unless given. */
  readonly maxBytes?: number;
  readonly onWarning?: (warning: StoreWarning) => void;
}

export interface EmbeddedRegion {
  readonly region: string;
  readonly candidates: EmbeddedCandidates;
  readonly segments: SegmentStore;
  readonly documents: DocumentStore;
  readonly uploads: EmbeddedUploads;
  readonly retention: Retention;
  /** A crash of the machine made what was here untrustworthy, so the region began empty. */
  readonly startedEmpty: boolean;
  readonly close: () => Promise<void>;
}

/**
 * Opens the stores of one region, whether or not the process that used them last ended in order.
 * @throws DirectoryRefused when the directory is in use, of another version, or another region's.
 */
export function openEmbeddedRegion(options: EmbeddedRegionOptions): EmbeddedRegion {
  const { directory, region, clock, digester = nodeDigester, durability = 'process' } = options;
  const lock = lockDirectory(directory, durability, () => {
    for (const room of ['index', 'segments', 'documents'])
      rmSync(join(directory, room), { recursive: true, force: true });
  });
  const environment = unlessRefused(lock.release, () =>
    openEnvironment(join(directory, 'index'), `region ${region}`, durability),
  );
  const table = new CandidateTable(environment);
  const ledger = new ByteLedger(environment);
  const recent = options.recent ?? new RecentBytes(64 * 2 ** 20);
  const files = new RegionFiles(directory, durability, environment, ledger, clock);
  const candidates = new EmbeddedCandidates(environment, table, clock);
  const segments = new EmbeddedSegments(files, recent);
  const { maxBytes = 100 * 2 ** 30, onWarning = () => undefined } = options;
  return {
    region,
    candidates,
    segments,
    documents: new EmbeddedDocuments(files, clock, digester),
    uploads: new EmbeddedUploads(segments, files, clock, digester),
    retention: new Retention({
      ...{ region, environment, candidates: table, ledger, files, recent, clock, maxBytes, onWarning },
    }),
    startedEmpty: lock.wasUntrusted,
    async close() {
      candidates.close();
      await environment.close();
      lock.release();
    },
  };
}

export interface EmbeddedEventStores {
  readonly events: EventStore;
  readonly credentials: CredentialStore;
  readonly operatorTokens: OperatorTokenStore;
  readonly close: () => Promise<void>;
}

/** Opens the stores that all regions share. They change rarely and matter for long: always durable on disk. */
export function openEmbeddedEvents(options: {
  readonly directory: string;
  readonly clock: Clock;
}): EmbeddedEventStores {
  const lock = lockDirectory(options.directory, 'disk', () => undefined);
  const environment = unlessRefused(lock.release, () =>
    openEnvironment(join(options.directory, 'index'), 'events', 'disk'),
  );
  return {
    events: new EmbeddedEvents(environment, options.clock),
    credentials: new EmbeddedCredentials(environment),
    operatorTokens: new EmbeddedOperatorTokens(environment),
    async close() {
      await environment.close();
      lock.release();
    },
  };
}

function unlessRefused<T>(release: () => void, open: () => T): T {
  try {
    return open();
  } catch (error) {
    release();
    throw error;
  }
}
