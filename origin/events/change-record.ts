import type { CompleteConfiguration, EventEntry, EventHead } from './event-record';

/**
 * One change of an event, for people: who, when, what, why. Kept apart from the event that origins read, and after what
 * it did has no effect any more, the deleting of the event included.
 */
export interface ChangeRecord {
  /** Unique in the event; sorts by time. */
  readonly id: string;
  readonly atMs: number;
  /** Who: an operator's token, a pipeline, or the name of a function of ours. */
  readonly by: string;
  readonly action: ChangeAction;
  /** Why, in the words of whoever did it. */
  readonly reason?: string;
  /** Of a configuration: the members that changed, {@link MEMBERS_MAX} at most. */
  readonly members?: readonly MemberChange[];
  /** Of anything else: what was asked. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

export type ChangeAction =
  | 'created'
  | 'replaced'
  | 'ended'
  | 'deleted'
  | 'credential'
  | 'undone'
  | Exclude<EventEntry['kind'], 'undo'>;

/** A member of the configuration by its path: `publish.delayMs`, `representations.v720.bandwidth`. */
export interface MemberChange {
  readonly member: string;
  /** JSON, cut after {@link VALUE_LENGTH_MAX} characters; absent where the member was not there. */
  readonly from?: string;
  readonly to?: string;
}

/** How long a change is kept: what went wrong on one big day is asked again on the same day of the next year. */
export const HISTORY_KEPT_MS = 400 * 86_400_000;

/** Members told of one change; 64 representations may all change at once. */
const MEMBERS_MAX = 64;
const VALUE_LENGTH_MAX = 200;

/** Digits of an instant in {@link ChangeRecord.id}. */
const INSTANT_DIGITS = 16;

/** Begins the ids of all changes at `atMs`. */
export function changeIdAt(atMs: number, rest: string): string {
  return `${atMs.toString().padStart(INSTANT_DIGITS, '0')}#${rest}`;
}

/** Members of entries that a record of their change tells otherwise, or not: an init's bytes help nobody here. */
const NOT_TOLD = new Set(['id', 'atMs', 'by', 'reason', 'kind', 'bytes', 'init']);

/** What appending `entry` is in the history. */
export function changeOfEntry(entry: EventEntry): ChangeRecord {
  const { id, atMs, by, reason, kind } = entry;
  const { identity, codec } = 'init' in entry ? entry.init : {};
  return {
    id: changeIdAt(atMs, id),
    atMs,
    by,
    action: kind === 'undo' ? 'undone' : kind,
    ...(reason !== undefined && reason !== '' && { reason }),
    detail: {
      ...(kind !== 'undo' && { id }),
      ...Object.fromEntries(Object.entries(entry).filter(([member]) => !NOT_TOLD.has(member))),
      ...(identity !== undefined && { identity }),
      ...(codec !== undefined && { codec }),
    },
  };
}

/** What writing `after` over `before` is in the history. */
export function changeOfHead(
  action: 'created' | 'replaced' | 'ended' | 'deleted',
  before: EventHead | undefined,
  after: EventHead,
  who: { readonly by: string; readonly reason: string },
): ChangeRecord {
  return {
    id: changeIdAt(after.updatedAtMs, `configuration#${after.configurationRevision}`),
    atMs: after.updatedAtMs,
    by: who.by,
    action,
    ...(who.reason !== '' && { reason: who.reason }),
    members: memberChanges(action === 'created' ? undefined : before?.configuration, after.configuration),
  };
}

/**
 * Which members differ, by path. Lists of things with an `id` are compared by it, so that a representation put before
 * the others does not make all of them differ; other lists are told whole, because their order matters.
 */
export function memberChanges(
  before: CompleteConfiguration | undefined,
  after: CompleteConfiguration,
): readonly MemberChange[] {
  if (before === undefined)
    return Object.entries(after).map(([member, to]) => ({ member, ...told('to', to) }));
  return differences('', before, after).slice(0, MEMBERS_MAX);
}

function differences(path: string, from: unknown, to: unknown): MemberChange[] {
  if (JSON.stringify(from) === JSON.stringify(to)) return [];
  const [was, is] = [membersOf(from), membersOf(to)];
  if (was === undefined || is === undefined)
    return [{ member: path, ...told('from', from), ...told('to', to) }];
  const members = [...new Set([...was.keys(), ...is.keys()])].flatMap((name) =>
    differences(path === '' ? name : `${path}.${name}`, was.get(name), is.get(name)),
  );
  // The same members in another order: of representations that says which stands first in manifests.
  return members.length > 0
    ? members
    : [{ member: path, ...told('from', [...was.keys()]), ...told('to', [...is.keys()]) }];
}

/** @returns undefined for what is told as one value. */
function membersOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (Array.isArray(value)) {
    const ids = value.map((item: unknown) => (isObject(item) ? item['id'] : undefined));
    return ids.every((id) => typeof id === 'string')
      ? new Map(value.map((item: unknown, at) => [ids[at] ?? '', item]))
      : undefined;
  }
  return isObject(value) ? new Map(Object.entries(value)) : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function told(side: 'from' | 'to', value: unknown): Partial<MemberChange> {
  if (value === undefined) return {};
  const json = JSON.stringify(value);
  return { [side]: json.length > VALUE_LENGTH_MAX ? `${json.slice(0, VALUE_LENGTH_MAX)}…` : json };
}
