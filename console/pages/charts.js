// @ts-check
import uPlot from './vendor/uplot.js';
import { element, setText } from './dom.js';
import { readPalette } from './palette.js';

/** @typedef {{ label: string, colour: string, dash?: number[], fill?: boolean }} Series */

const HEIGHT = 104;
/** Points that the scale is made for; older ones may leave at the top. */
const SCALED = 45;
/** What is shown at least: with its first points a chart does not run. */
const SPAN_SECONDS = 60;
const COMPACT = new Intl.NumberFormat('en', { notation: 'compact' });

/** A small line chart with its newest values as text: who cannot see the lines reads those. */
export class SmallChart {
  #root;
  #unit;
  #title;
  #legend = element('ul', { class: 'chart-legend' });
  #plot = element('div', { class: 'chart-plot', role: 'img', 'aria-label': 'No measures yet' });
  /** @type {uPlot | undefined} */
  #chart;
  #seriesKey = '';
  /** @type {uPlot.AlignedData} */
  #data = [[]];
  /** @type {readonly Series[]} */
  #series = [];

  /** @param {HTMLElement} root @param {{ title: string, unit: string, about: string }} options */
  constructor(root, { title, unit, about }) {
    this.#root = root;
    this.#unit = unit;
    this.#title = title;
    root.replaceChildren(
      element('figcaption', {}, [element('h2', {}, [title]), element('span', {}, [about])]),
      this.#plot,
      this.#legend,
    );
    new ResizeObserver(() => {
      if (this.#plot.clientWidth > 0) this.#chart?.setSize({ width: this.#plot.clientWidth, height: HEIGHT });
    }).observe(root);
    document.addEventListener('themechange', () => {
      this.#seriesKey = '';
      this.show(this.#series, this.#data);
    });
  }

  /** @param {readonly Series[]} series @param {uPlot.AlignedData} data seconds, then a row for each series */
  show(series, data) {
    this.#series = series;
    this.#data = data;
    const key = JSON.stringify(series);
    if (key !== this.#seriesKey && this.#plot.clientWidth > 0) this.#make(series, key);
    this.#chart?.setData(data);
    const values = series.map(({ label }, index) => ({ label, text: this.#newest(data[index + 1]) }));
    this.#plot.setAttribute(
      'aria-label',
      `${this.#title}: ${values.map(({ label, text }) => `${label} ${text}`).join(', ')}`,
    );
    for (const [index, { text }] of values.entries()) {
      const place = this.#legend.children[index]?.querySelector('b');
      if (place) setText(place, text);
    }
  }

  /** @param {ArrayLike<number | null | undefined> | undefined} values */
  #newest(values) {
    const known = Array.from(values ?? []).filter((value) => typeof value === 'number');
    const value = known.at(-1);
    if (value === undefined) return '–';
    return `${value >= 100 ? Math.round(value) : Number(value.toPrecision(2))} ${this.#unit}`;
  }

  /** @param {readonly Series[]} series @param {string} key */
  #make(series, key) {
    this.#seriesKey = key;
    this.#chart?.destroy();
    const { quiet, edge } = readPalette();
    const axis = {
      ...{ stroke: quiet, font: '11px system-ui, sans-serif', gap: 4 },
      grid: { stroke: edge, width: 1 },
      ticks: { show: false },
    };
    this.#chart = new uPlot(
      {
        ...{ width: this.#plot.clientWidth, height: HEIGHT, padding: [8, 28, 0, 0] },
        ...{ legend: { show: false }, cursor: { show: false } },
        scales: {
          x: { range: (_, from, to) => [Math.min(from, to - SPAN_SECONDS), to] },
          y: { range: () => [0, ceilingOf(this.#data)] },
        },
        axes: [
          { ...axis, space: 70, size: 22, values: (_, splits) => splits.map(minuteText) },
          { ...axis, size: 40, space: 28, values: (_, splits) => splits.map(amountText) },
        ],
        series: [
          {},
          ...series.map(({ label, colour, dash, fill }) => ({
            ...{ label, stroke: colour, width: 1.75, points: { show: false }, spanGaps: false },
            ...(dash && { dash }),
            ...(fill === true && { fill: `color-mix(in srgb, ${colour} 14%, transparent)` }),
          })),
        ],
      },
      this.#data,
      this.#plot,
    );
    this.#legend.replaceChildren(
      ...series.map(({ label, colour, dash }) => {
        const sign = element('span', { class: dash ? 'line-sign dashed' : 'line-sign' });
        sign.style.borderColor = colour;
        return element('li', {}, [sign, `${label} `, element('b')]);
      }),
    );
    this.#root.classList.add('is-drawn');
  }
}

/**
 * A little above the newest values: what a restarted packager brought along long ago must not flatten them.
 * @param {uPlot.AlignedData} data
 */
function ceilingOf([, ...rows]) {
  const newest = rows.flatMap((row) => Array.from(row).slice(-SCALED));
  const greatest = Math.max(0, ...newest.filter((value) => typeof value === 'number'));
  return greatest > 0 ? greatest * 1.2 : 1;
}

/** @example `20K`: there is room for four characters @param {number} amount */
function amountText(amount) {
  return amount < 1000 ? String(amount) : COMPACT.format(amount);
}

/** @param {number} seconds */
function minuteText(seconds) {
  return new Date(seconds * 1000).toISOString().slice(11, 19);
}

/**
 * Colours, and dashes for who does not see them, of a chart of requests.
 * @param {readonly string[]} labels in their order, shown or not
 */
export function requestSeries(labels) {
  const { pipelines, bad, quiet } = readPalette();
  const colours = [pipelines[0], pipelines[2], pipelines[1], pipelines[5], bad, quiet];
  const dashes = [undefined, [6, 3], [2, 3], [10, 3, 2, 3], undefined, [1, 2]];
  return labels.map((label, index) => {
    const dash = dashes[index];
    return { label, colour: colours[index] ?? quiet, ...(dash && { dash }) };
  });
}
