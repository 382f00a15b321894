/**
 * What CloudFront's KeyValueStore holds of an event, written by `lambdas/edge-sync` and read by the functions of this
 * folder. A value has 1 KB at most and a read is charged, so an event is one small text that usually fits one value:
 *
 * - `e/{tenant}/{event}`: version, schedule, and as many representations as fit
 * - `r/{tenant}/{event}/{piece}`: the other representations; piece 1 and so on
 * - `n/{tenant}/{event}`: the value of `Headwater-Notices`
 *
 * Edges learn of a change key by key: every piece carries the tag of the head that it was written with, so that a
 * function never decides on halves of two configurations. In the dialect of edges (edge/guard).
 */
import type { EdgeConfiguration, EdgeRepresentation } from '../../origin/events/edge-configuration';

/** CloudFront's limit is 1,024. */
export const VALUE_BYTES_MAX = 1000;

/** Changes with the format below: functions and edge-sync are deployed one after the other. */
const FORMAT = '1';

/** None of them occurs in a name (`checkTemplate`, `NAME_PATTERN`), so nothing needs escaping. */
const FIELD = ';';
const REPRESENTATION = '|';
const PART = ',';
const ID = '$';

export interface KeyValue {
  readonly key: string;
  readonly value: string;
}

/** The part of the configuration that CloudFront's functions decide by. */
export type KeptConfiguration = Pick<
  EdgeConfiguration,
  'tenant' | 'event' | 'version' | 'schedule' | 'representations' | 'passthrough' | 'notices'
>;

/** The value of the event's first key, read. */
export interface Head {
  readonly tag: string;
  /** Values beyond the first. */
  readonly pieces: number;
  readonly hasNotices: boolean;
  /** Of the representations, those that the first value holds. */
  readonly configuration: KeptConfiguration;
}

/** @param name `tenant/event`, as `eventNameOf` gives it */
export function headKey(name: string): string {
  return 'e/' + name;
}

/** @param piece 1 or more */
export function pieceKey(name: string, piece: number): string {
  return `r/${name}/${piece}`;
}

export function noticesKey(name: string): string {
  return 'n/' + name;
}

/**
 * All keys of one event, the head first; at most 35 for a configuration of 64 representations, which is within the 50
 * of one atomic update.
 * @param tagOf a digest of a text; its first 8 characters become the tag
 */
export function encodeEvent(
  configuration: KeptConfiguration,
  tagOf: (text: string) => string,
): readonly KeyValue[] {
  const name = configuration.tenant + '/' + configuration.event;
  const fixed = fixedFields(configuration);
  const roomOfHead = VALUE_BYTES_MAX - fixed.length - 20;
  const texts = packed(configuration.representations, roomOfHead, VALUE_BYTES_MAX - 10);
  // Notices too: whoever compares heads has compared everything.
  const tag = tagOf(fixed + texts.join(REPRESENTATION) + (configuration.notices || '')).slice(0, 8);
  const pairs: KeyValue[] = [
    {
      key: headKey(name),
      value: [FORMAT, tag, (texts.length - 1).toString(), fixed, texts[0]].join(FIELD),
    },
  ];
  for (let piece = 1; piece < texts.length; piece += 1)
    pairs.push({ key: pieceKey(name, piece), value: tag + FIELD + (texts[piece] || '') });
  if (configuration.notices !== undefined)
    pairs.push({ key: noticesKey(name), value: configuration.notices });
  return pairs;
}

/** The keys that an event occupies whose first value is `head`: what has to go when the event does. */
export function keysOf(name: string, head: Head): readonly string[] {
  const keys = [headKey(name)];
  for (let piece = 1; piece <= head.pieces; piece += 1) keys.push(pieceKey(name, piece));
  if (head.hasNotices) keys.push(noticesKey(name));
  return keys;
}

function fixedFields(configuration: KeptConfiguration): string {
  const schedule = configuration.schedule;
  return [
    configuration.version,
    schedule.availabilityStartMs,
    schedule.startNumber,
    schedule.durationMilliseconds,
    schedule.durationDenominator,
    schedule.delayMs,
    schedule.holdMs,
    schedule.retryDeadlineMs,
    schedule.initialSegment,
    schedule.finalSegment === undefined ? '' : schedule.finalSegment,
    schedule.depthSegments,
    configuration.passthrough ? 1 : 0,
    configuration.notices === undefined ? 0 : 1,
  ].join(FIELD);
}

/** Names are ASCII: a character is a byte. */
function packed(
  representations: readonly EdgeRepresentation[],
  roomOfFirst: number,
  roomOfOthers: number,
): string[] {
  const texts = [''];
  let before: EdgeRepresentation | undefined;
  for (let i = 0; i < representations.length; i += 1) {
    const representation = representations[i];
    if (representation === undefined) continue;
    const last = texts.length - 1;
    const text = texts[last] || '';
    const added = (text === '' ? '' : REPRESENTATION) + encodeRepresentation(representation, before);
    if (text.length + added.length <= (last === 0 ? roomOfFirst : roomOfOthers)) texts[last] = text + added;
    else texts.push(encodeRepresentation(representation, undefined));
    before = representation;
  }
  return texts;
}

/** `id,initialization,prefix,suffix,width`, the id in names as `$`; only `id` when its names are made as those before. */
function encodeRepresentation(
  representation: EdgeRepresentation,
  before: EdgeRepresentation | undefined,
): string {
  const parts = patternOf(representation);
  if (before !== undefined && sameNames(filled(patternOf(before), representation.id), representation))
    return representation.id;
  return [representation.id].concat(parts).join(PART);
}

function patternOf(representation: EdgeRepresentation): string[] {
  const media = representation.media;
  const names = [representation.initialization, media.prefix, media.suffix];
  return names.map((name) => name.split(representation.id).join(ID)).concat([media.width.toString()]);
}

function filled(pattern: readonly string[], id: string): EdgeRepresentation {
  const names = pattern.map((part) => part.split(ID).join(id));
  return {
    id: id,
    initialization: names[0] || '',
    media: { prefix: names[1] || '', suffix: names[2] || '', width: Number(pattern[3]) },
  };
}

function sameNames(left: EdgeRepresentation, right: EdgeRepresentation): boolean {
  return (
    left.initialization === right.initialization &&
    left.media.prefix === right.media.prefix &&
    left.media.suffix === right.media.suffix &&
    left.media.width === right.media.width
  );
}

/**
 * Reads the value of {@link headKey}.
 * @returns undefined for a value of another format: then the edge knows nothing, and forwards.
 */
export function decodeHead(name: string, value: string): Head | undefined {
  const fields = value.split(FIELD);
  if (fields[0] !== FORMAT || fields.length !== 17) return undefined;
  const names = name.split('/');
  const number = (index: number) => Number(fields[index]);
  return {
    tag: fields[1] || '',
    pieces: number(2),
    hasNotices: fields[15] === '1',
    configuration: {
      tenant: names[0] || '',
      event: names[1] || '',
      version: number(3),
      schedule: {
        availabilityStartMs: number(4),
        startNumber: number(5),
        durationMilliseconds: number(6),
        durationDenominator: number(7),
        delayMs: number(8),
        holdMs: number(9),
        retryDeadlineMs: number(10),
        initialSegment: number(11),
        finalSegment: fields[12] === '' ? undefined : number(12),
        depthSegments: number(13),
      },
      representations: decodeRepresentations(fields[16] || ''),
      passthrough: fields[14] === '1',
    },
  };
}

/**
 * Reads the value of {@link pieceKey}.
 * @returns undefined when it was written with another head than `tag`'s.
 */
export function decodePiece(value: string, tag: string): readonly EdgeRepresentation[] | undefined {
  const fields = value.split(FIELD);
  return fields[0] === tag ? decodeRepresentations(fields[1] || '') : undefined;
}

function decodeRepresentations(text: string): readonly EdgeRepresentation[] {
  if (text === '') return [];
  let pattern: readonly string[] = [];
  return text.split(REPRESENTATION).map((each) => {
    const parts = each.split(PART);
    if (parts.length > 1) pattern = parts.slice(1);
    return filled(pattern, parts[0] || '');
  });
}
