// @ts-check
import { element } from './dom.js';
import { colourOf, marksOf } from './pipeline-chip.js';
import { shortRegion } from './words.js';

/** Columns: the newest numbers that any representation has. CSS shows as many as the window is wide. */
const COLUMNS = 30;

/** @typedef {import('./player-state.js').SegmentRecord} SegmentRecord */

/** Rows are representations, columns are segment numbers: a failover is a column where the letter changes. */
export class SegmentGrid {
  /** @type {string[]} */
  #pipelines = [];
  #table;
  #legend;

  /**
   * @param {HTMLTableElement} table
   * @param {HTMLElement} legend
   */
  constructor(table, legend) {
    this.#table = table;
    this.#legend = legend;
  }

  /** Mark and colour class of a pipeline: the same in cells, chips and the log. @param {string} pipeline */
  chipOf(pipeline) {
    if (!this.#pipelines.includes(pipeline)) {
      this.#pipelines.push(pipeline);
      this.#pipelines.sort();
    }
    return {
      mark: marksOf(this.#pipelines).get(pipeline) ?? '',
      colour: colourOf(pipeline, this.#pipelines),
    };
  }

  /**
   * @param {readonly SegmentRecord[]} segments
   * @param {ReadonlySet<SegmentRecord | undefined>} playing
   */
  draw(segments, playing) {
    if (segments.length === 0) return;
    for (const { pipeline } of segments) this.chipOf(pipeline);
    const newest = Math.max(...segments.map(({ number }) => number));
    const numbers = Array.from({ length: COLUMNS }, (_, index) => newest - COLUMNS + 1 + index);
    const order = { video: 0, audio: 1, text: 2 };
    const rows = [...new Map(segments.map(({ representation, kind }) => [representation, kind]))].sort(
      ([left, kind], [right, other]) =>
        order[kind] - order[other] || right.localeCompare(left, 'en', { numeric: true }),
    );
    const byPlace = new Map(
      segments.map((segment) => [`${segment.representation}/${segment.number}`, segment]),
    );
    this.#table.tHead?.replaceChildren(headRow(numbers, new Set([...playing].map((one) => one?.number))));
    this.#table.tBodies[0]?.replaceChildren(
      ...rows.map(([representation]) => {
        const row = element('tr', {}, [element('th', { scope: 'row' }, [representation])]);
        for (const number of numbers)
          row.append(this.#cell(byPlace.get(`${representation}/${number}`), playing));
        return row;
      }),
    );
    this.#drawLegend(segments);
  }

  /**
   * @param {SegmentRecord | undefined} segment
   * @param {ReadonlySet<SegmentRecord | undefined>} playing
   */
  #cell(segment, playing) {
    if (segment === undefined) return element('td', {}, [element('span', { class: 'cell empty' })]);
    const { pipeline, replica, number, heldMs, defects } = segment;
    const { mark, colour } = this.chipOf(pipeline);
    const classes = ['cell', colour];
    if (playing.has(segment)) classes.push('playing');
    if (defects !== '') classes.push('defective');
    const title = [
      `Segment ${number}: pipeline ${pipeline}`,
      replica === '' ? '' : `, bytes from ${replica}`,
      heldMs > 0 ? `, held ${heldMs} ms for its publication` : '',
      defects === '' ? '' : `, with ${defects}`,
    ].join('');
    const cell = element('span', { class: classes.join(' '), title }, [
      element('b', {}, [mark]),
      element('small', {}, [shortRegion(replica)]),
    ]);
    return element('td', {}, [cell]);
  }

  /** @param {readonly SegmentRecord[]} segments */
  #drawLegend(segments) {
    const regions = [...new Set(segments.map(({ replica }) => replica))].filter((name) => name !== '').sort();
    const entries = [
      ...this.#pipelines.map((pipeline) => {
        const { mark, colour } = this.chipOf(pipeline);
        return [element('span', { class: `chip ${colour}` }, [mark]), `pipeline ${pipeline}`];
      }),
      ...regions.map((region) => [element('small', { class: 'region' }, [shortRegion(region)]), region]),
    ];
    this.#legend.replaceChildren(...entries.map((content) => element('li', {}, content)));
  }
}

/**
 * @param {readonly number[]} numbers
 * @param {ReadonlySet<number | undefined>} playing
 */
function headRow(numbers, playing) {
  const cells = numbers.map((number) => {
    const text = playing.has(number) ? '▾' : number % 5 === 0 ? `…${String(number).slice(-4)}` : '';
    return element('th', { scope: 'col', 'aria-label': `Segment ${number}` }, [element('span', {}, [text])]);
  });
  return element('tr', {}, [element('td', {}), ...cells]);
}
