// @ts-check

/** CSS pixels. */
export const CELL_WIDTH = 18;
export const ROW_HEIGHT = 22;
/** Between representations. */
export const GROUP_GAP = 12;
/** The ruler above the rows. */
export const RULER_HEIGHT = 26;
/** Columns right of the live edge: what comes next, and room to see that it is the end. */
export const AHEAD = 2;
/** Cells that a keyboard's page is. */
export const PAGE = 30;

/**
 * Where numbers and rows lie on the sheet, of which a window is seen. Pure: scroll positions in, places out.
 * Columns begin at a number that stays while the page lives, so that what one looks at does not move.
 */
export class GridGeometry {
  /**
   * @param {{ first: number, last: number, rows: number, rowsPerGroup: number }} extent numbers are both included;
   * rowsPerGroup: pipelines of a representation
   */
  constructor({ first, last, rows, rowsPerGroup }) {
    this.first = first;
    this.last = last;
    this.rows = rows;
    this.rowsPerGroup = Math.max(1, rowsPerGroup);
  }

  get width() {
    return Math.max(0, this.last - this.first + 1) * CELL_WIDTH;
  }

  get height() {
    const groups = Math.ceil(this.rows / this.rowsPerGroup);
    return RULER_HEIGHT + this.rows * ROW_HEIGHT + Math.max(0, groups - 1) * GROUP_GAP + GROUP_GAP / 2;
  }

  /** Left side of a number's column. @param {number} number */
  xOf(number) {
    return (number - this.first) * CELL_WIDTH;
  }

  /** Top of a row. @param {number} row */
  yOf(row) {
    return RULER_HEIGHT + row * ROW_HEIGHT + Math.floor(row / this.rowsPerGroup) * GROUP_GAP;
  }

  /** @param {number} x */
  numberAt(x) {
    return clamp(this.first + Math.floor(x / CELL_WIDTH), this.first, this.last);
  }

  /** @param {number} y @returns {number | undefined} undefined between representations and on the ruler */
  rowAt(y) {
    const groupHeight = this.rowsPerGroup * ROW_HEIGHT + GROUP_GAP;
    const group = Math.floor((y - RULER_HEIGHT) / groupHeight);
    const within = y - RULER_HEIGHT - group * groupHeight;
    const row = group * this.rowsPerGroup + Math.floor(within / ROW_HEIGHT);
    const outside = y < RULER_HEIGHT || within >= this.rowsPerGroup * ROW_HEIGHT || row >= this.rows;
    return outside ? undefined : row;
  }

  /**
   * Numbers and rows of which a pixel is in the window; both ends included.
   * @param {{ left: number, top: number, width: number, height: number }} window
   */
  visible({ left, top, width, height }) {
    const fromRow = firstRow(this, top + RULER_HEIGHT);
    let toRow = fromRow;
    while (toRow + 1 < this.rows && this.yOf(toRow + 1) < top + height) toRow++;
    return {
      fromNumber: this.numberAt(left),
      toNumber: this.numberAt(left + Math.max(0, width - 1)),
      fromRow,
      toRow: Math.min(toRow, this.rows - 1),
    };
  }

  /**
   * Where the grid is scrolled to, so that a cell is seen whole: where it is, if it is.
   * @param {{ row: number, number: number }} place
   * @param {{ left: number, top: number, width: number, height: number }} window
   */
  revealing({ row, number }, { left, top, width, height }) {
    const [x, y] = [this.xOf(number), this.yOf(row)];
    const tooLow = y + ROW_HEIGHT > top + height;
    return {
      left: x < left ? x - 2 * CELL_WIDTH : x + CELL_WIDTH > left + width ? x + 3 * CELL_WIDTH - width : left,
      top: y - RULER_HEIGHT < top ? y - RULER_HEIGHT - 4 : tooLow ? y + ROW_HEIGHT + 4 - height : top,
    };
  }
}

/** @param {GridGeometry} geometry @param {number} y */
function firstRow(geometry, y) {
  let row = 0;
  while (row + 1 < geometry.rows && geometry.yOf(row) + ROW_HEIGHT <= y) row++;
  return row;
}

/** @param {number} value @param {number} low @param {number} high */
export function clamp(value, low, high) {
  return Math.max(low, Math.min(high, value));
}

/** Steps of a ruler that people read with ease. Seconds. */
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600];
/** Room that a label of the ruler takes. */
const LABEL_WIDTH = 84;

/** Milliseconds between the ruler's labels. @param {number} segmentMs */
export function rulerStepMs(segmentMs) {
  const leastMs = (LABEL_WIDTH / CELL_WIDTH) * segmentMs;
  return (STEPS.find((seconds) => seconds * 1000 >= leastMs) ?? 3600) * 1000;
}
