import * as v from 'valibot';
import type { Fault } from './configuration';
import { faultsOf, name, segmentNumber } from './configuration';
import type { InvalidationEntry, MaskEntry, Notice, PreferenceEntry } from './event-record';
import type { LiveEvent } from './live-event';
import { noticeSchema } from './notices-field';
import type { InvalidatedRange } from '../ports/invalidator';

/** What operators send to change an event, read and held against the event. */
type Parsed<Value> = Value | { readonly faults: readonly Fault[] };

const maskSchema = v.strictObject({
  pipeline: name,
  representation: v.exactOptional(name),
  fromSegment: segmentNumber,
  toSegment: v.exactOptional(segmentNumber),
});

/** `POST .../masks`. */
export function parseMask(
  input: unknown,
  event: LiveEvent,
): Parsed<Omit<MaskEntry, 'id' | 'atMs' | 'by' | 'kind' | 'reason'>> {
  const result = v.safeParse(maskSchema, input);
  if (!result.success) return { faults: faultsOf(result.issues) };
  const faults = rangeFaults(result.output, event);
  return faults.length > 0 ? { faults } : result.output;
}

function rangeFaults(
  range: Omit<InvalidatedRange, 'toSegment'> & { readonly toSegment?: number },
  { configuration, representations }: LiveEvent,
): readonly Fault[] {
  const { fromSegment, toSegment = fromSegment } = range;
  const known = {
    pipeline: configuration.pipelines,
    representation: [...representations.keys()],
    region: configuration.regions,
  };
  const unknown = (['pipeline', 'representation', 'region'] as const).flatMap((parameter) => {
    const got = range[parameter];
    if (got === undefined || known[parameter].includes(got)) return [];
    return [{ parameter, wanted: listOf(known[parameter]), got }];
  });
  if (toSegment >= fromSegment) return unknown;
  const wanted = 'a number not below fromSegment';
  return [{ parameter: 'toSegment', wanted, got: toSegment.toString() }, ...unknown];
}

const preferenceSchema = v.strictObject({
  fromSegment: segmentNumber,
  order: v.pipe(v.array(name), v.minLength(1), v.maxLength(8)),
});

/** `POST .../preferences`. */
export function parsePreference(
  input: unknown,
  event: LiveEvent,
): Parsed<Omit<PreferenceEntry, 'id' | 'atMs' | 'by' | 'kind'>> {
  const result = v.safeParse(preferenceSchema, input);
  if (!result.success) return { faults: faultsOf(result.issues) };
  const unknown = result.output.order.find((pipeline) => !event.configuration.pipelines.includes(pipeline));
  return unknown === undefined ? result.output : { faults: [noPipeline('order', event, unknown)] };
}

/** `POST .../notices`. */
export function parseNotice(input: unknown): Parsed<Notice> {
  const result = v.safeParse(noticeSchema, input);
  return result.success ? result.output : { faults: faultsOf(result.issues) };
}

const wholeSchema = v.strictObject({ all: v.literal(true) });
const rangeSchema = v.strictObject({
  fromSegment: segmentNumber,
  toSegment: segmentNumber,
  representation: v.exactOptional(name),
  pipeline: v.exactOptional(name),
  region: v.exactOptional(name),
});

/** `POST .../invalidations`: `{all: true}`, or a range. */
export function parseInvalidation(
  input: unknown,
  event: LiveEvent,
): Parsed<Pick<InvalidationEntry, 'range'>> {
  const isWhole = typeof input === 'object' && input !== null && 'all' in input;
  const result = v.safeParse(isWhole ? wholeSchema : rangeSchema, input);
  if (!result.success) return { faults: faultsOf(result.issues) };
  if ('all' in result.output) return {};
  const faults = rangeFaults(result.output, event);
  return faults.length > 0 ? { faults } : { range: result.output };
}

const endSchema = v.strictObject({ finalSegment: v.exactOptional(segmentNumber) });

/** `POST .../end`; without a number the event ends at the live edge. */
export function parseEnd(input: unknown): Parsed<v.InferOutput<typeof endSchema>> {
  const result = v.safeParse(endSchema, input);
  return result.success ? result.output : { faults: faultsOf(result.issues) };
}

const initChoiceSchema = v.strictObject({ pipeline: name, fromSegment: segmentNumber });

export type InitChoice = v.InferOutput<typeof initChoiceSchema>;

/** `POST .../inits/{representation}`: whose init is accepted, and from which segment on. */
export function parseInitChoice(input: unknown, event: LiveEvent): Parsed<InitChoice> {
  const result = v.safeParse(initChoiceSchema, input);
  if (!result.success) return { faults: faultsOf(result.issues) };
  const { pipeline } = result.output;
  if (!event.configuration.pipelines.includes(pipeline))
    return { faults: [noPipeline('pipeline', event, pipeline)] };
  return result.output;
}

/** How long the previous secrets go on working when the request does not say. */
const PREVIOUS_VALID_MS = 3_600_000;

/** As `openssl x509 -fingerprint -sha256` prints it, or without colons. */
const FINGERPRINT = /^(?:[0-9a-f]{64}|[0-9a-f]{2}(?::[0-9a-f]{2}){31})$/i;

const credentialSchema = v.strictObject({
  previousValidUntil: v.exactOptional(v.pipe(v.string(), v.isoTimestamp())),
  certificateSha256: v.exactOptional(
    v.pipe(
      v.string(),
      v.regex(FINGERPRINT, 'wanted the SHA-256 fingerprint of a certificate, 64 hexadecimal digits'),
      v.transform((text) => text.replaceAll(':', '').toLowerCase()),
    ),
  ),
});

/** `PUT .../pipelines/{p}/credential`. */
export function parseCredentialRequest(
  input: unknown,
  nowMs: number,
): Parsed<{ readonly previousValidUntilMs: number; readonly certificateSha256?: string }> {
  const result = v.safeParse(credentialSchema, input);
  if (!result.success) return { faults: faultsOf(result.issues) };
  const { previousValidUntil, ...rest } = result.output;
  return {
    ...rest,
    previousValidUntilMs:
      previousValidUntil === undefined ? nowMs + PREVIOUS_VALID_MS : Date.parse(previousValidUntil),
  };
}

function noPipeline(parameter: string, event: LiveEvent, got: string): Fault {
  return { parameter, wanted: listOf(event.configuration.pipelines), got };
}

function listOf(names: Iterable<string>): string {
  return `one of ${[...names].join(', ')}`;
}
