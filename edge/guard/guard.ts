/**
 * What an edge can say of a request without asking anybody: the schedule decides. One module for every edge (CloudFront
 * Functions, nginx njs, our own), so it is written in the dialect that all of them run: no class, spread,
 * destructuring, for-of, `?.`, `??` or bigint, and integers only.
 */
import type { EdgeConfiguration, EdgeRepresentation } from '../../origin/events/edge-configuration';
import { earlySeconds, positionOf } from '../../origin/schedule/schedule';

/** The guard's word on one request. */
export type Verdict =
  /** Forward: it may exist. */
  | { readonly kind: 'pass' }
  /** Forward: it is expected any moment, and the origin may hold the request until `untilMs`. */
  | { readonly kind: 'hold'; readonly untilMs: number }
  /** Answer 404: no template of the event makes this name. */
  | { readonly kind: 'unknown'; readonly maxAgeSeconds: number }
  /** Answer 404: a second name for a segment, which would be a second cache entry. */
  | { readonly kind: 'not-canonical'; readonly maxAgeSeconds: number }
  /** Answer 404: the event has no such number. */
  | { readonly kind: 'never'; readonly number: number; readonly maxAgeSeconds: number }
  /** Answer 404, true until `trueUntilMs` exactly; caches that count in seconds keep it for `maxAgeSeconds`. */
  | {
      readonly kind: 'early';
      readonly number: number;
      readonly trueUntilMs: number;
      readonly maxAgeSeconds: number;
    }
  /** Answer 410: older than the DVR window. */
  | { readonly kind: 'expired'; readonly number: number; readonly maxAgeSeconds: number };

/** Seconds; http/cache-policy.ts has the same values for origins, and a test holds them together. */
const UNKNOWN_SECONDS = 5;
const NEVER_SECONDS = 60;
const EXPIRED_SECONDS = 86400;

/** What the guard decides by. */
export type GuardedEvent = Pick<
  EdgeConfiguration,
  'tenant' | 'event' | 'schedule' | 'representations' | 'passthrough'
>;

const PREFIX = '/live/';
const PASS: Verdict = { kind: 'pass' };

/**
 * The name under which an edge keeps the event's configuration: `tenant/event`.
 * @param path absolute, not decoded
 * @returns '' where the path is of no event.
 */
export function eventNameOf(path: string): string {
  if (path.indexOf(PREFIX) !== 0) return '';
  const tenantEnd = path.indexOf('/', PREFIX.length);
  if (tenantEnd <= PREFIX.length) return '';
  const eventEnd = path.indexOf('/', tenantEnd + 1);
  if (eventEnd <= tenantEnd + 1) return '';
  return path.slice(PREFIX.length, eventEnd);
}

export interface SegmentName {
  readonly representation: string;
  readonly number: number;
}

/**
 * Which segment of the event `path` names, whether or not there is one.
 * @returns undefined where it names none.
 */
export function segmentNamed(path: string, configuration: GuardedEvent): SegmentName | undefined {
  const name = objectNameOf(path, configuration);
  const representations = configuration.representations;
  for (let i = 0; i < representations.length; i += 1) {
    const representation = representations[i];
    const digits = representation === undefined ? '' : digitsOf(representation, name);
    if (representation !== undefined && digits !== '')
      return { representation: representation.id, number: Number(digits) };
  }
  return undefined;
}

/**
 * Decides on a GET of `path`. An edge that does not know the event's configuration does not call this: it forwards,
 * and the origin decides by the same schedule.
 * @param path absolute, below the event that `configuration` describes
 * @param nowMs the edge's clock, UTC milliseconds; off by less than a segment it harms nothing
 */
export function guard(path: string, configuration: GuardedEvent, nowMs: number): Verdict {
  const name = objectNameOf(path, configuration);
  const representations = configuration.representations;
  for (let i = 0; i < representations.length; i += 1) {
    const representation = representations[i];
    if (representation === undefined) continue;
    if (name === representation.initialization) return PASS;
    const digits = digitsOf(representation, name);
    if (digits !== '') return verdictOn(digits, representation.media.width, configuration, nowMs);
  }
  if (configuration.passthrough || isManifest(name)) return PASS;
  return { kind: 'unknown', maxAgeSeconds: UNKNOWN_SECONDS };
}

/** The path below that of the event. */
export function objectNameOf(path: string, event: Pick<GuardedEvent, 'tenant' | 'event'>): string {
  return path.slice(PREFIX.length + event.tenant.length + event.event.length + 2);
}

function verdictOn(digits: string, width: number, configuration: GuardedEvent, nowMs: number): Verdict {
  const number = Number(digits);
  if (number > 9007199254740991 || digits !== padded(String(number), width))
    return { kind: 'not-canonical', maxAgeSeconds: NEVER_SECONDS };
  const schedule = configuration.schedule;
  const position = positionOf(schedule, number, nowMs);
  if (position.kind === 'never') return { kind: 'never', number: number, maxAgeSeconds: NEVER_SECONDS };
  if (position.kind === 'expired') return { kind: 'expired', number: number, maxAgeSeconds: EXPIRED_SECONDS };
  if (position.kind === 'expected') return { kind: 'hold', untilMs: position.holdUntilMs };
  if (position.kind === 'early')
    return {
      kind: 'early',
      number: number,
      trueUntilMs: position.trueUntilMs,
      maxAgeSeconds: earlySeconds(position.trueUntilMs, nowMs),
    };
  return PASS;
}

/** The digits where the template has its number; '' where the name has another form. */
function digitsOf(representation: EdgeRepresentation, name: string): string {
  const media = representation.media;
  const end = name.length - media.suffix.length;
  if (name.indexOf(media.prefix) !== 0 || end < media.prefix.length) return '';
  if (name.slice(end) !== media.suffix) return '';
  const digits = name.slice(media.prefix.length, end);
  if (digits.length > 20) return '';
  for (let i = 0; i < digits.length; i += 1) {
    const code = digits.charCodeAt(i);
    if (code < 48 || code > 57) return '';
  }
  return digits;
}

function padded(digits: string, width: number): string {
  let text = digits;
  while (text.length < width) text = '0' + text;
  return text;
}

/** Manifests of ours, and packagers' own below `packager/`. */
function isManifest(name: string): boolean {
  if (name === 'manifest.mpd' || name === 'master.m3u8' || name.indexOf('packager/') === 0) return true;
  const playlist = '/media.m3u8';
  const end = name.length - playlist.length;
  return end > 0 && name.slice(end) === playlist;
}
