import type { EventKey } from '../../origin/candidate';
import { changeOfEntry, HISTORY_KEPT_MS, type ChangeRecord } from '../../origin/events/change-record';
import type { EventEntry, EventHead, EventRecord } from '../../origin/events/event-record';
import type { Clock } from '../../origin/ports/clock';
import type { EventStore } from '../../origin/ports/event-store';
import { AFTER_NAMES, type Environment, type Table } from './environment';

/** Changes that one write drops from the far end of a history: more than it adds, so that it shrinks to its bound. */
const DROPPED_MAX = 4;

/** Events in LMDB: heads by tenant and event; entries and the history by tenant, event and id. */
export class EmbeddedEvents implements EventStore {
  readonly #environment: Environment;
  readonly #clock: Clock;
  readonly #heads: Table;
  readonly #entries: Table;
  readonly #history: Table;

  constructor(environment: Environment, clock: Clock) {
    this.#environment = environment;
    this.#clock = clock;
    this.#heads = environment.table('heads');
    this.#entries = environment.table('entries');
    this.#history = environment.table('history');
  }

  /** Head and entries are of one moment: reads in one turn share a snapshot. */
  async read(key: EventKey, knownRevision?: number): Promise<EventRecord | 'unchanged' | undefined> {
    const head = this.#head(key);
    if (head === undefined) return undefined;
    if (head.revision === knownRevision) return 'unchanged';
    const start = [key.tenant, key.event];
    const entries = this.#entries.getRange({ start, end: [...start, AFTER_NAMES] });
    return { head, entries: Array.from(entries, ({ value }) => JSON.parse(value) as EventEntry) };
  }

  async list(tenant: string, limit: number): Promise<readonly EventHead[]> {
    return this.#living(this.#heads.getRange({ start: [tenant], end: [tenant, AFTER_NAMES] }), limit);
  }

  async listLive(limit: number): Promise<readonly EventHead[]> {
    return this.#living(this.#heads.getRange(), limit);
  }

  writeHead(
    head: EventHead,
    expectedRevision: number,
    change?: ChangeRecord,
  ): Promise<'written' | 'conflict'> {
    return this.#environment.write(() => {
      if ((this.#head(head)?.revision ?? 0) !== expectedRevision) return 'conflict';
      this.#putHead(head);
      if (change !== undefined) this.#putChange(head, change);
      return 'written';
    });
  }

  append(
    key: EventKey,
    entry: EventEntry,
    versionBump: 0 | 1,
    expectedRevision?: number,
  ): ReturnType<EventStore['append']> {
    const entryKey = [key.tenant, key.event, entry.id];
    return this.#environment.write(() => {
      const head = this.#head(key);
      if (head === undefined) return 'no-event';
      if (this.#entries.get(entryKey) !== undefined) return 'exists';
      if (head.revision !== (expectedRevision ?? head.revision)) return 'conflict';
      void this.#entries.put(entryKey, JSON.stringify(entry));
      this.#putHead({ ...head, revision: head.revision + 1, version: head.version + versionBump });
      this.#putChange(key, changeOfEntry(entry));
      return 'appended';
    });
  }

  replace(key: EventKey, entry: EventEntry): Promise<'replaced' | 'no-event'> {
    return this.#environment.write(() => {
      const head = this.#head(key);
      if (head === undefined) return 'no-event';
      void this.#entries.put([key.tenant, key.event, entry.id], JSON.stringify(entry));
      this.#putHead({ ...head, revision: head.revision + 1 });
      return 'replaced';
    });
  }

  retire({ tenant, event }: EventKey, ids: readonly string[]): Promise<void> {
    return this.#environment.write(() => {
      for (const id of ids) void this.#entries.remove([tenant, event, id]);
    });
  }

  record(key: EventKey, change: ChangeRecord): Promise<void> {
    return this.#environment.write(() => this.#putChange(key, change));
  }

  async history(
    { tenant, event }: EventKey,
    { before, limit }: { readonly before?: string; readonly limit: number },
  ): Promise<readonly ChangeRecord[]> {
    const start = [tenant, event, before ?? AFTER_NAMES];
    const changes: ChangeRecord[] = [];
    // A range backwards has its start in it.
    for (const { value } of this.#history.getRange({ start, end: [tenant, event], reverse: true })) {
      const change = JSON.parse(value) as ChangeRecord;
      if (change.id === before) continue;
      if (changes.length >= limit || change.atMs < this.#keptFromMs) break;
      changes.push(change);
    }
    return changes;
  }

  #living(found: Iterable<{ readonly value: string }>, limit: number): readonly EventHead[] {
    const heads: EventHead[] = [];
    for (const { value } of found) {
      if (heads.length >= limit) break;
      const head = JSON.parse(value) as EventHead;
      if ((head.expiresAtMs ?? Infinity) > this.#clock.nowMs()) heads.push(head);
    }
    return heads;
  }

  #head({ tenant, event }: EventKey): EventHead | undefined {
    const value = this.#heads.get([tenant, event]);
    return value === undefined ? undefined : (JSON.parse(value) as EventHead);
  }

  get #keptFromMs(): number {
    return this.#clock.nowMs() - HISTORY_KEPT_MS;
  }

  #putChange({ tenant, event }: EventKey, change: ChangeRecord): void {
    void this.#history.put([tenant, event, change.id], JSON.stringify(change));
    const range = { start: [tenant, event], end: [tenant, event, AFTER_NAMES], limit: DROPPED_MAX };
    for (const { key, value } of Array.from(this.#history.getRange(range)))
      if ((JSON.parse(value) as ChangeRecord).atMs < this.#keptFromMs) void this.#history.remove(key);
  }

  #putHead(head: EventHead): void {
    void this.#heads.put([head.tenant, head.event], JSON.stringify(head));
  }
}
