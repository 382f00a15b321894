// @ts-check
import { COLOURS } from './grid-painter.js';
/** @import { Palette } from './grid-painter.js' */

/** The theme's colours as a canvas takes them: `light-dark()` is for styles only, so an element computes it. */
export function readPalette() {
  const probe = document.createElement('span');
  document.body.append(probe);
  const colour = (/** @type {string} */ name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  /** @type {Palette} */
  const palette = {
    ink: colour('ink'),
    quiet: colour('quiet'),
    edge: colour('edge'),
    faint: colour('faint'),
    panel: colour('panel'),
    bad: colour('bad'),
    badGround: colour('bad-ground'),
    accent: colour('accent'),
    onPipeline: colour('on-pipeline'),
    live: colour('live'),
    pipelines: Array.from({ length: COLOURS }, (_, index) => colour(`pipeline-${index}`)),
  };
  probe.remove();
  return palette;
}
