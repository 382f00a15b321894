import { initInForce } from '../events/live-event';
import type { LiveEvent, Representation } from '../events/live-event';
import { writeNumber } from '../events/template';
import { dueMs, liveEdge, windowStart } from '../schedule/schedule';
import { quoted } from './hls-attributes';
import { isRecording } from './recording';
import type { Settled } from './settle';
import { initBoundaries } from './tracks';

/** Entries of a playlist with the whole DVR window: 6 h of 2 s segments, 700 kB. */
const DVR_SEGMENTS_MAX = 10_800;
/** RFC 8216bis, 4.4.3.8: what a delta update leaves out lies at least six target durations back. */
const SKIP_TARGETS = 6;

/** Which part of the event a media playlist shows. */
export interface PlaylistView {
  /** The whole DVR window instead of the live one. */
  readonly dvr: boolean;
  /** `_HLS_skip`: the player has the older entries already. */
  readonly skip: boolean;
}

/** The first number that a playlist of this view may list now: where {@link Settled} must begin. */
export function playlistStart(event: LiveEvent, view: PlaylistView, nowMs: number): number {
  const entries = entriesMax(event, view, nowMs);
  return Math.max(windowStart(event.schedule, nowMs), liveEdge(event.schedule, nowMs) + 1 - entries);
}

/** What is over shows all of it: nobody has an older version any more whose entries would come again (6.2.2). */
function entriesMax(event: LiveEvent, { dvr }: PlaylistView, nowMs: number): number {
  return dvr || isRecording(event, nowMs) ? DVR_SEGMENTS_MAX : liveEntries(event);
}

/** Three at least, or players would start at the very edge (RFC 8216, 6.3.3). */
function liveEntries({ schedule, configuration }: LiveEvent): number {
  const windowMs = configuration.hls.windowSeconds * 1000;
  return Math.max(3, Math.ceil((windowMs * schedule.durationDenominator) / schedule.durationMilliseconds));
}

/**
 * A media playlist (RFC 8216bis): every settled number of the view without a hole, those that never came as gaps.
 * @returns undefined while nothing is settled, or no init is known: an empty playlist stops some players for good
 */
export function writeMediaPlaylist(
  event: LiveEvent,
  representation: Representation,
  view: PlaylistView,
  settled: Settled,
  nowMs: number,
): string | undefined {
  const { schedule } = event;
  const entries = entriesMax(event, view, nowMs);
  const first = Math.max(windowStart(schedule, nowMs), settled.from, settled.next - entries);
  if (first >= settled.next || initInForce(representation, first) === undefined) return undefined;
  const skipped = view.dvr && view.skip ? skippable(event, first, settled.next) : 0;
  const boundaries = initBoundaries(event);
  const lines = [
    '#EXTM3U',
    `#EXT-X-VERSION:${skipped > 0 ? 9 : 8}`,
    '#EXT-X-INDEPENDENT-SEGMENTS',
    `#EXT-X-TARGETDURATION:${targetDuration(event)}`,
    ...(view.dvr ? [`#EXT-X-SERVER-CONTROL:CAN-SKIP-UNTIL=${SKIP_TARGETS * targetDuration(event)}.0`] : []),
    `#EXT-X-MEDIA-SEQUENCE:${first}`,
    ...discontinuitySequence(boundaries.filter((boundary) => boundary < first).length),
    ...(skipped > 0 ? [`#EXT-X-SKIP:SKIPPED-SEGMENTS=${skipped}`] : []),
    ...entryLines(event, representation, first + skipped, settled, boundaries),
    ...(settled.next - 1 === schedule.finalSegment ? ['#EXT-X-ENDLIST'] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function discontinuitySequence(count: number): readonly string[] {
  return count === 0 ? [] : [`#EXT-X-DISCONTINUITY-SEQUENCE:${count}`];
}

/** The greatest EXTINF, rounded (RFC 8216, 4.3.3.1); all are alike. */
function targetDuration(event: LiveEvent): number {
  return Math.max(1, Math.round(durationSeconds(event)));
}

function durationSeconds({ schedule }: LiveEvent): number {
  return schedule.durationMilliseconds / schedule.durationDenominator / 1000;
}

/** How many of the oldest entries lie farther from the end than CAN-SKIP-UNTIL. */
function skippable(event: LiveEvent, first: number, next: number): number {
  const kept = Math.ceil((SKIP_TARGETS * targetDuration(event)) / durationSeconds(event));
  return Math.max(0, next - kept - first);
}

function* entryLines(
  event: LiveEvent,
  representation: Representation,
  first: number,
  { next, gaps }: Settled,
  boundaries: readonly number[],
): Generator<string> {
  const breaks = new Set(boundaries);
  const folder = `${representation.configuration.id}/`;
  const extinf = `#EXTINF:${decimalSeconds(durationSeconds(event))},`;
  for (let number = first; number < next; number++) {
    const isBreak = breaks.has(number);
    if (isBreak) yield '#EXT-X-DISCONTINUITY';
    if (isBreak || number === first) {
      yield* initLines(event, representation, number, folder);
      yield `#EXT-X-PROGRAM-DATE-TIME:${new Date(startsAtMs(event, number)).toISOString()}`;
    }
    if (gaps.has(number)) yield '#EXT-X-GAP';
    yield extinf;
    yield relativeTo(folder, writeNumber(representation.media, number));
  }
}

function* initLines(
  event: LiveEvent,
  representation: Representation,
  number: number,
  folder: string,
): Generator<string> {
  const init = initInForce(representation, number);
  if (init === undefined) return;
  const keyLine = event.configuration.drm?.hlsKeyLine;
  // One line, whatever the configuration says: anything after it would be tags of somebody else's making.
  if (keyLine !== undefined && init.init.protection !== undefined) yield keyLine.split(/[\r\n]/)[0] ?? '';
  const uri = `${relativeTo(folder, representation.initialization)}?v=${init.version}`;
  yield `#EXT-X-MAP:URI=${quoted(uri)}`;
}

/** When the media of segment `number` begins: what its encoder's clock said, since numbers come from it. */
function startsAtMs({ schedule }: LiveEvent, number: number): number {
  return dueMs(schedule, number - 1) - schedule.delayMs;
}

/** Milliseconds where they are exact, else microseconds: 7200 entries then differ from the media by less than 4 ms. */
function decimalSeconds(seconds: number): string {
  const milliseconds = seconds.toFixed(3);
  return Math.abs(Number(milliseconds) - seconds) < 1e-9 ? milliseconds : seconds.toFixed(6);
}

/** Playlists lie in a folder named after their representation; templates may put segments elsewhere. */
function relativeTo(folder: string, path: string): string {
  return path.startsWith(folder) ? path.slice(folder.length) : `../${path}`;
}
