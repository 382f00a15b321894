import type { EventKey } from '../candidate';
import type { Schedule } from '../schedule/schedule';
import { makeSchedule } from '../schedule/schedule';
import type { CompleteConfiguration, EventEntry, EventHead, EventRecord } from './event-record';
import type {
  InitEntry,
  InvalidationEntry,
  KeptEntry,
  MaskEntry,
  PipelineInitEntry,
  PipelineNoticesEntry,
  PreferenceEntry,
} from './event-record';
import { invalidationsOf, type EdgeInvalidation } from './invalidations';
import { noticesOf, type Notices } from './notices';
import type { LiveEventConfiguration, RepresentationConfiguration } from './configuration';
import type { SegmentName } from './template';
import { segmentName } from './template';

/** An event as requests see it: its record, compiled once per revision. Immutable. */
export interface LiveEvent {
  readonly key: EventKey;
  readonly head: EventHead;
  readonly configuration: CompleteConfiguration;
  readonly schedule: Schedule;
  readonly representations: ReadonlyMap<string, Representation>;
  readonly masks: readonly MaskEntry[];
  /** Greatest `fromSegment` first. */
  readonly preferences: readonly PreferenceEntry[];
  readonly revokedCredentials: ReadonlyMap<string, number>;
  /** Undefined while there never was one. */
  readonly notices: Notices | undefined;
  /** What each pipeline has said, by its name. */
  readonly pipelineNotices: ReadonlyMap<string, PipelineNoticesEntry>;
  /** As edges are told them. */
  readonly invalidations: readonly EdgeInvalidation[];
  /** Those that were asked for, or that a flag caused. */
  readonly invalidationEntries: readonly InvalidationEntry[];
  /** What came before the event had its media. */
  readonly kept: readonly KeptEntry[];
}

export interface Representation {
  readonly configuration: RepresentationConfiguration;
  /** Path of the init segment, relative to the event. */
  readonly initialization: string;
  readonly media: SegmentName;
  readonly ingestMedia: SegmentName | undefined;
  /** Ascending versions; empty until the first init arrived. */
  readonly inits: readonly InitEntry[];
  /** The init that each pipeline last PUT, where it was not the reference. */
  readonly pipelineInits: ReadonlyMap<string, PipelineInitEntry>;
}

/** Compiles a stored record. The schedule was checked when the configuration was accepted. */
export function compileEvent(record: EventRecord): LiveEvent {
  const { head } = record;
  const schedule = scheduleOf(head.configuration);
  if (schedule === undefined)
    throw new Error(`event ${head.tenant}/${head.event}: its schedule is not exact`);
  // An event that was deleted and created again does not inherit what was decided for the former one; but a credential
  // that has ended stays ended, whatever an authorizer remembers.
  const all = record.entries.filter(({ atMs, kind }) => atMs >= head.createdAtMs || kind === 'revocation');
  const entries = withoutUndone(all);
  const ofKind = <K extends EventEntry['kind']>(kind: K) =>
    entries.filter((entry): entry is Extract<EventEntry, { kind: K }> => entry.kind === kind);
  const inits = ofKind('init').sort((left, right) => left.version - right.version);
  const pipelineInits = ofKind('pipeline-init');
  return {
    key: { tenant: head.tenant, event: head.event },
    head,
    configuration: head.configuration,
    schedule,
    representations: new Map(
      head.configuration.representations.map((configuration) => [
        configuration.id,
        {
          ...namesOf(head.configuration, configuration),
          configuration,
          inits: inits.filter(({ representation }) => representation === configuration.id),
          pipelineInits: new Map(
            pipelineInits
              .filter(({ representation }) => representation === configuration.id)
              .map((entry) => [entry.pipeline, entry]),
          ),
        },
      ]),
    ),
    masks: ofKind('mask'),
    preferences: ofKind('preference').sort(
      (left, right) => right.fromSegment - left.fromSegment || (left.id < right.id ? 1 : -1),
    ),
    revokedCredentials: new Map(
      ofKind('revocation')
        .sort((left, right) => right.validUntilMs - left.validUntilMs)
        .map((entry) => [entry.credential, entry.validUntilMs]),
    ),
    notices: noticesOf(all),
    pipelineNotices: new Map(ofKind('pipeline-notices').map((entry) => [entry.pipeline, entry])),
    invalidations: invalidationsOf(all),
    invalidationEntries: ofKind('invalidation'),
    kept: ofKind('kept'),
  };
}

/** @returns undefined where the schedule's arithmetic would leave the exact integers. */
export function scheduleOf(
  configuration: LiveEventConfiguration & { readonly initialSegmentNumber: number },
): Schedule | undefined {
  const { segmentTemplate, publish } = configuration;
  return makeSchedule({
    availabilityStartMs: Date.parse(configuration.availabilityStartTime),
    timescale: segmentTemplate.timescale,
    duration: segmentTemplate.duration,
    startNumber: segmentTemplate.startNumber,
    delayMs: publish.delayMs,
    holdMs: publish.holdMs,
    retryDeadlineMs: publish.retryDeadlineMs,
    initialSegment: configuration.initialSegmentNumber,
    finalSegment: configuration.finalSegmentNumber ?? undefined,
    depthSeconds: configuration.timeShiftBufferDepthSeconds,
  });
}

function withoutUndone(entries: readonly EventEntry[]): readonly EventEntry[] {
  const undone = new Set(entries.flatMap((entry) => (entry.kind === 'undo' ? [entry.target] : [])));
  return entries.filter((entry) => !undone.has(entry.id));
}

/** A representation's names: its own templates, else the event's, as DASH inherits them. */
export function namesOf(
  configuration: LiveEventConfiguration,
  representation: RepresentationConfiguration,
): Pick<Representation, 'initialization' | 'media' | 'ingestMedia'> {
  const { segmentTemplate } = configuration;
  const ingestMedia = representation.ingestMedia ?? segmentTemplate.ingestMedia;
  return {
    initialization: segmentName(
      representation.initialization ?? segmentTemplate.initialization,
      representation.id,
    ).prefix,
    media: segmentName(representation.media ?? segmentTemplate.media, representation.id),
    ingestMedia: ingestMedia === undefined ? undefined : segmentName(ingestMedia, representation.id),
  };
}

/** The init in force for segment `number`: the newest version that begins at or before it. */
export function initInForce(representation: Representation, number: number): InitEntry | undefined {
  return representation.inits.findLast(({ fromSegment }) => fromSegment <= number) ?? representation.inits[0];
}

/** The init that a pipeline's media are made for: the one that it last PUT, else the reference. */
export function ownInit(
  { pipelineInits, inits }: Representation,
  pipeline: string,
): PipelineInitEntry | InitEntry | undefined {
  return pipelineInits.get(pipeline) ?? inits[0];
}

/** Whether a pipeline's media of `number` would be played with an init that is not theirs. */
export function hasForeignInit(representation: Representation, pipeline: string, number: number): boolean {
  const inForce = initInForce(representation, number);
  const own = ownInit(representation, pipeline);
  return inForce !== undefined && own !== undefined && own.init.identity !== inForce.init.identity;
}
