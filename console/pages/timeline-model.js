// @ts-check
import { isFault, packCell, unpackCell } from './cells.js';
/** @import { Cell } from './cells.js' */

/**
 * `GET .../grid`, as far as it is read here.
 * @typedef {object} GridAnswer
 * @property {number} nowMs
 * @property {number} from
 * @property {number} to
 * @property {number} liveEdge
 * @property {number} windowStart
 * @property {number} revision
 * @property {readonly string[]} pipelines
 * @property {number} mediaEndMs of `from`
 * @property {number} segmentMs
 * @property {readonly string[]} unheard
 * @property {readonly GridRows[]} representations
 */

/**
 * @typedef {object} GridRows
 * @property {string} representation
 * @property {string} contentType
 * @property {string} selected
 * @property {readonly GridRow[]} pipelines
 */

/**
 * @typedef {object} GridRow
 * @property {string} pipeline
 * @property {string} fates
 * @property {string} masks
 * @property {Readonly<Record<string, readonly string[]>>} defects
 * @property {readonly (number | null)[]} [bytes]
 * @property {readonly (number | null)[]} [delayMs]
 */

/** @typedef {{ readonly representation: string, readonly contentType: string, readonly pipeline: string }} Row */

/** Numbers that are fetched, and forgotten, together; the control plane gives no more at once. */
export const BLOCK = 128;
/** Measures are kept of the newest numbers: what the charts show. */
const MEASURED_MAX = 300;

/** What the control plane told of an event's candidates: a byte a cell, in blocks, so that two hours fit and scroll. */
export class TimelineModel {
  /** @type {readonly string[]} */
  pipelines = [];
  /** One for each pipeline of each representation, in order. @type {readonly Row[]} */
  rows = [];
  /** Whole numbers; before the first answer there is none. */
  liveEdge = NaN;
  windowStart = NaN;
  /** Of the event; another one says that masks or the configuration changed. */
  revision = NaN;
  segmentMs = NaN;
  /** The origin's clock at the newest answer, UTC milliseconds. */
  nowMs = NaN;
  /** Regions that did not answer lately. @type {readonly string[]} */
  unheard = [];
  #anchor = { number: NaN, mediaEndMs: NaN };
  /** @type {Map<number, Uint8Array>[]} by row, by block */
  #cells = [];
  /** @type {Map<number, readonly string[]>[]} */
  #defects = [];
  /** @type {Map<number, { bytes: number, delayMs: number }>[]} */
  #measures = [];
  /** The event's revision when a block was last fetched whole. @type {Map<number, number>} */
  #loaded = new Map();

  /** @param {GridAnswer} answer */
  apply(answer) {
    this.#setRows(answer);
    // Answers may overtake each other.
    const newer = !(answer.liveEdge < this.liveEdge);
    if (newer) Object.assign(this, { liveEdge: answer.liveEdge, nowMs: answer.nowMs });
    this.windowStart = answer.windowStart;
    this.revision = answer.revision;
    this.segmentMs = answer.segmentMs;
    this.unheard = answer.unheard;
    this.#anchor = { number: answer.from, mediaEndMs: answer.mediaEndMs };
    let row = 0;
    for (const { pipelines, selected } of answer.representations)
      for (const told of pipelines) this.#setCells(row++, told, selected, answer);
    for (let block = blockOf(answer.from + BLOCK - 1); block <= blockOf(answer.to); block++)
      if (isWhole(answer, block)) this.#loaded.set(block, answer.revision);
    this.#forget();
  }

  /** @param {number} row place in `rows` @param {number} number @returns {Cell} */
  cell(row, number) {
    const packed = this.packed(row, number);
    const measured = this.#measures[row]?.get(number);
    return { ...unpackCell(packed), defects: this.#defects[row]?.get(number) ?? [], ...measured };
  }

  /** What the painter reads: no object for each of thousands of cells. @param {number} row @param {number} number */
  packed(row, number) {
    return this.#cells[row]?.get(blockOf(number))?.[number % BLOCK] ?? 0;
  }

  /** When the media of a segment ends, UTC milliseconds. @param {number} number */
  mediaEndMs(number) {
    return this.#anchor.mediaEndMs + (number - this.#anchor.number) * this.segmentMs;
  }

  /** @param {number} ms UTC @returns {number} the segment whose media has this instant */
  numberAt(ms) {
    return Math.ceil(this.#anchor.number + (ms - this.#anchor.mediaEndMs) / this.segmentMs);
  }

  /**
   * Blocks of the window that are not loaded, or were before the event changed; the newest first.
   * @param {number} from @param {number} to both included
   */
  blocksWanted(from, to) {
    const wanted = [];
    const first = blockOf(Math.max(from, this.windowStart));
    for (let block = blockOf(Math.min(to, this.liveEdge)); block >= first; block--)
      if (this.#loaded.get(block) !== this.revision) wanted.push(block);
    return wanted;
  }

  /** Blocks that shall be fetched anew, though the event is the same. @param {number} from @param {number} to both included */
  markStale(from, to) {
    for (let block = blockOf(from); block <= blockOf(to); block++) this.#loaded.delete(block);
  }

  /** The newest number up to `before` of which some pipeline has a fault. @param {number} before */
  newestFault(before) {
    for (let number = Math.min(before, this.liveEdge); number >= this.windowStart; number--)
      for (let row = 0; row < this.rows.length; row++)
        if (isFault(unpackCell(this.packed(row, number)))) return { row, number };
    return undefined;
  }

  /** The place in `rows` of the copy that viewers get of a number. @param {string} representation @param {number} number */
  selectedRow(representation, number) {
    return this.rows.findIndex(
      (row, at) => row.representation === representation && unpackCell(this.packed(at, number)).selected,
    );
  }

  /** @param {GridAnswer} answer */
  #setRows({ representations, pipelines }) {
    const rows = representations.flatMap(({ representation, contentType, pipelines: own }) =>
      own.map(({ pipeline }) => ({ representation, contentType, pipeline })),
    );
    if (JSON.stringify(rows) === JSON.stringify(this.rows)) return;
    this.rows = rows;
    this.pipelines = pipelines;
    this.#cells = rows.map(() => new Map());
    this.#defects = rows.map(() => new Map());
    this.#measures = rows.map(() => new Map());
    this.#loaded.clear();
  }

  /** @param {number} row @param {GridRow} told @param {string} selected @param {GridAnswer} answer */
  #setCells(row, told, selected, { from, pipelines }) {
    const own = String(pipelines.indexOf(told.pipeline));
    const cells = this.#cells[row] ?? new Map();
    const defects = this.#defects[row] ?? new Map();
    for (let at = 0; at < told.fates.length; at++) {
      const number = from + at;
      const block = cells.get(blockOf(number)) ?? new Uint8Array(BLOCK);
      cells.set(blockOf(number), block);
      block[number % BLOCK] = packCell(told.fates[at] ?? '', told.masks[at] ?? '', selected[at] === own);
      defects.delete(number);
      const bytes = told.bytes?.[at];
      const delayMs = told.delayMs?.[at];
      if (typeof bytes === 'number' && typeof delayMs === 'number')
        this.#measures[row]?.set(number, { bytes, delayMs });
    }
    for (const [number, names] of Object.entries(told.defects)) defects.set(Number(number), names);
  }

  /** What lies before the window is gone from the origin too. */
  #forget() {
    const first = blockOf(this.windowStart);
    for (const block of [...this.#loaded.keys()]) if (block < first) this.#loaded.delete(block);
    for (const cells of this.#cells)
      for (const block of [...cells.keys()]) if (block < first) cells.delete(block);
    for (const defects of this.#defects)
      for (const number of [...defects.keys()]) if (blockOf(number) < first) defects.delete(number);
    for (const measures of this.#measures)
      for (const number of [...measures.keys()])
        if (number < this.liveEdge - MEASURED_MAX) measures.delete(number);
  }
}

/** @param {number} number */
export function blockOf(number) {
  return Math.floor(number / BLOCK);
}

/** Up to the live edge: what follows comes with the polls. @param {GridAnswer} answer @param {number} block */
function isWhole({ from, to, liveEdge }, block) {
  return from <= block * BLOCK && Math.min(liveEdge, block * BLOCK + BLOCK - 1) <= to;
}
