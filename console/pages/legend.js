// @ts-check
import { element } from './dom.js';
import { CELL_WIDTH, ROW_HEIGHT } from './grid-geometry.js';
import { paintCell } from './grid-painter.js';
import { readPalette } from './palette.js';
/** @import { Cell } from './cells.js' */

/** @type {readonly [string, Pick<Cell, 'fate' | 'selected' | 'mask'>][]} */
const ENTRIES = [
  ['viewers get this copy', { fate: 'good', selected: true, mask: '' }],
  ['clean, in reserve', { fate: 'good', selected: false, mask: '' }],
  ['late', { fate: 'late', selected: true, mask: '' }],
  ['defective', { fate: 'defective', selected: false, mask: '' }],
  ['missing', { fate: 'missing', selected: false, mask: '' }],
  ['masked', { fate: 'good', selected: false, mask: 'operator' }],
  ['not there yet', { fate: 'pending', selected: false, mask: '' }],
];

/** The legend is painted as the grid is, so it cannot say anything else. @param {HTMLElement} root */
export function drawLegend(root) {
  const palette = readPalette();
  const scale = devicePixelRatio || 1;
  const items = ENTRIES.map(([words, cell]) => {
    const canvas = /** @type {HTMLCanvasElement} */ (element('canvas', { 'aria-hidden': 'true' }));
    Object.assign(canvas, { width: 2 * CELL_WIDTH * scale, height: ROW_HEIGHT * scale });
    canvas.style.width = `${2 * CELL_WIDTH}px`;
    canvas.style.height = `${ROW_HEIGHT}px`;
    const context = canvas.getContext('2d');
    context?.scale(scale, scale);
    const colour = palette.pipelines[0] ?? palette.ink;
    if (context !== null) {
      context.textAlign = 'center';
      context.textBaseline = 'middle';
      for (const x of [0, CELL_WIDTH]) paintCell(context, cell, { x, y: 0, colour }, palette);
    }
    return element('li', {}, [canvas, words]);
  });
  root.replaceChildren(...items);
}
