import { windowStart } from '../schedule/schedule';
import { isAwaitingAdoption } from './configuration';
import type {
  EventEntry,
  EventRecord,
  NoticeEntry,
  NoticeRemovalEntry,
  PipelineInitEntry,
  PreferenceEntry,
} from './event-record';
import { scheduleOf } from './live-event';

/**
 * For how long at least an entry stays that has no effect any more: edges still have to hear of it (`invalidations.ts`),
 * and authorizers may go on believing a credential that ended.
 */
const KEPT_MS = 3_600_000;

/**
 * Entries that can have no effect any more, so that an event of months never fills up: the history keeps what they were.
 * What takes another back (an undo, a notice's removal) outlasts it, and the other goes first: no reader may ever see it
 * without what took it back. Automatic masks stay, because their count says how long the next one lasts.
 * @returns ids
 */
export function spentEntries(record: EventRecord, nowMs: number): readonly string[] {
  const { head, entries } = record;
  const schedule = scheduleOf(head.configuration);
  if (schedule === undefined) return [];
  const oldest = windowStart(schedule, nowMs);
  const keptMs = Math.max(KEPT_MS, head.configuration.timeShiftBufferDepthSeconds * 1000);
  const isOld = (atMs: number) => atMs + keptMs < nowMs;
  const undoneAt = undoneAtMs(entries);
  const ids = new Set(entries.map(({ id }) => id));
  const superseded = new Set([
    ...supersededPreferences(entries, undoneAt, oldest),
    ...supersededInits(entries),
    ...supersededNotices(entries),
  ]);
  return entries
    .filter((entry) => {
      if (entry.atMs < head.createdAtMs) return true;
      if (isAutomatic(entry)) return false;
      if (entry.kind === 'kept') return !isAwaitingAdoption(head.configuration);
      const undone = undoneAt.get(entry.id);
      if (undone !== undefined) return isOld(undone);
      if (!isOld(entry.atMs)) return false;
      if (entry.kind === 'undo') return !ids.has(entry.target);
      if (entry.kind === 'mask') return entry.toSegment !== undefined && entry.toSegment < oldest;
      if (entry.kind === 'revocation') return isOld(entry.validUntilMs);
      return entry.kind === 'invalidation' || superseded.has(entry.id);
    })
    .map(({ id }) => id);
}

function isAutomatic(entry: EventEntry): boolean {
  return entry.kind === 'mask' && entry.automatic === true;
}

function undoneAtMs(entries: readonly EventEntry[]): ReadonlyMap<string, number> {
  return new Map(
    entries.flatMap((entry): [string, number][] =>
      entry.kind === 'undo' ? [[entry.target, entry.atMs]] : [],
    ),
  );
}

/** Those that another overrides in the whole window. */
function supersededPreferences(
  entries: readonly EventEntry[],
  undoneAt: ReadonlyMap<string, number>,
  oldest: number,
): readonly string[] {
  const standing = entries
    .filter((entry): entry is PreferenceEntry => entry.kind === 'preference' && !undoneAt.has(entry.id))
    .filter(({ fromSegment }) => fromSegment <= oldest)
    .sort((left, right) => left.fromSegment - right.fromSegment || (left.id < right.id ? -1 : 1));
  return standing.slice(0, -1).map(({ id }) => id);
}

/** Inits of a pipeline that it has replaced since. */
function supersededInits(entries: readonly EventEntry[]): readonly string[] {
  const all = entries.filter((entry): entry is PipelineInitEntry => entry.kind === 'pipeline-init');
  const last = new Map(all.map((entry) => [`${entry.representation}#${entry.pipeline}`, entry.id]));
  return all
    .filter((entry) => last.get(`${entry.representation}#${entry.pipeline}`) !== entry.id)
    .map(({ id }) => id);
}

type Said = NoticeEntry | NoticeRemovalEntry;

/**
 * Notices that an operator said anew or took back, and removals of what is gone. The newest notice stays whatever it is,
 * because the version of what players are told is its time, and never goes back.
 */
function supersededNotices(entries: readonly EventEntry[]): readonly string[] {
  const nameOf = ({ type, name }: Pick<Said, 'type' | 'name'>) => `${type}/${name}`;
  const said = entries.filter(
    (entry): entry is Said => entry.kind === 'notice' || entry.kind === 'notice-removal',
  );
  const notices = said.filter(({ kind }) => kind === 'notice');
  const newestNoticeMs = Math.max(-Infinity, ...notices.map(({ atMs }) => atMs));
  const byPipelines = new Set(
    entries.flatMap((entry) => (entry.kind === 'pipeline-notices' ? entry.notices.map(nameOf) : [])),
  );
  return said
    .filter((entry) => {
      const later = said.filter((other) => nameOf(other) === nameOf(entry) && other.atMs > entry.atMs);
      if (entry.kind === 'notice')
        return later.some(({ kind, atMs }) => kind === 'notice' || atMs < newestNoticeMs);
      const takesBack =
        byPipelines.has(nameOf(entry)) || notices.some((one) => nameOf(one) === nameOf(entry));
      return !takesBack && entry.atMs < newestNoticeMs;
    })
    .map(({ id }) => id);
}

/** Of machines, which have bounds of their own, and of undoing, which makes room. */
const NOT_COUNTED: ReadonlySet<EventEntry['kind']> = new Set([
  'init',
  'pipeline-init',
  'pipeline-notices',
  'kept',
  'undo',
]);

/** Entries that operators made and that have an effect: what `OPERATOR_ENTRIES_MAX` counts. */
export function operatorEntries(record: EventRecord, nowMs: number): number {
  const spent = new Set(spentEntries(record, nowMs));
  const undoneAt = undoneAtMs(record.entries);
  return record.entries.filter(
    (entry) =>
      !NOT_COUNTED.has(entry.kind) &&
      !('automatic' in entry) &&
      !undoneAt.has(entry.id) &&
      !spent.has(entry.id),
  ).length;
}
