import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import description from './asset/asset.json';
import { restamp } from './restamp';

/** What demo/asset/asset.json says of one track; scripts/make-demo-asset.sh measures it. */
export interface AssetRepresentation {
  /** A representation of a Live Event Configuration as it is; `bandwidth` is the peak of a segment. */
  readonly configuration: {
    readonly id: string;
    readonly contentType: string;
    readonly codecs: string;
    /** Bits per second, rounded up to whole kbit/s. */
    readonly bandwidth: number;
    /** Ticks per second. */
    readonly timescale: number;
    readonly frameRate?: string;
    readonly width?: number;
    readonly height?: number;
    readonly sampleRate?: number;
    readonly channels?: number;
  };
  /** Length of the whole loop, ticks: exactly segments.length * segmentDurationMs. */
  readonly loopTicks: number;
  readonly segments: readonly AssetSegment[];
}

export interface AssetSegment {
  /** tfdt within the loop, ticks. */
  readonly startTicks: number;
  readonly durationTicks: number;
  readonly sampleCount: number;
}

/** The committed loop in memory: about 1 MB. */
export interface DemoAsset {
  readonly segmentDurationMs: number;
  readonly representations: readonly AssetRepresentation[];
  /** The init segment of a representation. */
  init(representation: string): Uint8Array;
  /**
   * Segment `index` of the endless feed, counted from availabilityStartTime: the loop's segment `index` mod 8 with the
   * time and sequence number of its place. A function of its arguments only, so every pipeline makes the same bytes.
   * @param index 0 to 2^32 - 1; 2 s each
   */
  segment(representation: string, index: number): Uint8Array;
}

/** The demo loop's representations, as the Live Event Configuration and the tests need them. */
export const DEMO_REPRESENTATIONS: readonly AssetRepresentation[] = description.representations;

/**
 * Reads the loop.
 * @param directory of the committed asset; holds `{representation}/init.mp4` and `{representation}/0.m4s` to `7.m4s`
 */
export function loadDemoAsset(directory = join(__dirname, 'asset')): DemoAsset {
  const tracks = new Map(
    DEMO_REPRESENTATIONS.map((track) => [track.configuration.id, readTrack(directory, track)]),
  );
  const trackOf = (representation: string): Track => {
    const track = tracks.get(representation);
    if (track === undefined)
      throw new RangeError(
        `representation: wanted one of ${[...tracks.keys()].join(', ')}, got ${representation}`,
      );
    return track;
  };
  return {
    segmentDurationMs: description.segmentDurationMs,
    representations: DEMO_REPRESENTATIONS,
    init: (representation) => trackOf(representation).init,
    segment: (representation, index) => segmentOf(trackOf(representation), index),
  };
}

interface Track {
  readonly loopTicks: number;
  readonly init: Uint8Array;
  readonly segments: readonly (AssetSegment & { readonly bytes: Uint8Array })[];
}

function readTrack(directory: string, { configuration, loopTicks, segments }: AssetRepresentation): Track {
  const read = (name: string): Uint8Array =>
    new Uint8Array(readFileSync(join(directory, configuration.id, name)));
  return {
    loopTicks,
    init: read('init.mp4'),
    segments: segments.map((segment, position) => ({ ...segment, bytes: read(`${position}.m4s`) })),
  };
}

function segmentOf(track: Track, index: number): Uint8Array {
  const position = index % track.segments.length;
  const segment = track.segments[position];
  if (segment === undefined) throw new RangeError(`index: wanted a whole number of 0 or more, got ${index}`);
  const loop = (index - position) / track.segments.length;
  return restamp(segment.bytes, {
    sequenceNumber: index,
    baseMediaDecodeTime: BigInt(loop) * BigInt(track.loopTicks) + BigInt(segment.startTicks),
  });
}
