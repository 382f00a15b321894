/**
 * Query parameters that make a difference to an answer, and so belong into a cache key: a client that invents others
 * must not get an entry of its own. In the dialect of edges.
 * @param name relative to the event
 * @param isInit whether it is, or may be, the name of an init segment
 */
export function knownQuery(name: string, isInit: boolean): readonly string[] {
  const playlist = '.m3u8';
  if (name.slice(-playlist.length) === playlist) return ['dvr', '_HLS_skip'];
  return isInit ? ['v'] : [];
}
