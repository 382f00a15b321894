import type { EventKey } from '../candidate';
import type { InitInspection } from '../media/inspection';
import type { InvalidatedRange } from '../ports/invalidator';
import type { LiveEventConfiguration } from './configuration';

/** The part of an event that one small read brings. */
export interface EventHead extends EventKey {
  /** Complete: every default is filled in, `initialSegmentNumber` and `regions` too. */
  readonly configuration: CompleteConfiguration;
  /** Counts every change, of entries too. 1 or more. */
  readonly revision: number;
  /** Counts changes of the configuration: the ETag that operators see. */
  readonly configurationRevision: number;
  /** The cache version: every change that alters an answer raises it; a re-created event goes on from its last one. */
  readonly version: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  /** When the operator ended it. */
  readonly endedAtMs?: number;
  /** From then on the event answers as unknown; stores may drop what is left of it. */
  readonly expiresAtMs?: number;
}

export type CompleteConfiguration = LiveEventConfiguration & {
  readonly initialSegmentNumber: number;
  readonly regions: readonly string[];
};

export interface EventRecord {
  readonly head: EventHead;
  /** In order of id. An `undo` entry takes another back; the record keeps both. */
  readonly entries: readonly EventEntry[];
}

interface EntryBase {
  /**
   * Unique in the event, sortable. Operators' entries begin with their time; an init's id is
   * `init#{representation}#{version}`, so that two regions cannot both write the same version.
   */
  readonly id: string;
  readonly atMs: number;
  /** Who: an operator's token id, a pipeline, or the name of a function of ours. */
  readonly by: string;
  /** Why, in the words of whoever made it. */
  readonly reason?: string;
}

/** An exclusion of a pipeline for a range of numbers, both included; open-ended without `toSegment`. */
export interface MaskEntry extends EntryBase {
  readonly kind: 'mask';
  readonly pipeline: string;
  readonly representation?: string;
  readonly fromSegment: number;
  readonly toSegment?: number;
  readonly reason: string;
  /** Made by us, by rule (`flag/mask-degraded`): it puts the pipeline last instead of leaving it out. */
  readonly automatic?: true;
}

/** The operator's order of pipelines from a number on; the entry with the greatest `fromSegment`, then id, holds. */
export interface PreferenceEntry extends EntryBase {
  readonly kind: 'preference';
  readonly fromSegment: number;
  readonly order: readonly string[];
}

/** The init segment that a representation's players load from a number on. Version 1 is the first that arrived. */
export interface InitEntry extends EntryBase {
  readonly kind: 'init';
  readonly representation: string;
  readonly version: number;
  readonly fromSegment: number;
  readonly pipeline: string;
  /** SHA-256 of the bytes, lower-case hexadecimal. */
  readonly digest: string;
  /** The init segment itself, base64: some 1-2 kB, at most {@link INIT_BYTES_MAX}, so it travels with the event. */
  readonly bytes: string;
  readonly init: InitInspection;
}

/**
 * A pipeline PUT an init of another identity than its last one. A pipeline without such an entry is taken to match
 * version 1; where its identity is not that of the init in force, its media are `wrong-init`.
 */
export interface PipelineInitEntry extends EntryBase {
  readonly kind: 'pipeline-init';
  /** 1 for the first change of this pipeline's init, and so on. */
  readonly change: number;
  readonly representation: string;
  readonly pipeline: string;
  readonly digest: string;
  /** As in {@link InitEntry}: an operator may accept it as the next version. */
  readonly bytes: string;
  readonly init: InitInspection;
}

/** A credential ends before its time. */
export interface RevocationEntry extends EntryBase {
  readonly kind: 'revocation';
  readonly credential: string;
  readonly validUntilMs: number;
}

/**
 * What a pipeline sent before its MPD could make the event (`adoption/`): inits and the MPD wait for each other here, and of
 * media it is known where they lie. In the record of the event, so that every region has it.
 */
export interface KeptEntry extends EntryBase {
  readonly kind: 'kept';
  readonly pipeline: string;
  /** Relative to the event. */
  readonly path: string;
  readonly what:
    | { readonly kind: 'init'; readonly bytes: string }
    | { readonly kind: 'mpd'; readonly text: string }
    /** tfdt, ticks of the track, as text. */
    | { readonly kind: 'segment'; readonly ticks: string };
}

export interface UndoEntry extends EntryBase {
  readonly kind: 'undo';
  /** The id of the entry taken back. */
  readonly target: string;
}

/** What players are told of the event beside its media: an operator's word. It replaces those of its type and name. */
export interface NoticeEntry extends EntryBase, Notice {
  readonly kind: 'notice';
}

/** Everything that one pipeline has said, in one entry that it replaces: a channel may say something every minute. */
export interface PipelineNoticesEntry extends EntryBase {
  readonly kind: 'pipeline-notices';
  readonly pipeline: string;
  /** The latest last; of each type and name one. */
  readonly notices: readonly (Notice & { readonly atMs: number })[];
}

/** One notification: `type` and `name` say which, and a later one of both takes its place. */
export interface Notice {
  readonly type: string;
  /** Tells notices of one type apart (`id` in headers and requests); the empty one is a name too. */
  readonly name: string;
  /** The first segment that it is about; absent when it is about the event as a whole. */
  readonly fromSegment?: number;
  readonly data: Readonly<Record<string, NoticeValue>>;
}

/** What a structured field can carry as a parameter (RFC 9651, 3.1.2). */
export type NoticeValue = string | number | boolean;

/** A notice is taken back: nothing of its type and name is in force until somebody says it anew. */
export interface NoticeRemovalEntry extends EntryBase {
  readonly kind: 'notice-removal';
  readonly type: string;
  readonly name: string;
}

/**
 * Caches shall forget. Masks, preferences and their undoing say so themselves; this is for what nothing else says: an
 * operator's request, or a late flag.
 */
export interface InvalidationEntry extends EntryBase {
  readonly kind: 'invalidation';
  /** Undefined: the whole event, whose version was raised with this entry. */
  readonly range?: InvalidatedRange;
  readonly reason: string;
  /** Made by us after a late flag (`flag/purge-flagged`), and written over in time. */
  readonly automatic?: true;
}

export type EventEntry =
  | MaskEntry
  | PreferenceEntry
  | InitEntry
  | PipelineInitEntry
  | RevocationEntry
  | NoticeEntry
  | PipelineNoticesEntry
  | NoticeRemovalEntry
  | InvalidationEntry
  | KeptEntry
  | UndoEntry;

/** Bytes. Inits are stored with the event, whose items stay far below 400 kB. */
export const INIT_BYTES_MAX = 65_536;

/**
 * Entries of one event, so that its record stays small enough to read whole. Each kind of maker has a bound of its own,
 * so that neither flapping encoders nor masks by rule can take an operator's place. What is spent does not count
 * (`retire.ts`).
 */
export const OPERATOR_ENTRIES_MAX = 500;
/** All together, what was taken back lately and waits to be dropped included. */
export const ENTRIES_MAX = 3_000;
export const AUTOMATIC_MASKS_MAX = 1_000;
/** Changes of inits by pipelines, over all representations. */
export const PIPELINE_INITS_MAX = 500;

/** Of one event that waits for its MPD: an init and a segment of 64 representations, and MPDs. */
export const KEPT_MAX = 140;
