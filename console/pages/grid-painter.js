// @ts-check
import { unpackCell } from './cells.js';
import { CELL_WIDTH, ROW_HEIGHT, RULER_HEIGHT, rulerStepMs } from './grid-geometry.js';
/** @import { Cell } from './cells.js' */
/** @import { GridGeometry } from './grid-geometry.js' */
/** @import { TimelineModel } from './timeline-model.js' */

/**
 * @typedef {object} Scene
 * @property {TimelineModel} model
 * @property {GridGeometry} geometry
 * @property {{ left: number, top: number, width: number, height: number }} window
 * @property {{ from: number, to: number, fromRow: number, toRow: number } | undefined} range that the operator marked
 * @property {number | undefined} onScreen the number that the player shows
 */

/** @typedef {Readonly<Record<'ink' | 'quiet' | 'edge' | 'faint' | 'panel' | 'bad' | 'badGround' | 'accent' | 'onPipeline' | 'live', string>> & { readonly pipelines: readonly string[] }} Palette */

/** Pipelines have a colour by their place in the configuration; theme.css knows as many. */
export const COLOURS = 6;
/** Within its row, so that rows stay apart. */
const CELL_HEIGHT = ROW_HEIGHT - 4;
/** A copy that is there and not needed: a thin line beside the broad one of what viewers get. */
const STANDBY_HEIGHT = 4;
const FONT = '600 11px system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif';
const RULER_FONT = '500 11px system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif';

/**
 * Draws what is seen of the grid, and nothing else.
 * @param {CanvasRenderingContext2D} context scaled to CSS pixels
 * @param {Scene} scene
 * @param {Palette} palette
 * @returns {number} cells drawn
 */
export function paintGrid(context, scene, palette) {
  const { model, geometry, window } = scene;
  const seen = geometry.visible(window);
  context.clearRect(0, 0, window.width, window.height);
  paintRange(context, scene, palette);
  paintEdge(context, scene, palette);
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  let drawn = 0;
  for (let row = seen.fromRow; row <= seen.toRow; row++) {
    const y = geometry.yOf(row) - window.top;
    const pipeline = model.pipelines.indexOf(model.rows[row]?.pipeline ?? '');
    const colour = palette.pipelines[pipeline % COLOURS] ?? palette.ink;
    for (let number = seen.fromNumber; number <= seen.toNumber; number++) {
      const x = geometry.xOf(number) - window.left;
      paintCell(context, unpackCell(model.packed(row, number)), { x, y, colour }, palette);
      drawn++;
    }
  }
  paintSwitches(context, scene, palette, seen);
  paintRuler(context, scene, palette, seen);
  return drawn;
}

/**
 * One cell; the legend is painted by it too.
 * @param {CanvasRenderingContext2D} context
 * @param {Pick<Cell, 'fate' | 'selected' | 'mask'>} cell
 * @param {{ x: number, y: number, colour: string }} place
 * @param {Palette} palette
 */
export function paintCell(context, { fate, selected, mask }, { x, y, colour }, palette) {
  const top = y + (ROW_HEIGHT - CELL_HEIGHT) / 2;
  const middle = y + ROW_HEIGHT / 2;
  if (mask !== '' && !selected) paintHatch(context, x, top, palette);
  if (selected) {
    context.fillStyle = fate === 'defective' ? palette.bad : colour;
    context.fillRect(x, top, CELL_WIDTH - 1, CELL_HEIGHT);
  } else if (fate === 'good' || fate === 'late') {
    context.fillStyle = colour;
    context.fillRect(x, middle - STANDBY_HEIGHT / 2, CELL_WIDTH - 1, STANDBY_HEIGHT);
  }
  if (fate === 'defective' && !selected) {
    context.fillStyle = palette.badGround;
    context.strokeStyle = palette.bad;
    context.lineWidth = 1.5;
    context.fillRect(x + 1, top, CELL_WIDTH - 3, CELL_HEIGHT);
    context.strokeRect(x + 1.75, top + 0.75, CELL_WIDTH - 4.5, CELL_HEIGHT - 1.5);
  }
  if (fate === 'missing') paintCross(context, x + (CELL_WIDTH - 1) / 2, middle, palette.bad);
  if (fate === 'pending') paintDot(context, x + (CELL_WIDTH - 1) / 2, middle, palette.quiet);
  const letter = fate === 'defective' ? '!' : fate === 'late' ? 'L' : '';
  if (letter !== '') paintLetter(context, letter, x, middle, { fate, selected, palette });
  if (mask !== '' && selected) paintSlash(context, x, top, palette.onPipeline);
}

/**
 * @param {CanvasRenderingContext2D} context @param {string} letter @param {number} x @param {number} middle
 * @param {{ fate: string, selected: boolean, palette: Palette }} about
 */
function paintLetter(context, letter, x, middle, { fate, selected, palette }) {
  context.font = FONT;
  const centre = x + (CELL_WIDTH - 1) / 2;
  if (fate === 'late' && !selected) {
    context.fillStyle = palette.panel;
    context.fillRect(centre - 5.5, middle - 7, 11, 14);
  }
  context.fillStyle = selected ? palette.onPipeline : fate === 'defective' ? palette.bad : palette.ink;
  context.fillText(letter, centre, middle + 0.5);
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {string} colour */
function paintCross(context, x, y, colour) {
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.lineCap = 'round';
  context.beginPath();
  context.moveTo(x - 4, y - 4);
  context.lineTo(x + 4, y + 4);
  context.moveTo(x + 4, y - 4);
  context.lineTo(x - 4, y + 4);
  context.stroke();
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {string} colour */
function paintDot(context, x, y, colour) {
  context.fillStyle = colour;
  context.beginPath();
  context.arc(x, y, 1.5, 0, 2 * Math.PI);
  context.fill();
}

/**
 * What is masked lies behind a fence that goes on from cell to cell.
 * @param {CanvasRenderingContext2D} context @param {number} x @param {number} top @param {Palette} palette
 */
function paintHatch(context, x, top, palette) {
  context.fillStyle = palette.faint;
  context.fillRect(x, top, CELL_WIDTH, CELL_HEIGHT);
  context.strokeStyle = palette.quiet;
  context.lineWidth = 1;
  context.lineCap = 'butt';
  context.globalAlpha = 0.55;
  context.beginPath();
  context.moveTo(x, top + CELL_HEIGHT);
  context.lineTo(x + CELL_WIDTH, top);
  context.moveTo(x, top + CELL_HEIGHT / 2);
  context.lineTo(x + CELL_WIDTH / 2, top);
  context.moveTo(x + CELL_WIDTH / 2, top + CELL_HEIGHT);
  context.lineTo(x + CELL_WIDTH, top + CELL_HEIGHT / 2);
  context.stroke();
  context.globalAlpha = 1;
}

/**
 * Masked by rule and served all the same: nothing better was there.
 * @param {CanvasRenderingContext2D} context @param {number} x @param {number} top @param {string} colour
 */
function paintSlash(context, x, top, colour) {
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.lineCap = 'butt';
  context.beginPath();
  context.moveTo(x + 3, top + CELL_HEIGHT - 1);
  context.lineTo(x + CELL_WIDTH - 4, top + 1);
  context.stroke();
}

/**
 * A line from row to row where another pipeline's copy is selected from one number to the next.
 * @param {CanvasRenderingContext2D} context @param {Scene} scene @param {Palette} palette
 * @param {{ fromNumber: number, toNumber: number, fromRow: number, toRow: number }} seen
 */
function paintSwitches(context, { model, geometry, window }, palette, seen) {
  const { rowsPerGroup } = geometry;
  context.strokeStyle = palette.ink;
  context.lineWidth = 2;
  context.lineCap = 'round';
  const firstGroup = Math.floor(seen.fromRow / rowsPerGroup) * rowsPerGroup;
  for (let group = firstGroup; group <= seen.toRow; group += rowsPerGroup) {
    let former = -1;
    for (let number = seen.fromNumber - 1; number <= seen.toNumber; number++) {
      const chosen = selectedIn(model, group, rowsPerGroup, number);
      if (chosen !== -1 && former !== -1 && chosen !== former) {
        const x = geometry.xOf(number) - window.left - 0.5;
        context.beginPath();
        context.moveTo(x, middleOf(geometry, former) - window.top);
        context.lineTo(x, middleOf(geometry, chosen) - window.top);
        context.stroke();
      }
      former = chosen;
    }
  }
}

/** @param {TimelineModel} model @param {number} group @param {number} count @param {number} number */
function selectedIn(model, group, count, number) {
  for (let row = group; row < group + count; row++)
    if (unpackCell(model.packed(row, number)).selected) return row;
  return -1;
}

/** @param {GridGeometry} geometry @param {number} row */
function middleOf(geometry, row) {
  return geometry.yOf(row) + ROW_HEIGHT / 2;
}

/** @param {CanvasRenderingContext2D} context @param {Scene} scene @param {Palette} palette */
function paintRange(context, { geometry, window, range }, palette) {
  if (range === undefined) return;
  const left = geometry.xOf(range.from) - window.left;
  const right = geometry.xOf(range.to + 1) - window.left;
  const top = geometry.yOf(range.fromRow) - window.top;
  const bottom = geometry.yOf(range.toRow) + ROW_HEIGHT - window.top;
  context.fillStyle = palette.faint;
  context.fillRect(left, top, right - left - 1, bottom - top);
  context.strokeStyle = palette.accent;
  context.lineWidth = 1.5;
  context.strokeRect(left, top, right - left - 1, bottom - top);
}

/** Where the live edge ends. @param {CanvasRenderingContext2D} context @param {Scene} scene @param {Palette} palette */
function paintEdge(context, { model, geometry, window }, palette) {
  const x = geometry.xOf(model.liveEdge + 1) - window.left - 0.5;
  context.strokeStyle = palette.live;
  context.lineWidth = 1;
  context.setLineDash([3, 3]);
  context.beginPath();
  context.moveTo(x, RULER_HEIGHT - 2);
  context.lineTo(x, geometry.height - window.top);
  context.stroke();
  context.setLineDash([]);
}

/**
 * Times at round seconds; where the player is. Painted last: rows scroll below it.
 * @param {CanvasRenderingContext2D} context @param {Scene} scene @param {Palette} palette
 * @param {{ fromNumber: number, toNumber: number }} seen
 */
function paintRuler(context, { model, geometry, window, onScreen }, palette, seen) {
  context.fillStyle = palette.panel;
  context.fillRect(0, 0, window.width, RULER_HEIGHT - 2);
  context.font = RULER_FONT;
  context.textAlign = 'left';
  const stepMs = rulerStepMs(model.segmentMs);
  const beginsMs = (/** @type {number} */ number) => model.mediaEndMs(number - 1);
  for (let number = seen.fromNumber - 8; number <= seen.toNumber; number++) {
    const tickMs = Math.ceil(beginsMs(number) / stepMs) * stepMs;
    if (!(tickMs < beginsMs(number + 1))) continue;
    const x = geometry.xOf(number) - window.left;
    context.fillStyle = palette.edge;
    context.fillRect(x - 1, 4, 1, RULER_HEIGHT - 8);
    context.fillStyle = palette.quiet;
    context.fillText(new Date(tickMs).toISOString().slice(11, 19), x + 4, RULER_HEIGHT / 2);
  }
  if (onScreen === undefined) return;
  const x = geometry.xOf(onScreen) - window.left + (CELL_WIDTH - 1) / 2;
  context.fillStyle = palette.ink;
  context.beginPath();
  context.moveTo(x - 5, RULER_HEIGHT - 8);
  context.lineTo(x + 5, RULER_HEIGHT - 8);
  context.lineTo(x, RULER_HEIGHT - 2);
  context.fill();
}
