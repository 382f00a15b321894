import type { EventKey } from '../../origin/candidate';
import type { EventEntry, EventHead, EventRecord } from '../../origin/events/event-record';
import type { Clock } from '../../origin/ports/clock';
import type { EventStore } from '../../origin/ports/event-store';
import { AFTER_NAMES, type Environment, type Table } from './environment';

/** Events in LMDB: heads by tenant and event, entries by tenant, event and id. */
export class EmbeddedEvents implements EventStore {
  readonly #environment: Environment;
  readonly #clock: Clock;
  readonly #heads: Table;
  readonly #entries: Table;

  constructor(environment: Environment, clock: Clock) {
    this.#environment = environment;
    this.#clock = clock;
    this.#heads = environment.table('heads');
    this.#entries = environment.table('entries');
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

  writeHead(head: EventHead, expectedRevision: number): Promise<'written' | 'conflict'> {
    return this.#environment.write(() => {
      if ((this.#head(head)?.revision ?? 0) !== expectedRevision) return 'conflict';
      this.#putHead(head);
      return 'written';
    });
  }

  append(key: EventKey, entry: EventEntry, versionBump: 0 | 1): Promise<'appended' | 'exists' | 'no-event'> {
    const entryKey = [key.tenant, key.event, entry.id];
    return this.#environment.write(() => {
      const head = this.#head(key);
      if (head === undefined) return 'no-event';
      if (this.#entries.get(entryKey) !== undefined) return 'exists';
      void this.#entries.put(entryKey, JSON.stringify(entry));
      this.#putHead({ ...head, revision: head.revision + 1, version: head.version + versionBump });
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

  #putHead(head: EventHead): void {
    void this.#heads.put([head.tenant, head.event], JSON.stringify(head));
  }
}
