// @ts-check

/** @param {number | undefined} seconds */
export function secondsText(seconds) {
  return seconds === undefined || !Number.isFinite(seconds) ? '–' : `${seconds.toFixed(1)} s`;
}

/**
 * What went wrong, for somebody who does not know our players' error numbers.
 * @param {unknown} error what shaka threw or told
 * @param {string} event `demo/loop`
 * @returns {string}
 */
export function troubleText(error, event) {
  if (!(error instanceof shaka.util.Error)) return `The player stopped: ${String(error)}. Trying again.`;
  const { Code, Category } = shaka.util.Error;
  if (error.code === Code.BAD_HTTP_STATUS) {
    const [uri, status] = /** @type {[string, number]} */ (error.data);
    const { pathname } = new URL(uri);
    if (status === 404) return `Nothing to play at ${event} yet. Waiting for a pipeline to publish.`;
    if (status === 410) return 'No pipeline had this part of the event. Looking further on…';
    return `The origin answered ${status} for ${pathname}. Trying again.`;
  }
  if (error.category === Category.NETWORK) return 'The origin cannot be reached. Trying again.';
  if (error.category === Category.MANIFEST)
    return `The manifest of ${event} cannot be played (Shaka ${error.code}).`;
  if (error.category === Category.DRM) return 'This event is encrypted, and this page has no keys.';
  if (error.category === Category.MEDIA)
    return `This browser cannot decode the event (Shaka ${error.code}). Trying again.`;
  return `The player stopped (Shaka ${error.code}). Trying again.`;
}

/**
 * A region in four characters for a small cell: `us-east-1` is `use1`.
 * @param {string} region
 */
export function shortRegion(region) {
  const parts = /^([a-z]{2})-([a-z])[a-z]*-(\d)$/.exec(region);
  return parts === null ? region.slice(0, 4) : `${parts[1]}${parts[2]}${parts[3]}`;
}
