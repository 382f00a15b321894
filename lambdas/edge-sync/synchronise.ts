import { decodeHead, encodeEvent, headKey, keysOf } from '../../edge/cloudfront/key-values';
import type { EventKey } from '../../origin/candidate';
import { edgeConfigurationOf } from '../../origin/events/edge-configuration';
import { isAlive } from '../../origin/events/change-event';
import { compileEvent } from '../../origin/events/live-event';
import { NEVER } from '../../origin/ports/cancel';
import type { Clock } from '../../origin/ports/clock';
import type { Digester } from '../../origin/ports/digester';
import type { EventStore } from '../../origin/ports/event-store';
import { CONFLICT, type EdgeKeyValues, UPDATE_KEYS_MAX } from '../../stores/aws/edge-key-values';

export interface EdgeSync {
  /** Read where events are written: what is written here must be the newest. */
  readonly events: EventStore;
  readonly keyValues: EdgeKeyValues;
  readonly clock: Clock;
  readonly digester: Digester;
  /** An event whose record cannot be told to edges; what they know of it stays. */
  readonly onUnreadable: (key: EventKey, error: unknown) => void;
}

/** The store has one revision for all its keys, and several instances of this may write. */
const TRIES_MAX = 6;
const FIRST_PAUSE_MS = 50;

/** Events that a reconciliation looks at; the store's 5 MB end near it. */
export const EVENTS_MAX = 4000;

/** Records read at once. */
const READS_AT_ONCE = 16;

/** What of one event has to be written: all of it in one update, so that no edge ever has half of it for good. */
interface Change {
  readonly puts: ReadonlyMap<string, string>;
  readonly deletes: readonly string[];
}

const UNCHANGED: Change = { puts: new Map(), deletes: [] };

/**
 * Makes the store say what these events are now. Idempotent, and in whatever order it runs the newest state stays: it
 * takes the store's revision, then reads the events, then writes under that revision or starts over.
 * @throws what stores throw; Error when others wrote in between every time.
 */
export function synchroniseEvents(sync: EdgeSync, keys: readonly EventKey[]): Promise<void> {
  return untilWritten(sync, () => Promise.all(keys.map((key) => changeOf(sync, key))));
}

/** The same for all events there are; keys of no live event go. */
export function reconcile(sync: EdgeSync): Promise<void> {
  return untilWritten(sync, async () => {
    const held = await sync.keyValues.list();
    const live = await sync.events.listLive(EVENTS_MAX);
    const changes: Change[] = [];
    const known = new Set(live.map(nameOf));
    for (let start = 0; start < live.length; start += READS_AT_ONCE) {
      const some = live.slice(start, start + READS_AT_ONCE);
      changes.push(...(await Promise.all(some.map((key) => differenceOf(sync, key, held)))));
    }
    // A list that was cut off does not say what is gone.
    if (live.length === EVENTS_MAX) return changes;
    const gone = [...held.keys()].filter((key) => !known.has(key.split('/').slice(1, 3).join('/')));
    return [...changes, ...gone.map((key) => ({ puts: new Map(), deletes: [key] }))];
  });
}

async function untilWritten(sync: EdgeSync, look: () => Promise<readonly Change[]>): Promise<void> {
  const { keyValues, clock } = sync;
  for (let attempt = 1; attempt <= TRIES_MAX; attempt += 1) {
    const revision = await keyValues.revision();
    if ((await write(keyValues, revision, await look())) !== CONFLICT) return;
    await clock.sleepUntil(clock.nowMs() + FIRST_PAUSE_MS * 2 ** attempt, NEVER);
  }
  throw new Error(`KeyValueStore: wanted its revision to stay for one update, got ${TRIES_MAX} others`);
}

/** In as few updates as fit; one event is never split. @returns the last revision, or {@link CONFLICT}. */
async function write(keyValues: EdgeKeyValues, from: string, changes: readonly Change[]): Promise<string> {
  let revision = from;
  let puts = new Map<string, string>();
  let deletes: string[] = [];
  const flush = async (): Promise<void> => {
    if (puts.size + deletes.length === 0 || revision === CONFLICT) return;
    revision = await keyValues.update(revision, puts, deletes);
    puts = new Map();
    deletes = [];
  };
  for (const change of changes) {
    const size = change.puts.size + change.deletes.length;
    if (puts.size + deletes.length + size > UPDATE_KEYS_MAX) await flush();
    for (const [key, value] of change.puts) puts.set(key, value);
    deletes.push(...change.deletes);
  }
  await flush();
  return revision;
}

async function changeOf(sync: EdgeSync, key: EventKey): Promise<Change> {
  const wanted = await wantedOf(sync, key);
  if (wanted === undefined) return UNCHANGED;
  const name = nameOf(key);
  const written = await sync.keyValues.get(headKey(name));
  // The head's tag is a digest of all that is below it.
  if (written === wanted.get(headKey(name))) return UNCHANGED;
  const head = written === undefined ? undefined : decodeHead(name, written);
  const held = head === undefined ? [] : keysOf(name, head);
  return { puts: wanted, deletes: held.filter((each) => !wanted.has(each)) };
}

async function differenceOf(
  sync: EdgeSync,
  key: EventKey,
  held: ReadonlyMap<string, string>,
): Promise<Change> {
  const wanted = await wantedOf(sync, key);
  if (wanted === undefined) return UNCHANGED;
  const own = [...held.keys()].filter((each) => each.split('/').slice(1, 3).join('/') === nameOf(key));
  const isSame = own.length === wanted.size && own.every((each) => held.get(each) === wanted.get(each));
  return isSame ? UNCHANGED : { puts: wanted, deletes: own.filter((each) => !wanted.has(each)) };
}

/** What edges are to know of an event: nothing once it has expired; undefined where its record cannot be read. */
async function wantedOf(sync: EdgeSync, key: EventKey): Promise<ReadonlyMap<string, string> | undefined> {
  const record = await sync.events.read(key);
  if (record === undefined || record === 'unchanged' || !isAlive(record.head, sync.clock.nowMs()))
    return new Map();
  try {
    const pairs = encodeEvent(edgeConfigurationOf(compileEvent(record)), (text) =>
      sync.digester.sha256Hex(text),
    );
    return new Map(pairs.map(({ key: each, value }) => [each, value]));
  } catch (error) {
    sync.onUnreadable(key, error);
    return undefined;
  }
}

function nameOf({ tenant, event }: EventKey): string {
  return `${tenant}/${event}`;
}
