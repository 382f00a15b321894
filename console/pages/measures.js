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
/** What was asked for. */
export const CLASSES = /** @type {const} */ (['live', 'dvr', 'manifest', 'init', 'other']);
/** Readings that a chart shows: five minutes. */
const READINGS_MAX = 150;

/** @param {Record<string, string>} labels */
export function answerOf({ outcome }) {
  return ANSWER_OF[outcome ?? ''] ?? 'other';
}

/** @param {Record<string, string>} labels */
export function classOf({ class: named }) {
  return CLASSES.find((name) => name === named) ?? 'other';
}

/**
 * Rates of the edge's answers, from its counters.
 * @template {string} Name
 */
export class RequestRates {
  #names;
  #nameOf;
  /** @type {{ seconds: number[], rates: Map<Name, number[]> }} */
  chart;
  /** @type {{ atMs: number, counts: Map<Name, number> } | undefined} */
  #former;

  /** @param {readonly Name[]} names @param {(labels: Record<string, string>) => Name} nameOf */
  constructor(names, nameOf) {
    this.#names = names;
    this.#nameOf = nameOf;
    this.chart = { seconds: [], rates: new Map(names.map((name) => [name, []])) };
  }

  /** @param {string} text of /metrics @param {number} nowMs */
  read(text, nowMs) {
    /** @type {Map<Name, number>} */
    const counts = new Map();
    for (const { labels, value } of samplesOf(text, 'headwater_edge_answers_total')) {
      const name = this.#nameOf(labels);
      counts.set(name, (counts.get(name) ?? 0) + value);
    }
    const former = this.#former;
    this.#former = { atMs: nowMs, counts };
    if (former === undefined) return;
    const { seconds, rates } = this.chart;
    seconds.push(nowMs / 1000);
    for (const [name, values] of rates)
      values.push(ratePerSecond(former.counts.get(name) ?? 0, counts.get(name) ?? 0, nowMs - former.atMs));
    if (seconds.length <= READINGS_MAX) return;
    seconds.shift();
    for (const values of rates.values()) values.shift();
  }

  /** Seconds, then a row for each name that was ever met, in their order. */
  shown() {
    const { seconds, rates } = this.chart;
    const names = this.#names.filter((name) => rates.get(name)?.some((rate) => rate > 0));
    return { names, rows: [seconds, ...names.map((name) => rates.get(name) ?? [])] };
  }
}
