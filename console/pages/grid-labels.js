// @ts-check
import { element } from './dom.js';
import { pipelineChip } from './pipeline-chip.js';
/** @import { GridGeometry } from './grid-geometry.js' */
/** @import { TimelineModel } from './timeline-model.js' */

/** Names left of the timeline: they stay while it scrolls sideways. */
export class GridLabels {
  #sheet = element('div', { class: 'grid-label-sheet' });
  body = element('div', { class: 'grid-labels', 'aria-hidden': 'true' }, [this.#sheet]);
  #shown = '';

  /** @param {TimelineModel} model @param {GridGeometry} geometry */
  show({ rows, pipelines }, geometry) {
    const key = JSON.stringify(rows);
    if (key === this.#shown) return;
    this.#shown = key;
    const longest = Math.max(...rows.map(({ representation }) => representation.length));
    // The overview below the grid begins where the grid does.
    const timeline = /** @type {HTMLElement | null} */ (this.body.closest('.timeline'));
    timeline?.style.setProperty('--longest-name', String(longest));
    const labels = rows.map(({ representation, pipeline }, row) => {
      const title = `${representation}, pipeline ${pipeline}`;
      const label = element('div', { class: 'grid-label', title }, [
        element('span', { class: 'grid-label-name' }, [row % pipelines.length === 0 ? representation : '']),
        pipelineChip(pipeline, pipelines, 'chip-small'),
      ]);
      label.style.top = `${geometry.yOf(row)}px`;
      return label;
    });
    this.#sheet.replaceChildren(...labels);
  }

  /** @param {number} top pixels that the grid is scrolled down */
  scrollTo(top) {
    this.#sheet.style.transform = `translateY(${-top}px)`;
  }
}
