// @ts-check
import { bytesText, cellWords, clockText, numberText } from './cells.js';
import { element, setText } from './dom.js';
import { AHEAD, CELL_WIDTH, GridGeometry, PAGE, ROW_HEIGHT, RULER_HEIGHT, clamp } from './grid-geometry.js';
import { COLOURS, paintGrid } from './grid-painter.js';
import { readPalette } from './palette.js';
/** @import { TimelineModel } from './timeline-model.js' */

/** @typedef {{ readonly row: number, readonly number: number }} Place */

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
  #shownRows = '';
  /** Cells that the last drawing took; for tests. */
  drawn = 0;
  /** @type {number | undefined} */
  onScreen = undefined;

  #scroller = element('div', {
    ...{ class: 'grid-scroller', role: 'grid', tabindex: '0', id: 'timeline-grid' },
    ...{ 'aria-label': 'Segments by pipeline', 'aria-describedby': 'grid-keys' },
  });
  #sheet = element('div', { class: 'grid-sheet', role: 'presentation' });
  #canvas = /** @type {HTMLCanvasElement} */ (element('canvas', { 'aria-hidden': 'true' }));
  #row = element('div', { role: 'row' });
  #cell = element('div', { role: 'gridcell', class: 'grid-cell', id: 'grid-cell' });
  #labels = element('div', { class: 'grid-labels', 'aria-hidden': 'true' });
  #labelSheet = element('div', { class: 'grid-label-sheet' });
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
    this.#labels.append(this.#labelSheet);
    root.replaceChildren(this.#labels, this.#scroller);
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
    this.#showLabels();
    if (this.#following) this.#scroller.scrollLeft = this.#geometry.width;
    this.#showActive();
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
    const context = this.#canvas.getContext('2d');
    if (context === null || window.width === 0) return;
    const scale = devicePixelRatio || 1;
    const [width, height] = [Math.round(window.width * scale), Math.round(window.height * scale)];
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      Object.assign(this.#canvas, { width, height });
      this.#canvas.style.width = `${window.width}px`;
      this.#canvas.style.height = `${window.height}px`;
    }
    context.setTransform(scale, 0, 0, scale, 0, 0);
    const { onScreen } = this;
    const scene = { model: this.#model, geometry: this.#geometry, window, range: this.#range(), onScreen };
    this.drawn = paintGrid(context, scene, this.#palette);
    this.#labelSheet.style.transform = `translateY(${-window.top}px)`;
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
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () =>
      document.dispatchEvent(new Event('themechange')),
    );
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

  /** The newest fault, or the one before where the keyboard is. @returns {boolean} whether there is one */
  goToFault() {
    const from = this.#active?.number ?? Infinity;
    const found = this.#model.newestFault(from - 1) ?? this.#model.newestFault(Infinity);
    if (found !== undefined) this.goTo(found);
    return found !== undefined;
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
    this.#reveal(this.#active);
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
    const words = this.#words(place);
    setText(this.#cell, words);
    this.#scroller.setAttribute('aria-activedescendant', 'grid-cell');
    this.#tell(place);
  }

  /** @param {Place} place */
  #reveal({ row, number }) {
    const { left, top, width, height } = this.#window();
    const [x, y] = [this.#geometry.xOf(number), this.#geometry.yOf(row)];
    if (x < left) this.#scroller.scrollLeft = x - 2 * CELL_WIDTH;
    else if (x + CELL_WIDTH > left + width) this.#scroller.scrollLeft = x + 3 * CELL_WIDTH - width;
    if (y - RULER_HEIGHT < top) this.#scroller.scrollTop = y - RULER_HEIGHT - 4;
    else if (y + ROW_HEIGHT > top + height) this.#scroller.scrollTop = y + ROW_HEIGHT + 4 - height;
  }

  /** @param {Place} place */
  #words({ row, number }) {
    const about = this.#model.rows[row];
    if (about === undefined) return '';
    const { representation, pipeline } = about;
    return `${representation}, pipeline ${pipeline}, segment ${number}: ${cellWords(this.#model.cell(row, number))}`;
  }

  /** The line below the grid: what is under the pointer or the keyboard. @param {Place | undefined} place */
  #tell(place) {
    const about = place && this.#model.rows[place.row];
    if (place === undefined || about === undefined) return;
    const cell = this.#model.cell(place.row, place.number);
    const begins = clockText(this.#model.mediaEndMs(place.number - 1));
    const facts = [
      `${about.representation} · pipeline ${about.pipeline}`,
      `segment ${numberText(place.number)} · ${begins} UTC`,
      cellWords(cell),
      ...(cell.delayMs === undefined ? [] : [`there ${cell.delayMs} ms after its media ended`]),
      ...(cell.bytes === undefined ? [] : [bytesText(cell.bytes)]),
    ];
    const spans = facts.map((fact) => element('span', {}, [fact]));
    if (this.#readout.textContent !== facts.join('')) this.#readout.replaceChildren(...spans);
  }

  #showLabels() {
    const { rows, pipelines } = this.#model;
    const key = JSON.stringify(rows);
    if (key === this.#shownRows) return;
    this.#shownRows = key;
    const labels = rows.map(({ representation, pipeline }, row) => {
      const colour = pipelines.indexOf(pipeline) % COLOURS;
      const first = row % pipelines.length === 0;
      const label = element('div', { class: 'grid-label' }, [
        element('span', { class: 'grid-label-name' }, [first ? representation : '']),
        element('span', { class: `chip chip-small pipeline-${colour}` }, [pipeline.slice(0, 3)]),
      ]);
      label.style.top = `${this.#geometry.yOf(row)}px`;
      return label;
    });
    this.#labelSheet.replaceChildren(...labels);
  }
}
