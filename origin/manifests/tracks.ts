import type { ContentType } from '../events/configuration';
import type { InitEntry } from '../events/event-record';
import { initInForce } from '../events/live-event';
import type { LiveEvent, Representation } from '../events/live-event';
import type { InitInspection } from '../media/inspection';

/** A representation as manifests describe it from a number on: what the operator wrote, else what its init says. */
export interface Track {
  readonly id: string;
  readonly representation: Representation;
  readonly contentType: ContentType;
  /** RFC 6381. */
  readonly codec: string;
  /** Bits per second. */
  readonly bandwidth: number;
  /** Ticks per second; unknown only before the first init. */
  readonly timescale: number | undefined;
  readonly width: number | undefined;
  readonly height: number | undefined;
  /** `25` or `30000/1001`. */
  readonly frameRate: string | undefined;
  readonly sampleRate: number | undefined;
  readonly channels: number | undefined;
  readonly protection: InitInspection['protection'];
  /** The init in force; undefined while none has arrived. */
  readonly init: InitEntry | undefined;
}

/**
 * The representations that can be played from `number` on, in the configuration's order: those whose codec is known.
 * One whose media times are shifted needs its timescale too, or they could not be told.
 */
export function playableTracks(event: LiveEvent, number: number): readonly Track[] {
  return [...event.representations.values()].flatMap((representation) => {
    const track = trackAt(representation, number);
    return track === undefined ? [] : [track];
  });
}

function trackAt(representation: Representation, number: number): Track | undefined {
  const { configuration } = representation;
  const init = initInForce(representation, number);
  const said = init?.init;
  // The one member where the init outranks the operator: another init version may be another codec.
  const codec = said?.codec ?? configuration.codecs;
  const timescale = said?.timescale ?? configuration.timescale;
  if (codec === undefined) return undefined;
  if (timescale === undefined && configuration.presentationTimeOffset !== 0) return undefined;
  const shape = {
    width: configuration.width ?? said?.width,
    height: configuration.height ?? said?.height,
    frameRate: configuration.frameRate ?? frameRateOf(said),
    channels: configuration.channels ?? said?.channels,
  };
  return {
    id: configuration.id,
    representation,
    contentType: configuration.contentType,
    codec,
    bandwidth: configuration.bandwidth ?? estimatedBandwidth(configuration.contentType, shape),
    timescale,
    ...shape,
    sampleRate: configuration.sampleRate ?? said?.sampleRate,
    protection: said?.protection,
    init,
  };
}

/** Known from an init only where trex gives every sample its duration. */
function frameRateOf(init: InitInspection | undefined): string | undefined {
  if (init?.contentType !== 'video' || init.defaultSampleDuration === 0) return undefined;
  const { timescale, defaultSampleDuration } = init;
  return timescale % defaultSampleDuration === 0
    ? (timescale / defaultSampleDuration).toString()
    : `${timescale}/${defaultSampleDuration}`;
}

/** `30000/1001` as frames per second. */
export function framesPerSecond(frameRate: string): number {
  const [numerator = '0', denominator = '1'] = frameRate.split('/');
  return Number(numerator) / Number(denominator);
}

/**
 * Bits per second where the operator gave none, since both manifests demand a number: a tenth of a bit a pixel, which
 * puts the pictures of a ladder in the right order, and 64 kbit/s a channel.
 */
function estimatedBandwidth(
  contentType: ContentType,
  { width = 1280, height = 720, frameRate = '30', channels = 2 }: ShapeKnown,
): number {
  if (contentType === 'video') return Math.ceil((width * height * framesPerSecond(frameRate)) / 10);
  return contentType === 'audio' ? channels * 64_000 : 10_000;
}

type ShapeKnown = {
  readonly [Member in 'width' | 'height' | 'channels']: number | undefined;
} & { readonly frameRate: string | undefined };

/**
 * Numbers from which some representation has another init, ascending: there a new Period begins, and every playlist has
 * a discontinuity, since those must agree (RFC 8216, 6.2.4). Never the initial segment.
 */
export function initBoundaries({ representations, schedule }: LiveEvent): readonly number[] {
  const { initialSegment, finalSegment = Infinity } = schedule;
  const starts = [...representations.values()].flatMap(({ inits }) =>
    inits.slice(1).map(({ fromSegment }) => fromSegment),
  );
  return [...new Set(starts)]
    .filter((number) => number > initialSegment && number <= finalSegment)
    .sort((left, right) => left - right);
}

/** The query by which an init of one version has a name of its own, immutable in every cache. */
export function initVersionQuery({ init }: Pick<Track, 'init'>): string {
  return init === undefined ? '' : `?v=${init.version}`;
}
