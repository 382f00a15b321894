/** How many bytes are looked at. */
const LOOKED_AT = 400;

const STARTS: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/^\s*(<!doctype html|<html|<head|<body)/i, 'HTML'],
  [/^\s*<\?xml|^\s*<[A-Za-z]/, 'XML'],
  [/^#EXTM3U/, 'an HLS playlist'],
  [/^WEBVTT/, 'WebVTT text'],
  [/^\s*[{[]/, 'JSON'],
  [/^HTTP\/1/, 'an HTTP message'],
  [/^--[\w'()+,./:=?-]+\r\n/, 'a multipart form'],
  [/^\u001f\u008b/, 'gzip'],
  [/^ID3|^\u00ff[\u00f0-\u00ff]/, 'MPEG or AAC audio without boxes'],
  [/^\u001aE\u00df\u00a3/, 'WebM'],
  [/^\0\0(\0)?\u0001/, 'an elementary stream without boxes'],
];

const TS_PACKET = 188;
const TS_SYNC = 0x47;

/** Says what bytes that are no ISO BMFF file seem to be, so that a refused sender knows what it sent. */
export function looksLike(bytes: Uint8Array): string {
  const head = bytes.subarray(0, LOOKED_AT);
  if (head.every((byte) => byte === 0)) return 'nothing but zeros';
  if (head[0] === TS_SYNC && (head.length <= TS_PACKET || head[TS_PACKET] === TS_SYNC)) return 'MPEG-TS';
  const text = String.fromCharCode(...head);
  return STARTS.find(([pattern]) => pattern.test(text))?.[1] ?? 'no ISO BMFF box';
}
