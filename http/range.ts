import type { ByteRange } from '../origin/ports/segment-store';
import type { HttpRequest } from './message';
import { etagOf } from './segment-headers';

/** Which bytes of an object a request wants, once its validator and size are known. */
export type Wanted =
  | { readonly kind: 'all'; readonly range?: undefined }
  | { readonly kind: 'part'; readonly range: ByteRange }
  /** Nothing to read: HEAD, a client that has it already, or a range outside. */
  | {
      readonly kind: 'none';
      readonly why: 'head' | 'not-modified' | 'unsatisfiable';
      readonly range?: undefined;
    };

export type WantedOf = (digest: string, size: number) => Wanted;

/** For objects of ours, whose validator is their digest. */
export function wantedOf(request: HttpRequest): WantedOf {
  const wanted = wantedByEtag(request);
  return (digest, size) => wanted(etagOf(digest), size);
}

/**
 * Evaluates preconditions and ranges in the order of RFC 9110, 13.2.2: If-None-Match, then Range under If-Range. One
 * range is honoured; several are answered with the whole, as a server may.
 */
export function wantedByEtag(request: HttpRequest): (etag: string | undefined, size: number) => Wanted {
  const { 'if-none-match': ifNoneMatch, 'if-range': ifRange, range } = request.headers;
  return (etag, size) => {
    if (ifNoneMatch !== undefined && matchesAny(ifNoneMatch, etag))
      return { kind: 'none', why: 'not-modified' };
    // Range is defined for GET alone (14.2).
    if (request.method === 'HEAD') return { kind: 'none', why: 'head' };
    const ranged = range !== undefined && (ifRange === undefined || isSame(ifRange, etag));
    const part = ranged ? parseRange(range, size) : undefined;
    if (part === 'unsatisfiable') return { kind: 'none', why: 'unsatisfiable' };
    return part === undefined ? { kind: 'all' } : { kind: 'part', range: part };
  };
}

/** If-None-Match compares weakly (RFC 9110, 13.1.2), so `W/` of a cache in between does not matter. */
function matchesAny(header: string, etag: string | undefined): boolean {
  const opaque = etag?.replace(WEAK, '');
  return header.split(',').some((one) => one.trim() === '*' || one.trim().replace(WEAK, '') === opaque);
}

/** If-Range compares strongly (13.1.5): what is weak is the same as nothing. */
function isSame(header: string, etag: string | undefined): boolean {
  return header === etag && !WEAK.test(header);
}

const WEAK = /^W\//;

/** @returns undefined where the header is to be ignored: not bytes, malformed, or several ranges. */
function parseRange(header: string, size: number): ByteRange | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/i.exec(header.trim());
  if (match === null) return undefined;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return undefined;
  if (first === '') {
    const suffix = Math.min(Number(last), size);
    return suffix === 0 ? 'unsatisfiable' : { start: size - suffix, end: size };
  }
  if (last !== '' && Number(last) < Number(first)) return undefined;
  if (Number(first) >= size) return 'unsatisfiable';
  return { start: Number(first), end: last === '' ? size : Math.min(Number(last) + 1, size) };
}
