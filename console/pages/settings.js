// @ts-check

/**
 * What the deployment tells its pages; see docs/console.md.
 * @typedef {object} Settings
 * @property {string} liveUrl origin of the CDN that serves /live/; empty: the page's own
 * @property {string} metricsUrl the edge's Prometheus text; empty: the deployment has none for browsers
 * @property {boolean} lab true where faults can be made by button
 */

/** @returns {Promise<Settings>} @throws where the page's own server cannot be reached */
export async function readSettings() {
  const answer = await fetch('settings.json', { cache: 'no-store' });
  const given = /** @type {Partial<Settings>} */ (await answer.json());
  return { liveUrl: '', metricsUrl: '', lab: false, ...given };
}
