import type { EventKey } from '../candidate';
import type { ChangeRecord } from '../events/change-record';
import type { EventEntry, EventHead, EventRecord } from '../events/event-record';

/**
 * Events: one store for all regions. The head (configuration, versions) is written under an optimistic lock in the
 * event's home region; entries (masks, preferences, inits, ...) are append-only, and every append raises the head's
 * revision, so that one small read tells an origin whether anything changed.
 */
export interface EventStore {
  /**
   * The event with all its entries in order of their ids.
   * @returns `'unchanged'` (one item read) while its revision is `knownRevision`; undefined when there is none.
   */
  read(key: EventKey, knownRevision?: number): Promise<EventRecord | 'unchanged' | undefined>;

  /** Heads of a tenant's events, ordered by event name; `limit` at most. Deleted ones are left out. */
  list(tenant: string, limit: number): Promise<readonly EventHead[]>;

  /**
   * Heads of events of all tenants that have not expired (an ended event is live until then), in no order; `limit` at most.
   * For sweeps: it may cost a read for each.
   */
  listLive(limit: number): Promise<readonly EventHead[]>;

  /**
   * Creates (`expectedRevision` 0) or replaces the head, and adds `change` to the history, both or neither. The store
   * writes `head.revision` as given; the caller counts.
   * @returns `'conflict'` when the stored revision is another; then nothing was written.
   */
  writeHead(
    head: EventHead,
    expectedRevision: number,
    change?: ChangeRecord,
  ): Promise<'written' | 'conflict'>;

  /**
   * Appends an entry, raising the head's revision by one and its cache version by `versionBump`, and adds it to the
   * history, all or nothing.
   * @param expectedRevision what the writer saw, where the entry is right only then; any revision without it
   * @returns `'exists'` when an entry with this id is there already; `'no-event'` without a head; `'conflict'` when the
   *   revision is another. Then nothing changed.
   */
  append(
    key: EventKey,
    entry: EventEntry,
    versionBump: 0 | 1,
    expectedRevision?: number,
  ): Promise<'appended' | 'exists' | 'no-event' | 'conflict'>;

  /**
   * Drops entries that have no effect any more (`events/retire.ts`); unknown ids are passed over. It changes no revision:
   * nobody has to read the event again for it. The history keeps them.
   */
  retire(key: EventKey, ids: readonly string[]): Promise<void>;

  /** Adds to the history what is neither a head nor an entry. */
  record(key: EventKey, change: ChangeRecord): Promise<void>;

  /**
   * The event's changes, the newest first, of deleted events of the name too; older ones than `HISTORY_KEPT_MS` are left
   * out and may be gone.
   * @param before only changes whose id sorts before it
   */
  history(
    key: EventKey,
    page: { readonly before?: string; readonly limit: number },
  ): Promise<readonly ChangeRecord[]>;

  /**
   * Writes an entry in the place of the one with its id, if there is one, raising the head's revision by one: for what would
   * grow without end (what pipelines say, what flags purge). The last write stays.
   */
  replace(key: EventKey, entry: EventEntry): Promise<'replaced' | 'no-event'>;
}

/** Who may publish as a pipeline. The secret itself is stored nowhere. */
export interface Credential extends EventKey {
  readonly pipeline: string;
  /** Names the credential in logs and revocations; tells nothing of the secret. */
  readonly id: string;
  /** SHA-256 of the secret, lower-case hexadecimal; of a certificate: `certificateDigest`. */
  readonly secretDigest: string;
  /** It is shown by a client certificate, in the handshake of a connection, and by nothing else. */
  readonly isCertificate?: true;
  /** From then on it is refused; undefined: for good. UTC milliseconds. */
  readonly validUntilMs?: number;
}

export interface CredentialStore {
  /** One read by key: the digest is the key, so no secret is ever compared byte by byte. */
  findByDigest(secretDigest: string): Promise<Credential | undefined>;
  /** Writes or replaces. */
  put(credential: Credential): Promise<void>;
  /** All credentials of an event, ordered by pipeline, then id. */
  ofEvent(key: EventKey): Promise<readonly Credential[]>;
}
