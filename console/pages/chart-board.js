// @ts-check
import { SmallChart, requestSeries } from './charts.js';
import { byId } from './dom.js';
import { ANSWERS, CLASSES, RequestRates, answerOf, classOf, pipelineMeasures } from './measures.js';
import { readPalette } from './palette.js';
/** @import { EdgeProbe } from './edge-probe.js' */
/** @import { TimelineModel } from './timeline-model.js' */

const METRICS_MS = 2000;

/** The charts below the timeline: what pipelines bring, and what viewers ask for. */
export class ChartBoard {
  #model;
  #probe;
  #metricsUrl;
  #answers = new RequestRates(ANSWERS, answerOf);
  #classes = new RequestRates(CLASSES, classOf);
  #delayChart = new SmallChart(byId('chart-delay'), {
    ...{ title: 'Delay', unit: 'ms', about: 'after the media ended' },
  });
  #rateChart = new SmallChart(byId('chart-rate'), {
    ...{ title: 'Received', unit: 'Mbit/s', about: 'all representations' },
  });
  #requestChart = new SmallChart(byId('chart-requests'), {
    ...{ title: 'Requests', unit: '/s', about: 'how the edge answered' },
  });
  #classChart = new SmallChart(byId('chart-classes'), {
    ...{ title: 'Asked for', unit: '/s', about: 'requests by class' },
  });

  /** @param {TimelineModel} model @param {EdgeProbe} probe @param {string} metricsUrl of the edge; empty where there is none */
  constructor(model, probe, metricsUrl) {
    this.#model = model;
    this.#probe = probe;
    this.#metricsUrl = metricsUrl;
    for (const id of ['chart-requests', 'chart-classes']) byId(id).hidden = metricsUrl === '';
  }

  start() {
    if (this.#metricsUrl !== '') setInterval(() => void this.#readMetrics(), METRICS_MS);
  }

  showMeasures() {
    const { seconds, numbers, series } = pipelineMeasures(this.#model);
    if (numbers.length === 0) return;
    const palette = readPalette();
    const lines = series.map(({ pipeline }, index) => ({
      label: `${pipeline} at the origin`,
      colour: palette.pipelines[index % palette.pipelines.length] ?? palette.ink,
    }));
    const edge = numbers.map((number) => this.#probe.delays.get(number) ?? null);
    this.#delayChart.show(
      [...lines, { label: 'at the edge', colour: palette.ink, dash: [4, 3] }],
      [seconds, ...series.map(({ delayMs }) => delayMs), edge],
    );
    this.#rateChart.show(
      lines.map((line, index) => ({ ...line, label: series[index]?.pipeline ?? '' })),
      [seconds, ...series.map(({ megabits }) => megabits)],
    );
  }

  async #readMetrics() {
    if (document.hidden) return;
    try {
      const answer = await fetch(this.#metricsUrl, { cache: 'no-store' });
      const text = await answer.text();
      const nowMs = Date.now();
      this.#answers.read(text, nowMs);
      this.#classes.read(text, nowMs);
      showRequests(this.#requestChart, this.#answers.shown(), ANSWERS);
      showRequests(this.#classChart, this.#classes.shown(), CLASSES);
    } catch {
      // The status says that nothing answers; a chart with a gap says the same.
    }
  }
}

/**
 * @param {SmallChart} chart
 * @param {{ names: readonly string[], rows: number[][] }} shown
 * @param {readonly string[]} all
 */
function showRequests(chart, { names, rows }, all) {
  // uPlot's type wants the first row by itself.
  const [seconds = [], ...rates] = rows;
  // One reading is no line yet.
  if (seconds.length < 2) return;
  chart.show(
    requestSeries(all).filter(({ label }) => names.includes(label)),
    [seconds, ...rates],
  );
}
