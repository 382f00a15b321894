// @ts-check
/** @import Shaka from 'shaka-player/dist/shaka-player.compiled' */

/**
 * Reads a structured-field dictionary of strings and integers (RFC 9651, 3.2), which is all that our headers hold.
 * @param {string | undefined} header
 * @returns {Record<string, string>}
 */
export function parseDictionary(header) {
  const members = (header ?? '').matchAll(/([a-z*][a-z0-9_.*-]*)=(?:"((?:[^"\\]|\\.)*)"|([^,;\s]+))/g);
  return Object.fromEntries(
    [...members].map(([, key, text, bare]) => [key, text?.replace(/\\(.)/g, '$1') ?? bare]),
  );
}

/**
 * What the answer to a media segment says of it.
 * @param {Shaka.extern.Response} response
 * @param {Shaka.extern.RequestContext} context
 * @returns {import('./player-state.js').SegmentRecord | undefined} undefined for anything but media
 */
export function segmentRecord(response, context) {
  const { segment, stream } = context;
  if (context.type !== shaka.net.NetworkingEngine.AdvancedRequestType.MEDIA_SEGMENT) return undefined;
  if (segment === undefined || segment === null || stream === undefined) return undefined;
  const candidate = parseDictionary(response.headers['headwater-candidate']);
  const cmsd = parseDictionary(response.headers['cmsd-static']);
  const path = new URL(response.uri).pathname;
  const number = Number(candidate['number'] ?? /(\d+)[^/\d]*$/.exec(path)?.[1] ?? 0);
  return {
    representation: representationOf(path, number),
    kind: stream.type === 'video' || stream.type === 'audio' ? stream.type : 'text',
    number,
    pipeline: candidate['pipeline'] ?? '?',
    replica: candidate['replica'] ?? '',
    served: candidate['served'] ?? '',
    publishedAtMs: cmsd['at'] === undefined ? undefined : Number(cmsd['at']),
    heldMs: Number(cmsd['ht'] ?? 0),
    defects: response.headers['headwater-defects'] ?? '',
    start: segment.getStartTime(),
    end: segment.getEndTime(),
  };
}

/**
 * `/live/demo/loop/v720/897686373.m4s` is of `v720`: what is left of the path below the event without its number.
 * @param {string} path
 * @param {number} number
 */
function representationOf(path, number) {
  const below = path.split('/').slice(4).join('/');
  const [before = below] = below.split(String(number));
  return before.replace(/[/_.-]*0*$/, '') || below;
}
