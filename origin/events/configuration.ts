import * as v from 'valibot';
import { NAME_PATTERN } from './name-pattern';
import { checkTemplate } from './template';

/**
 * The Live Event Configuration: what an operator PUTs for an event, and what origins and edges know of it. Names are
 * DASH's (ISO/IEC 23009-1). Unknown members are refused by name, so that a misspelt member never goes unnoticed.
 */
export type LiveEventConfiguration = v.InferOutput<typeof liveEventSchema>;
export type RepresentationConfiguration = LiveEventConfiguration['representations'][number];
export type ContentType = RepresentationConfiguration['contentType'];

export const name = v.pipe(
  v.string(),
  v.regex(NAME_PATTERN, 'wanted 1-64 of A-Z a-z 0-9 _ -, the first a letter or digit'),
);
const whole = (minimum: number, maximum: number) =>
  v.pipe(v.number(), v.safeInteger('wanted a whole number'), v.minValue(minimum), v.maxValue(maximum));
export const segmentNumber = whole(0, Number.MAX_SAFE_INTEGER);
const text = v.pipe(v.string(), v.maxLength(200));
const template = (kind: 'initialization' | 'media' | 'ingestMedia') =>
  v.pipe(
    v.string(),
    v.maxLength(200),
    v.rawCheck(({ dataset, addIssue }) => {
      const wrong = dataset.typed ? checkTemplate(kind, dataset.value) : undefined;
      if (wrong !== undefined) addIssue({ message: wrong });
    }),
  );

const instant = v.pipe(
  v.string(),
  v.isoTimestamp('wanted an ISO 8601 time with an offset, for example 1970-01-01T00:00:00Z'),
  v.check((value) => Date.parse(value) >= 0, 'wanted a time not before 1970-01-01T00:00:00Z'),
);

/** "25", "30000/1001": a DASH frame rate. */
const frameRate = v.pipe(
  v.string(),
  v.regex(/^[1-9]\d{0,6}(\/[1-9]\d{0,6})?$/, 'wanted for example "25" or "30000/1001"'),
);

const tolerance = v.strictObject({
  /** Ticks of the track by which a segment may start off its expected time. */
  startTicks: v.optional(whole(0, 1e9)),
  /** Ticks of the track by which its duration may differ. */
  durationTicks: v.optional(whole(0, 1e9)),
});

const representation = v.strictObject({
  id: name,
  contentType: v.picklist(['video', 'audio', 'text', 'application']),
  /** Peak bits per second. */
  bandwidth: v.optional(whole(1, 1e10)),
  frameRate: v.optional(frameRate),
  codecs: v.optional(text),
  width: v.optional(whole(1, 65_535)),
  height: v.optional(whole(1, 65_535)),
  sampleRate: v.optional(whole(1, 1e6)),
  channels: v.optional(whole(1, 64)),
  lang: v.optional(v.pipe(v.string(), v.regex(/^[A-Za-z0-9-]{2,35}$/, 'wanted a BCP 47 language tag'))),
  role: v.optional(text),
  label: v.optional(text),
  default: v.optional(v.boolean()),
  /** Track timescale, ticks per second; learned from the init segment when absent. */
  timescale: v.optional(whole(1, 10_000_000)),
  /** Ticks of the track's timescale that a segment's tfdt lies after its expected time. */
  presentationTimeOffset: v.optional(whole(0, Number.MAX_SAFE_INTEGER), 0),
  initialization: v.optional(template('initialization')),
  media: v.optional(template('media')),
  ingestMedia: v.optional(template('ingestMedia')),
  tolerance: v.optional(tolerance, {}),
  /** Subtitles and metadata that may have nothing to say: a due hole is answered with an empty fragment. */
  sparse: v.optional(v.boolean(), false),
});

/** What decides which segments there are. */
const media = {
  availabilityStartTime: v.optional(instant, '1970-01-01T00:00:00Z'),
  segmentTemplate: v.strictObject({
    timescale: whole(1, 10_000_000),
    duration: whole(1, 1e12),
    startNumber: v.optional(segmentNumber, 1),
    initialization: template('initialization'),
    media: template('media'),
    ingestMedia: v.optional(template('ingestMedia')),
  }),
  /** The first number that viewers may ask for; the live edge at creation when absent. */
  initialSegmentNumber: v.optional(segmentNumber),
  finalSegmentNumber: v.optional(v.nullable(segmentNumber), null),
  representations: v.pipe(
    v.array(representation),
    v.minLength(1),
    v.maxLength(64),
    v.check((all) => new Set(all.map(({ id }) => id)).size === all.length, 'wanted ids that differ'),
  ),
};

/** Everything else: it can be said before a packager runs. */
const conduct = {
  /** The first MPD that a pipeline PUTs makes the members of {@link media}, where the operator gave none. */
  adopt: v.exactOptional(v.boolean()),
  timeShiftBufferDepthSeconds: v.optional(whole(1, 14 * 86_400), 7200),
  publish: v.optional(
    v.strictObject({
      /** From the end of a segment's media to its publication. */
      delayMs: v.optional(whole(0, 60_000), 500),
      /** After the due time: how long a missing segment may still come before 410. */
      retryDeadlineMs: v.optional(whole(0, 600_000), 6000),
      /** Around the due time: how early and how late a request may be held. */
      holdMs: v.optional(whole(0, 30_000), 3000),
    }),
    {},
  ),
  /** In order of preference. */
  pipelines: v.pipe(v.array(name), v.minLength(1), v.maxLength(8), unique()),
  regions: v.optional(v.pipe(v.array(name), v.minLength(1), v.maxLength(8), unique())),
  whenAllDefective: v.optional(v.picklist(['serve', 'reject']), 'serve'),
  /** What a segment is answered that nobody published in time: 410, or an empty fragment over which players jump. */
  whenMissing: v.optional(v.picklist(['gone', 'empty']), 'gone'),
  /** Paths below the event, `*` for one name, stored and served as they are, last write wins. */
  passthrough: v.optional(
    v.pipe(
      v.array(v.pipe(v.string(), v.regex(/^[A-Za-z0-9._~*-]+(\/[A-Za-z0-9._~*-]+){0,7}$/), v.maxLength(200))),
      v.maxLength(16),
    ),
    [],
  ),
  drm: v.optional(
    v.strictObject({ hlsKeyLine: v.pipe(v.string(), v.maxLength(1000), v.startsWith('#EXT-X-KEY:')) }),
  ),
  /** Scheme URIs of timed events that representations carry (DASH InbandEventStream). */
  eventSchemes: v.optional(v.pipe(v.array(text), v.maxLength(16)), []),
  /** The newest part of the DVR window whose requests are never shed. */
  liveWindowSeconds: v.optional(whole(1, 3600), 30),
  purgeOnFlag: v.optional(v.boolean(), true),
  automaticMasks: v.optional(v.boolean(), false),
  hls: v.optional(v.strictObject({ windowSeconds: v.optional(whole(6, 86_400), 60) }), {}),
};

const liveEventSchema = v.strictObject({ ...media, ...conduct });
/** An event whose media a packager's MPD will tell. */
const awaitingSchema = v.strictObject(conduct);

/** Stands in a record for the media that no MPD has told yet: it names nothing, since there is no representation. */
const NO_MEDIA = {
  availabilityStartTime: '1970-01-01T00:00:00Z',
  segmentTemplate: {
    ...{ timescale: 1, duration: 1, startNumber: 0 },
    ...{ initialization: 'none', media: '$Number$' },
  },
  finalSegmentNumber: null,
  representations: [],
} as const;

/** Whether the event takes its media from the first MPD that comes. */
export function isAwaitingAdoption({
  representations,
}: Pick<LiveEventConfiguration, 'representations'>): boolean {
  return representations.length === 0;
}

/** What of a configuration does not depend on its media. */
export function conductOf(configuration: LiveEventConfiguration): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(configuration).filter(([member]) => !(member in media)));
}

function asksForAdoption(input: unknown): boolean {
  if (typeof input !== 'object' || input === null) return false;
  const { adopt, segmentTemplate, representations } = input as Readonly<Record<string, unknown>>;
  return adopt === true && segmentTemplate === undefined && representations === undefined;
}

function unique() {
  return v.check((all: string[]) => new Set(all).size === all.length, 'wanted names that differ');
}

/** One thing wrong with what a client sent; `parameter` is a path such as `representations.0.id`. */
export interface Fault {
  readonly parameter: string;
  readonly wanted: string;
  readonly got: string;
}

/**
 * Reads a Live Event Configuration as a client sent it and fills in the defaults that need no clock.
 * @returns the configuration, or everything that is wrong with it (16 faults at most).
 */
export function parseConfiguration(
  input: unknown,
): { readonly configuration: LiveEventConfiguration } | { readonly faults: readonly Fault[] } {
  if (asksForAdoption(input)) {
    const result = v.safeParse(awaitingSchema, input);
    if (!result.success) return { faults: faultsOf(result.issues) };
    return { configuration: { ...result.output, ...NO_MEDIA, representations: [] } };
  }
  const result = v.safeParse(liveEventSchema, input);
  return result.success ? { configuration: result.output } : { faults: faultsOf(result.issues) };
}

/** A client reads so many faults at once; the rest it will meet next time. */
const FAULTS_MAX = 16;

export function faultsOf(issues: readonly v.BaseIssue<unknown>[]): readonly Fault[] {
  return issues.slice(0, FAULTS_MAX).map((issue) => ({
    parameter: v.getDotPath(issue) ?? '(the whole body)',
    wanted: issue.kind === 'schema' ? (issue.expected ?? 'something else') : issue.message,
    got: issue.received.slice(0, 100),
  }));
}
