// @ts-check
import { unpackCell } from './cells.js';
import { sizedContext } from './dom.js';
import { groupsOf } from './event-status.js';
import { COLOURS } from './grid-painter.js';
import { readPalette } from './palette.js';
/** @import { TimelineModel } from './timeline-model.js' */
/** @import { TimelineGrid } from './timeline-grid.js' */

/**
 * What a run of numbers was, the worst first: `lost`, viewers had nothing; `defective`, they had a defective copy; `fault`,
 * a pipeline's copy was missed that nobody needed.
 * @typedef {'lost' | 'defective' | 'fault' | 'well' | 'unknown'} Worst
 */

/** @type {readonly Worst[]} */
const RANKED = ['lost', 'defective', 'fault', 'well', 'unknown'];

/**
 * The window in as many runs as there are pixels.
 * @param {TimelineModel} model @param {number} count
 * @returns {{ worst: Worst, pipeline: number }[]} pipeline: the place of who served last in the run; -1 for nobody
 */
export function overviewOf(model, count) {
  const groups = groupsOf(model);
  const numbers = model.liveEdge - model.windowStart + 1;
  return Array.from({ length: Math.max(0, count) }, (_, at) => {
    const from = model.windowStart + Math.floor((at * numbers) / count);
    const to = Math.max(from, model.windowStart + Math.floor(((at + 1) * numbers) / count) - 1);
    /** @type {{ worst: Worst, pipeline: number }} */
    const run = { worst: 'unknown', pipeline: -1 };
    for (let number = from; number <= to; number++)
      for (const { places } of groups) {
        const { worst, row } = numberOf(model, places, number);
        if (RANKED.indexOf(worst) < RANKED.indexOf(run.worst)) run.worst = worst;
        if (row !== -1) run.pipeline = model.pipelines.indexOf(model.rows[row]?.pipeline ?? '');
      }
    return run;
  });
}

/** @param {TimelineModel} model @param {readonly number[]} places rows of a representation @param {number} number */
function numberOf(model, places, number) {
  let row = -1;
  let missing = 0;
  let faults = 0;
  let waiting = 0;
  let defective = false;
  for (const place of places) {
    const { fate, selected } = unpackCell(model.packed(place, number));
    if (selected) row = place;
    if (selected && fate === 'defective') defective = true;
    if (fate === 'missing') missing++;
    if (fate === 'missing' || fate === 'defective' || fate === 'late') faults++;
    if (fate === 'unknown' || fate === 'pending') waiting++;
  }
  /** @type {Worst} */
  const worst =
    row === -1 && missing > 0 && waiting === 0
      ? 'lost'
      : defective
        ? 'defective'
        : faults > 0
          ? 'fault'
          : waiting === places.length || row === -1
            ? 'unknown'
            : 'well';
  return { worst, row };
}

/** CSS pixels: of the band that says who served, and of one run. */
const BAND_HEIGHT = 6;
const RUN_WIDTH = 3;

/** The whole window above the timeline. A click, or a drag, goes there. */
export class Overview {
  #canvas;
  #model;
  #grid;

  /** @param {HTMLCanvasElement} canvas @param {TimelineModel} model @param {TimelineGrid} grid */
  constructor(canvas, model, grid) {
    this.#canvas = canvas;
    this.#model = model;
    this.#grid = grid;
    canvas.addEventListener('pointerdown', (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.#goTo(event);
    });
    canvas.addEventListener('pointermove', (event) => {
      if (canvas.hasPointerCapture(event.pointerId)) this.#goTo(event);
    });
  }

  /** @param {PointerEvent} event */
  #goTo({ clientX }) {
    const { left, width } = this.#canvas.getBoundingClientRect();
    const { windowStart, liveEdge } = this.#model;
    this.#grid.scrollTo(windowStart + ((clientX - left) / width) * (liveEdge - windowStart));
  }

  draw() {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    if (this.#model.rows.length === 0) return;
    const context = sizedContext(this.#canvas, { width, height });
    if (context === undefined) return;
    context.clearRect(0, 0, width, height);
    const palette = readPalette();
    const runs = overviewOf(this.#model, Math.floor(width / RUN_WIDTH));
    const band = height - BAND_HEIGHT;
    context.fillStyle = palette.faint;
    context.fillRect(0, band, width, BAND_HEIGHT);
    for (const [at, { worst, pipeline }] of runs.entries()) {
      const x = (at * width) / runs.length;
      const run = width / runs.length;
      if (pipeline !== -1) {
        context.fillStyle = palette.pipelines[pipeline % COLOURS] ?? palette.ink;
        context.fillRect(x, band, run + 0.5, BAND_HEIGHT);
      }
      const rise = { lost: band - 2, defective: band - 8, fault: 5, well: 0, unknown: 0 }[worst];
      context.fillStyle = worst === 'fault' ? palette.quiet : palette.bad;
      if (rise > 0) context.fillRect(x, band - 2 - rise, Math.max(2, run), rise);
    }
    this.#drawView(context, { width, height, palette });
  }

  /** Where the timeline is. @param {CanvasRenderingContext2D} context @param {{ width: number, height: number, palette: ReturnType<typeof readPalette> }} about */
  #drawView(context, { width, height, palette }) {
    const { windowStart, liveEdge } = this.#model;
    const { from, to } = this.#grid.inView();
    const perNumber = width / (liveEdge - windowStart + 1);
    const left = Math.max(1, (from - windowStart) * perNumber);
    const right = Math.min(width - 1, (Math.min(to, liveEdge) + 1 - windowStart) * perNumber);
    context.strokeStyle = palette.ink;
    context.lineWidth = 1.5;
    context.beginPath();
    context.roundRect(left, 1, Math.max(4, right - left), height - 2, 4);
    context.stroke();
  }
}
