import type { EventKey } from '../candidate';
import type { Origin } from '../origin';
import { consequenceOf, isLoss, type Consequence, type Reach } from '../selection/consequence';
import { isAlive, recordOf } from './change-event';
import { untilWritten, type ChangeOutcome, type ChangeTerms, type FailedCondition } from './change-outcome';
import type { Fault } from './configuration';
import type { EventEntry, EventRecord } from './event-record';
import { ENTRIES_MAX, OPERATOR_ENTRIES_MAX } from './event-record';
import { compileEvent } from './live-event';
import type { LiveEvent } from './live-event';
import { operatorEntries, spentEntries } from './retire';
import { tellCaches, versionBumpOf } from './tell-caches';

/** Makes an entry of the event as it is now, or says why there is none. */
export type MakeEntry<Entry extends EventEntry> = (
  event: LiveEvent,
  base: { readonly id: string; readonly atMs: number },
) =>
  | Entry
  | { readonly faults: readonly Fault[] }
  /** What it would take back is not in force. */
  | { readonly unknown: string }
  /** The list that the request's conditions are about is another one. */
  | FailedCondition;

/** Spent entries that are worth a write to drop. */
const RETIRED_MIN = 32;

/**
 * Appends an entry; caches that hold what it changes are told (`events/tell-caches`).
 * @param terms an operator's; without, the entry is ours: it is bounded by whoever makes it, and not judged.
 * @throws what the event store throws, and with terms the candidate stores.
 */
export function appendEntry<Entry extends EventEntry>(
  origin: Origin,
  key: EventKey,
  make: MakeEntry<Entry>,
  terms?: ChangeTerms,
): Promise<ChangeOutcome<Entry>> {
  return untilWritten(origin.clock, () => appendOnce(origin, key, make, terms));
}

async function appendOnce<Entry extends EventEntry>(
  origin: Origin,
  key: EventKey,
  make: MakeEntry<Entry>,
  terms: ChangeTerms | undefined,
): Promise<ChangeOutcome<Entry>> {
  const record = await recordOf(origin, key);
  const nowMs = origin.clock.nowMs();
  if (record === undefined || !isAlive(record.head, nowMs)) return { kind: 'unknown' };
  const id = `${nowMs.toString().padStart(16, '0')}-${origin.digester.randomToken(64)}`;
  const entry = make(compileEvent(record), { id, atMs: nowMs });
  if ('faults' in entry) return { kind: 'invalid', faults: entry.faults };
  if ('unknown' in entry) return { kind: 'unknown-entry', id: entry.unknown };
  if ('condition' in entry) return { kind: 'precondition-failed', ...entry };
  if (terms === undefined) return written(origin, record, entry);

  // Taking something back is what makes room.
  const takesBack = entry.kind === 'undo' || entry.kind === 'notice-removal';
  if (!takesBack && isFull(record, nowMs)) return { kind: 'full' };
  const consequence = await consequenceOfEntry(origin, record, entry, terms);
  if (terms.preview) return { kind: 'previewed', value: entry, consequence };
  if (consequence !== undefined && isLoss(consequence) && !terms.force)
    return { kind: 'refused', consequence };
  // What was judged holds for the event that was read: two operators may mask the last two pipelines at once.
  const judged = !terms.force || terms.ifMatch !== undefined;
  const outcome = await written(origin, record, entry, judged ? record.head.revision : undefined);
  const spent = spentEntries(record, nowMs);
  if (outcome.kind === 'done' && spent.length >= RETIRED_MIN) await origin.eventStore.retire(key, spent);
  return outcome.kind === 'done' && consequence !== undefined ? { ...outcome, consequence } : outcome;
}

async function written<Entry extends EventEntry>(
  origin: Origin,
  { head: { tenant, event }, entries }: EventRecord,
  entry: Entry,
  expectedRevision?: number,
): Promise<ChangeOutcome<Entry>> {
  const key = { tenant, event };
  const versionBump = versionBumpOf(origin, entry, entries);
  const appended = await origin.eventStore.append(key, entry, versionBump, expectedRevision);
  await origin.events.reload(key);
  if (appended === 'no-event') return { kind: 'unknown' };
  if (appended === 'conflict') return { kind: 'conflict' };
  // Where it is there already too: the first time may have broken off before they were told.
  await tellCaches(origin, key, entry, entries);
  return { kind: 'done', value: entry, created: appended === 'appended' };
}

function isFull(record: EventRecord, nowMs: number): boolean {
  return record.entries.length >= ENTRIES_MAX || operatorEntries(record, nowMs) >= OPERATOR_ENTRIES_MAX;
}

/** Who forces it in a hurry waits for no stores. */
async function consequenceOfEntry(
  origin: Origin,
  record: EventRecord,
  entry: EventEntry,
  terms: ChangeTerms,
): Promise<Consequence | undefined> {
  const before = compileEvent(record);
  const reach = reachOf(entry, record, before);
  if (reach === undefined || (terms.force && !terms.preview)) return undefined;
  const after = compileEvent({ head: record.head, entries: [...record.entries, entry] });
  return consequenceOf(origin, before, after, reach);
}

/** The segments that an entry may change, or its taking back; undefined where it changes none. */
function reachOf(entry: EventEntry, record: EventRecord, event: LiveEvent): Reach | undefined {
  const all = [...event.representations.keys()];
  const { fromSegment = 0, toSegment = Infinity } = entry as { fromSegment?: number; toSegment?: number };
  switch (entry.kind) {
    case 'mask':
      return { representations: entry.representation ? [entry.representation] : all, fromSegment, toSegment };
    case 'preference':
      return { representations: all, fromSegment, toSegment };
    case 'init':
      return { representations: [entry.representation], fromSegment, toSegment };
    case 'undo': {
      const target = record.entries.find(({ id }) => id === entry.target);
      return target && target.kind !== 'undo' ? reachOf(target, record, event) : undefined;
    }
    case 'pipeline-init':
    case 'revocation':
    case 'notice':
    case 'notice-removal':
    case 'pipeline-notices':
    case 'kept':
    case 'invalidation':
      // What players are told, what caches forget, who may publish: no other segment is chosen by it.
      return undefined;
  }
}
