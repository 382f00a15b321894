import type {
  EventEntry,
  Notice,
  NoticeEntry,
  NoticeRemovalEntry,
  PipelineNoticesEntry,
} from './event-record';
import { encodeNotice, encodeNotices } from './notices-field';

/** A notice in force. */
export interface StandingNotice extends Notice {
  readonly atMs: number;
  /** A pipeline, or the name of an operator's token. */
  readonly by: string;
}

export interface Notices {
  /** When the last of them changed, UTC milliseconds: greater with every change. */
  readonly version: number;
  /** The newest first. */
  readonly standing: readonly StandingNotice[];
  /** How many of `standing`, from the newest on, the header has room for. */
  readonly carried: number;
  /** The value of `Headwater-Notices`. */
  readonly field: string;
}

/** Notices that one pipeline may have in force; of more, those it still sends stay. */
export const PIPELINE_NOTICES_MAX = 16;

/** @returns undefined while nothing was ever said; once something was, its removal is told too. */
export function noticesOf(entries: readonly EventEntry[]): Notices | undefined {
  const standing = new Map<string, StandingNotice>();
  let version: number | undefined;
  for (const said of entries.flatMap(statementsOf).sort((left, right) => left.atMs - right.atMs)) {
    const key = `${said.type}/${said.name}`;
    const former = standing.get(key);
    if (isRemoval(said)) {
      if (!standing.delete(key)) continue;
    } else {
      // Every pipeline says it, and each with every segment: what says nothing new is as old as it was.
      if (former !== undefined && encodeNotice(former) === encodeNotice(said)) continue;
      standing.delete(key);
      standing.set(key, said);
    }
    version = said.atMs;
  }
  if (version === undefined) return undefined;
  const newestFirst = [...standing.values()].reverse();
  return { version, standing: newestFirst, ...encodeNotices(version, newestFirst) };
}

type Statement = StandingNotice | NoticeEntry | NoticeRemovalEntry;

function isRemoval(said: Statement): said is NoticeRemovalEntry {
  return 'kind' in said && said.kind === 'notice-removal';
}

function statementsOf(entry: EventEntry): readonly Statement[] {
  if (entry.kind === 'notice' || entry.kind === 'notice-removal') return [entry];
  if (entry.kind !== 'pipeline-notices') return [];
  return entry.notices.map((notice) => ({ ...notice, by: entry.pipeline }));
}

/**
 * What a pipeline has said, after it has said `said` too; undefined when that was nothing new. A statement is compared with
 * the pipeline's own last one, so that two pipelines of different minds, or one a segment behind, do not take turns.
 * @param version of the event's notices as known, which the change exceeds whatever the clocks of regions are
 */
export function mergeSaid(
  former: PipelineNoticesEntry['notices'],
  said: readonly Notice[],
  nowMs: number,
  version: number,
): PipelineNoticesEntry['notices'] | undefined {
  const atMs = Math.max(nowMs, version + 1);
  const isOf = (one: Notice) => (other: Notice) => one.type === other.type && one.name === other.name;
  const now = said.map((notice) => {
    const before = former.find(isOf(notice));
    return before !== undefined && encodeNotice(before) === encodeNotice(notice)
      ? before
      : { ...notice, atMs };
  });
  if (now.every((notice) => former.includes(notice))) return undefined;
  const others = former.filter((notice) => !said.some(isOf(notice)));
  return [...others, ...now].slice(-PIPELINE_NOTICES_MAX);
}
