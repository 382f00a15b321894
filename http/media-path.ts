import type { EventKey } from '../origin/candidate';
import { NAME_PATTERN } from '../origin/events/name-pattern';

/** `/live/{tenant}/{event}/{path}`: the same for PUT and GET. */
export interface MediaPath {
  readonly key: EventKey;
  /** Relative to the event. */
  readonly path: string;
}

export const MEDIA_PREFIX = '/live/';

/** Characters. Longer paths name nothing of ours. */
const PATH_LENGTH_MAX = 512;
const SEGMENT_CHARACTERS = /^[A-Za-z0-9._~-]{1,128}$/;

/**
 * Splits a media path. Every object has exactly one path: no percent-encoding, no empty names, no dot segments.
 * @returns undefined for anything else.
 */
export function parseMediaPath(path: string): MediaPath | undefined {
  if (!path.startsWith(MEDIA_PREFIX) || path.length > PATH_LENGTH_MAX) return undefined;
  const [tenant = '', event = '', ...rest] = path.slice(MEDIA_PREFIX.length).split('/');
  if (!NAME_PATTERN.test(tenant) || !NAME_PATTERN.test(event) || rest.length === 0) return undefined;
  if (!rest.every((part) => SEGMENT_CHARACTERS.test(part) && part !== '.' && part !== '..')) return undefined;
  return { key: { tenant, event }, path: rest.join('/') };
}

export function mediaPathOf(key: EventKey, path: string): string {
  return `${MEDIA_PREFIX}${key.tenant}/${key.event}/${path}`;
}
