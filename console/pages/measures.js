// @ts-check
import { ratePerSecond, samplesOf } from './prometheus-text.js';
/** @import { TimelineModel } from './timeline-model.js' */

/** Numbers that a chart of the timeline shows. */
const CHARTED = 120;

/**
 * Per pipeline and number: the slowest representation's delay, and what all representations have in Mbit/s.
 * @param {TimelineModel} model
 */
export function pipelineMeasures(model) {
  const from = Math.max(model.windowStart, model.liveEdge - CHARTED + 1);
  const numbers = Array.from({ length: Math.max(0, model.liveEdge - from + 1) }, (_, index) => from + index);
  const series = model.pipelines.map((pipeline) => {
    const rows = model.rows.flatMap((row, at) => (row.pipeline === pipeline ? [at] : []));
    const told = numbers.map((number) => rows.map((row) => model.cell(row, number)));
    return {
      pipeline,
      delayMs: told.map((cells) => greatest(cells.flatMap(({ delayMs }) => delayMs ?? []))),
      megabits: told.map((cells) => {
        const bytes = cells.reduce((sum, cell) => sum + (cell.bytes ?? 0), 0);
        return bytes === 0 ? null : (bytes * 8) / (model.segmentMs * 1000);
      }),
    };
  });
  return { seconds: numbers.map((number) => model.mediaEndMs(number) / 1000), numbers, series };
}

/** @param {readonly number[]} values @returns {number | null} */
function greatest(values) {
  return values.length === 0 ? null : Math.max(...values);
}

/** How requests were answered, in the order of the chart; the others are summed. */
export const ANSWERS = /** @type {const} */ (['hit', 'collapsed', 'miss', 'guard', 'failed', 'other']);
/** @type {Readonly<Record<string, typeof ANSWERS[number]>>} */
const ANSWER_OF = {
  ...{ hit: 'hit', collapsed: 'collapsed', miss: 'miss', guard: 'guard' },
  ...{ stale: 'failed', unavailable: 'failed', overloaded: 'failed' },
};
/** Readings that the chart shows: five minutes. */
const READINGS_MAX = 150;

/** Rates of the edge's answers, from its counters. */
export class RequestRates {
  /** @type {{ seconds: number[], rates: Record<typeof ANSWERS[number], number[]> }} */
  chart = { seconds: [], rates: { hit: [], collapsed: [], miss: [], guard: [], failed: [], other: [] } };
  /** @type {{ atMs: number, counts: Record<string, number> } | undefined} */
  #former;

  /** @param {string} text of /metrics @param {number} nowMs */
  read(text, nowMs) {
    /** @type {Record<string, number>} */
    const counts = {};
    for (const { labels, value } of samplesOf(text, 'headwater_edge_answers_total')) {
      const name = ANSWER_OF[labels['how'] ?? ''] ?? 'other';
      counts[name] = (counts[name] ?? 0) + value;
    }
    const former = this.#former;
    this.#former = { atMs: nowMs, counts };
    if (former === undefined) return;
    const { seconds, rates } = this.chart;
    seconds.push(nowMs / 1000);
    for (const name of ANSWERS)
      rates[name].push(ratePerSecond(former.counts[name] ?? 0, counts[name] ?? 0, nowMs - former.atMs));
    if (seconds.length <= READINGS_MAX) return;
    seconds.shift();
    for (const name of ANSWERS) rates[name].shift();
  }
}
