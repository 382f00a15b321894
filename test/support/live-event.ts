import { parseConfiguration } from '../../origin/events/configuration';
import type { EventEntry, EventHead, InitEntry } from '../../origin/events/event-record';
import { compileEvent } from '../../origin/events/live-event';
import type { LiveEvent } from '../../origin/events/live-event';
import type { InitInspection } from '../../origin/media/inspection';

/** A template of 2 s segments that count from the epoch. */
export const TWO_SECONDS = {
  timescale: 1000,
  duration: 2000,
  startNumber: 0,
  initialization: '$RepresentationID$/init.mp4',
  media: '$RepresentationID$/$Number$.m4s',
};

/** One picture, one sound. */
export const PICTURE_AND_SOUND = [
  { id: 'v720', contentType: 'video', bandwidth: 1_500_000, frameRate: '25' },
  { id: 'a128', contentType: 'audio', bandwidth: 128_000, lang: 'en' },
];

/**
 * An event as origins see it, made of a configuration as an operator writes it.
 * @param entries in the order of their ids
 */
export function liveEvent(
  configuration: Readonly<Record<string, unknown>> & { readonly initialSegmentNumber: number },
  entries: readonly EventEntry[] = [],
  head: Partial<EventHead> = {},
): LiveEvent {
  const parsed = parseConfiguration({
    segmentTemplate: TWO_SECONDS,
    pipelines: ['a', 'b'],
    regions: ['us-east-1', 'us-west-2'],
    representations: PICTURE_AND_SOUND,
    ...configuration,
  });
  if (!('configuration' in parsed)) throw new Error(JSON.stringify(parsed.faults));
  const { initialSegmentNumber } = configuration;
  return compileEvent({
    head: {
      tenant: 'acme',
      event: 'final',
      configuration: {
        ...parsed.configuration,
        initialSegmentNumber,
        regions: parsed.configuration.regions ?? [],
      },
      revision: 1,
      configurationRevision: 1,
      version: 1,
      createdAtMs: 1,
      updatedAtMs: 1,
      ...head,
    },
    entries,
  });
}

const INSPECTIONS = {
  video: {
    trackId: 1,
    timescale: 12_800,
    contentType: 'video',
    codec: 'avc1.64001f',
    width: 1280,
    height: 720,
    defaultSampleDuration: 512,
    defaultSampleSize: 0,
    defaultSampleFlags: 0,
    identity: 'picture',
  },
  audio: {
    trackId: 1,
    timescale: 48_000,
    contentType: 'audio',
    codec: 'mp4a.40.2',
    sampleRate: 48_000,
    channels: 2,
    defaultSampleDuration: 1024,
    defaultSampleSize: 0,
    defaultSampleFlags: 0,
    identity: 'sound',
  },
} satisfies Record<string, InitInspection>;

/** A representation's init as it was accepted; `inspection` overrides what it says of the track. */
export function initEntry(
  representation: string,
  kind: keyof typeof INSPECTIONS,
  { version = 1, fromSegment = 0, atMs = 1 }: { version?: number; fromSegment?: number; atMs?: number } = {},
  inspection: Partial<InitInspection> = {},
): InitEntry {
  return {
    kind: 'init',
    id: `init#${representation}#${version.toString().padStart(4, '0')}`,
    atMs,
    by: 'a',
    representation,
    version,
    fromSegment,
    pipeline: 'a',
    digest: '0'.repeat(64),
    bytes: 'AAAA',
    init: { ...INSPECTIONS[kind], ...inspection },
  };
}
