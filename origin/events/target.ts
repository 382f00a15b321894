import type { LiveEvent, Representation } from './live-event';
import { MASTER_PLAYLIST_NAME, MEDIA_PLAYLIST_NAME, MPD_NAME } from './manifest-names';
import { readNumber, readTime } from './template';
import { numberAtTime } from '../schedule/media-time';

/** What a path below an event names. */
export type Target =
  | { readonly kind: 'segment'; readonly representation: Representation; readonly number: number }
  | { readonly kind: 'init'; readonly representation: Representation }
  /** Has a segment's form and is none: leading zeros, a number too great, a time off the grid. */
  | { readonly kind: 'not-canonical'; readonly wanted: string }
  | { readonly kind: 'mpd' }
  | { readonly kind: 'master-playlist' }
  | { readonly kind: 'media-playlist'; readonly representation: Representation }
  /** A packager's own manifest or a passthrough object. */
  | { readonly kind: 'document'; readonly path: string };

/** Also a name by a time whose ticks nobody can count yet: the timescale is the init's to say. */
export type PutTarget = Target | { readonly kind: 'init-needed' };

/** What a GET of `path` (relative to the event) asks for; undefined when nothing has that name. */
export function targetOfGet(event: LiveEvent, path: string): Target | undefined {
  if (path === MPD_NAME) return { kind: 'mpd' };
  if (path === MASTER_PLAYLIST_NAME) return { kind: 'master-playlist' };
  const media = segmentOrInit(event, path);
  if (media !== undefined) return media;
  const playlist = playlistOf(event, path);
  if (playlist !== undefined) return { kind: 'media-playlist', representation: playlist };
  if (/^packager\/[^/]+\/[^/]+$/.test(path) || isPassthrough(event, path)) return { kind: 'document', path };
  return undefined;
}

/**
 * What a PUT of `path` stores. As for GET, and `$Time$` names where `ingestMedia` allows them; a packager's manifest
 * of any name is kept apart from ours, at `packager/{pipeline}/{name}`.
 */
export function targetOfPut(event: LiveEvent, path: string, pipeline: string): PutTarget | undefined {
  const media = segmentOrInit(event, path) ?? segmentByTime(event, path);
  if (media !== undefined) return media;
  if (/\.(mpd|m3u8)$/.test(path))
    return { kind: 'document', path: `packager/${pipeline}/${path.replaceAll('/', '_')}` };
  return isPassthrough(event, path) ? { kind: 'document', path } : undefined;
}

function segmentOrInit(event: LiveEvent, path: string): Target | undefined {
  for (const representation of event.representations.values()) {
    if (representation.initialization === path) return { kind: 'init', representation };
    const number = readNumber(representation.media, path);
    if (number === 'not-canonical')
      return {
        kind: 'not-canonical',
        wanted: 'a number without leading zeros beyond the width of the template',
      };
    if (number !== undefined) return { kind: 'segment', representation, number };
  }
  return undefined;
}

function segmentByTime(event: LiveEvent, path: string): PutTarget | undefined {
  for (const representation of event.representations.values()) {
    const ticks = representation.ingestMedia && readTime(representation.ingestMedia, path);
    if (ticks === undefined) continue;
    const timescale = representation.inits[0]?.init.timescale ?? representation.configuration.timescale;
    if (timescale === undefined) return { kind: 'init-needed' };
    const number = numberAtTime(event, representation, ticks, timescale);
    if (number === undefined)
      return { kind: 'not-canonical', wanted: "a time within an eighth of a segment of the event's grid" };
    return { kind: 'segment', representation, number };
  }
  return undefined;
}

function playlistOf(event: LiveEvent, path: string): Representation | undefined {
  if (!path.endsWith(`/${MEDIA_PLAYLIST_NAME}`)) return undefined;
  return event.representations.get(path.slice(0, -MEDIA_PLAYLIST_NAME.length - 1));
}

function isPassthrough(event: LiveEvent, path: string): boolean {
  const parts = path.split('/');
  return event.configuration.passthrough.some((pattern) => {
    const wanted = pattern.split('/');
    return wanted.length === parts.length && wanted.every((part, index) => matches(part, parts[index] ?? ''));
  });
}

/** `*` stands for any run of characters within one name. Linear: no backtracking for a client to exploit. */
function matches(pattern: string, name: string): boolean {
  const pieces = pattern.split('*');
  const [first = '', ...rest] = pieces;
  const last = rest.pop();
  if (last === undefined) return pattern === name;
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length)
    return false;
  let at = first.length;
  for (const piece of rest) {
    const found = name.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return at <= name.length - last.length;
}
