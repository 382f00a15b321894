// @ts-check
import { element, setText, sizedContext } from './dom.js';
import { AHEAD, CELL_WIDTH, GridGeometry, PAGE, ROW_HEIGHT, clamp } from './grid-geometry.js';
import { GridLabels } from './grid-labels.js';
import { paintGrid } from './grid-painter.js';
import { placeFacts, placeWords } from './grid-words.js';
import { readPalette } from './palette.js';
/** @import { TimelineModel } from './timeline-model.js' */
/** @import { Place } from './grid-words.js' */

/**
 * @typedef {object} GridListener
 * @property {() => void} onScrolled other numbers are in view
 * @property {(place: Place) => void} onOpen Enter, or a click
 * @property {(range: { from: number, to: number, row: number }) => void} onRange `m`: what was marked with Shift
 */

/**
 * The timeline: a canvas that shows what is in view, below a scroller as wide as the window, and one real cell, which is
 * where the keyboard is. Its DOM is as large for two segments as for two hours.
 */
export class TimelineGrid {
  #model;
  #listener;
  #geometry = new GridGeometry({ first: 0, last: 0, rows: 0, rowsPerGroup: 1 });
  /** @type {Place | undefined} */
  #active;
  /** The other end of what is marked. @type {number | undefined} */
  #mark;
  /** Whether the newest stay in view. */
  #following = true;
  #queued = false;
  #palette = readPalette();
  /** Cells that the last drawing took; for tests. */
  drawn = 0;
  /** @type {number | undefined} */
  #onScreen;

  #scroller = element('div', {
    ...{ class: 'grid-scroller', role: 'grid', tabindex: '0', id: 'timeline-grid' },
    ...{ 'aria-label': 'Segments by pipeline', 'aria-describedby': 'grid-keys' },
  });
  #sheet = element('div', { class: 'grid-sheet', role: 'presentation' });
  #canvas = /** @type {HTMLCanvasElement} */ (element('canvas', { 'aria-hidden': 'true' }));
  #row = element('div', { role: 'row' });
  #cell = element('div', { role: 'gridcell', class: 'grid-cell', id: 'grid-cell' });
  #labels = new GridLabels();
  #readout;

  /** @param {HTMLElement} root @param {HTMLElement} readout @param {TimelineModel} model @param {GridListener} listener */
  constructor(root, readout, model, listener) {
    this.#model = model;
    this.#listener = listener;
    this.#readout = readout;
    this.#row.append(this.#cell);
    this.#row.hidden = true;
    this.#sheet.append(this.#canvas, this.#row);
    this.#scroller.append(this.#sheet);
    root.replaceChildren(this.#labels.body, this.#scroller);
    this.#listen();
  }

  /** Numbers in view. */
  inView() {
    const { fromNumber, toNumber } = this.#geometry.visible(this.#window());
    return { from: fromNumber, to: toNumber };
  }

  get following() {
    return this.#following;
  }

  /** The model has changed. */
  update() {
    const { rows, pipelines, windowStart, liveEdge } = this.#model;
    if (rows.length === 0) return;
    // Columns stay where they are while the page lives: only a wider window, or another event, moves the first.
    const { first } = this.#geometry;
    const keep = this.#geometry.rows > 0 && first <= liveEdge && first <= windowStart;
    this.#geometry = new GridGeometry({
      ...{ first: keep ? first : windowStart, last: liveEdge + AHEAD },
      ...{ rows: rows.length, rowsPerGroup: pipelines.length },
    });
    this.#sheet.style.width = `${this.#geometry.width}px`;
    this.#sheet.style.height = `${this.#geometry.height}px`;
    // As high as its rows, and its scroll bar; the style sheet says how high at most.
    this.#scroller.style.setProperty('--grid-height', `${this.#geometry.height + 14}px`);
    this.#scroller.setAttribute('aria-rowcount', String(rows.length));
    this.#scroller.setAttribute('aria-colcount', String(liveEdge - windowStart + 1));
    this.#labels.show(this.#model, this.#geometry);
    if (this.#following) this.#scroller.scrollLeft = this.#geometry.width;
    this.#showActive();
    this.redraw();
  }

  /** @param {number | undefined} number that the player shows */
  showOnScreen(number) {
    if (this.#onScreen === number) return;
    this.#onScreen = number;
    this.redraw();
  }

  /** Goes to the live edge and stays there. */
  follow() {
    this.#following = true;
    this.#scroller.scrollLeft = this.#geometry.width;
    this.redraw();
  }

  /** @param {Place} place */
  goTo(place, focus = true) {
    this.#mark = undefined;
    this.#activate(place);
    if (focus) this.#scroller.focus({ preventScroll: true });
  }

  /** Brings a number to the middle of what is seen. @param {number} number */
  scrollTo(number) {
    this.#scroller.scrollLeft = this.#geometry.xOf(number) - this.#scroller.clientWidth / 2;
  }

  focus() {
    this.#scroller.focus({ preventScroll: true });
  }

  /** Draws once, however often it is asked for until then. */
  redraw() {
    if (this.#queued) return;
    this.#queued = true;
    requestAnimationFrame(() => {
      this.#queued = false;
      this.#draw();
    });
  }

  #draw() {
    const window = this.#window();
    const context = sizedContext(this.#canvas, window);
    if (context === undefined) return;
    this.#canvas.style.width = `${window.width}px`;
    this.#canvas.style.height = `${window.height}px`;
    const [model, geometry, onScreen] = [this.#model, this.#geometry, this.#onScreen];
    const scene = { model, geometry, window, range: this.#range(), onScreen };
    this.drawn = paintGrid(context, scene, this.#palette);
    this.#labels.scrollTo(window.top);
  }

  #window() {
    const { scrollLeft, scrollTop, clientWidth, clientHeight } = this.#scroller;
    return { left: scrollLeft, top: scrollTop, width: clientWidth, height: clientHeight };
  }

  #listen() {
    const scroller = this.#scroller;
    scroller.addEventListener('scroll', () => {
      const { left, width } = this.#window();
      this.#following = left + width >= this.#geometry.width - CELL_WIDTH;
      this.redraw();
      this.#listener.onScrolled();
    });
    scroller.addEventListener('keydown', (event) => this.#key(event));
    scroller.addEventListener('click', (event) => {
      const place = this.#placeOf(event);
      if (place === undefined) return;
      if (event.shiftKey) this.#extend(place.number);
      else {
        this.#mark = undefined;
        this.#activate(place);
        this.#listener.onOpen(place);
      }
    });
    scroller.addEventListener('pointermove', (event) => {
      const place = this.#placeOf(event);
      this.#tell(place ?? this.#active);
    });
    scroller.addEventListener('pointerleave', () => this.#tell(this.#active));
    scroller.addEventListener('focus', () => {
      if (this.#active === undefined && this.#model.rows.length > 0)
        this.#activate({ row: 0, number: this.#model.liveEdge });
    });
    new ResizeObserver(() => {
      if (this.#following) scroller.scrollLeft = this.#geometry.width;
      this.redraw();
    }).observe(scroller);
    document.addEventListener('themechange', () => {
      this.#palette = readPalette();
      this.redraw();
    });
  }

  /** @param {MouseEvent} event @returns {Place | undefined} */
  #placeOf(event) {
    const box = this.#scroller.getBoundingClientRect();
    const { left, top } = this.#window();
    const row = this.#geometry.rowAt(event.clientY - box.top + top);
    return row === undefined
      ? undefined
      : { row, number: this.#geometry.numberAt(event.clientX - box.left + left) };
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const action = this.#actions()[event.key];
    if (action === undefined || this.#model.rows.length === 0) return;
    event.preventDefault();
    action(event.shiftKey);
  }

  /** @returns {Record<string, (shift: boolean) => void>} */
  #actions() {
    const { liveEdge, windowStart } = this.#model;
    const active = this.#active ?? { row: 0, number: liveEdge };
    const along = (/** @type {number} */ by) => (/** @type {boolean} */ shift) =>
      shift ? this.#extend(active.number + by) : this.goTo({ ...active, number: active.number + by });
    const across = (/** @type {number} */ by) => () => this.goTo({ ...active, row: active.row + by });
    return {
      ArrowLeft: along(-1),
      ArrowRight: along(1),
      ArrowUp: across(-1),
      ArrowDown: across(1),
      PageUp: along(-PAGE),
      PageDown: along(PAGE),
      Home: along(windowStart - active.number),
      End: () => {
        this.goTo({ ...active, number: liveEdge });
        this.follow();
      },
      f: () => this.goToFault(),
      m: () => {
        const range = this.#range() ?? { from: active.number, to: active.number };
        this.#listener.onRange({ from: range.from, to: range.to, row: active.row });
      },
      Enter: () => this.#listener.onOpen(active),
      ' ': () => this.#listener.onOpen(active),
      Escape: () => {
        this.#mark = undefined;
        this.redraw();
      },
    };
  }

  /** The newest fault, or the one before where the keyboard is. */
  goToFault() {
    const from = this.#active?.number ?? Infinity;
    const found = this.#model.newestFault(from - 1) ?? this.#model.newestFault(Infinity);
    if (found !== undefined) this.goTo(found);
    else setText(this.#readout, 'No fault in the window.');
  }

  /** @param {number} number */
  #extend(number) {
    if (this.#active === undefined) return;
    this.#mark ??= this.#active.number;
    this.#activate({ ...this.#active, number });
  }

  #range() {
    if (this.#mark === undefined || this.#active === undefined) return undefined;
    const { row, number } = this.#active;
    const [from, to] = [Math.min(this.#mark, number), Math.max(this.#mark, number)];
    return { from, to, fromRow: row, toRow: row };
  }

  /** @param {Place} place */
  #activate({ row, number }) {
    const { rows, windowStart, liveEdge } = this.#model;
    this.#active = {
      row: clamp(row, 0, rows.length - 1),
      number: clamp(number, windowStart, liveEdge + AHEAD),
    };
    this.#showActive();
    const { left, top } = this.#geometry.revealing(this.#active, this.#window());
    Object.assign(this.#scroller, { scrollLeft: left, scrollTop: top });
    this.redraw();
  }

  /** Moves the one real cell to where the keyboard is, and says there what the canvas shows. */
  #showActive() {
    const place = this.#active;
    this.#row.hidden = place === undefined;
    if (place === undefined) return;
    this.#row.setAttribute('aria-rowindex', String(place.row + 1));
    this.#cell.setAttribute('aria-colindex', String(Math.max(1, place.number - this.#model.windowStart + 1)));
    this.#cell.style.left = `${this.#geometry.xOf(place.number)}px`;
    this.#cell.style.top = `${this.#geometry.yOf(place.row)}px`;
    this.#cell.style.height = `${ROW_HEIGHT}px`;
    setText(this.#cell, placeWords(this.#model, place));
    this.#scroller.setAttribute('aria-activedescendant', 'grid-cell');
    this.#tell(place);
  }

  /** The line below the grid: what is under the pointer or the keyboard. @param {Place | undefined} place */
  #tell(place) {
    const facts = place === undefined ? [] : placeFacts(this.#model, place);
    if (facts.length === 0 || this.#readout.textContent === facts.join('')) return;
    this.#readout.replaceChildren(...facts.map((fact) => element('span', {}, [fact])));
  }
}
