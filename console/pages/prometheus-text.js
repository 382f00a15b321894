// @ts-check

/** Lines that are read; an edge's page has some hundreds. */
const LINES_MAX = 5000;

/**
 * Counters of a Prometheus page (text format 0.0.4) by name.
 * @param {string} text
 * @param {string} name
 * @returns {{ labels: Record<string, string>, value: number }[]}
 */
export function samplesOf(text, name) {
  return text
    .split('\n', LINES_MAX)
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .map((line) => {
      const labels = line.slice(name.length).matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g);
      return {
        labels: Object.fromEntries([...labels].map(([, key, value]) => [key, value])),
        value: Number(/ ([^ ]+)$/.exec(line)?.[1]),
      };
    })
    .filter(({ value }) => Number.isFinite(value));
}

/**
 * Per second, between two readings; a counter that fell began anew.
 * @param {number} before @param {number} after @param {number} elapsedMs
 */
export function ratePerSecond(before, after, elapsedMs) {
  if (!(elapsedMs > 0)) return 0;
  return Math.max(0, after < before ? after : after - before) / (elapsedMs / 1000);
}
