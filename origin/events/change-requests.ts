import * as v from 'valibot';
import type { Fault } from './configuration';
import { faultsOf, name, segmentNumber } from './configuration';
import type { MaskEntry, PreferenceEntry } from './event-record';
import type { LiveEvent } from './live-event';

/** What operators send to change an event, read and held against the event. */
type Parsed<Value> = Value | { readonly faults: readonly Fault[] };

const maskSchema = v.pipe(
  v.strictObject({
    pipeline: name,
    representation: v.exactOptional(name),
    fromSegment: segmentNumber,
    toSegment: v.exactOptional(segmentNumber),
  }),
  v.forward(
    v.partialCheck(
      [['fromSegment'], ['toSegment']],
      ({ fromSegment, toSegment }) => toSegment === undefined || toSegment >= fromSegment,
      'wanted a number not below fromSegment',
    ),
    ['toSegment'],
  ),
);

/** `POST .../masks`. */
export function parseMask(
  input: unknown,
  event: LiveEvent,
): Parsed<Omit<MaskEntry, 'id' | 'atMs' | 'by' | 'kind' | 'reason'>> {
  const result = v.safeParse(maskSchema, input);
  if (!result.success) return { faults: faultsOf(result.issues) };
  const { pipeline, representation } = result.output;
  if (!event.configuration.pipelines.includes(pipeline))
    return { faults: [noPipeline('pipeline', event, pipeline)] };
  if (representation !== undefined && !event.representations.has(representation))
    return {
      faults: [
        { parameter: 'representation', wanted: listOf(event.representations.keys()), got: representation },
      ],
    };
  return result.output;
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

const credentialSchema = v.strictObject({
  previousValidUntil: v.exactOptional(v.pipe(v.string(), v.isoTimestamp())),
});

/** `PUT .../pipelines/{p}/credential`. */
export function parseCredentialRequest(
  input: unknown,
  nowMs: number,
): Parsed<{ readonly previousValidUntilMs: number }> {
  const result = v.safeParse(credentialSchema, input);
  if (!result.success) return { faults: faultsOf(result.issues) };
  const { previousValidUntil } = result.output;
  return {
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
