// @ts-check
import { element } from './dom.js';
import { COLOURS } from './grid-painter.js';

const MARK_LENGTH = 3;

/**
 * Letters for chips, short and different: `a`; `LON` and `PAR` of london and paris; `la` and `lb` of london-a and london-b.
 * @param {readonly string[]} pipelines
 * @returns {ReadonlyMap<string, string>} by pipeline
 */
export function marksOf(pipelines) {
  const ways = [beginning, initials, ending];
  const way = ways.find((each) => new Set(pipelines.map(each)).size === pipelines.length);
  return new Map(pipelines.map((pipeline, place) => [pipeline, way?.(pipeline) ?? String(place + 1)]));
}

/** @param {string} name */
function beginning(name) {
  return name.slice(0, MARK_LENGTH);
}

/** Of words the first letter, numbers whole. @example `e12` of encoder-12 @param {string} name */
function initials(name) {
  const parts = name.match(/\d+|[^\W\d_]+/g) ?? [];
  return parts
    .map((part) => (/^\d/.test(part) ? part : part.slice(0, 1)))
    .join('')
    .slice(0, MARK_LENGTH);
}

/** @param {string} name */
function ending(name) {
  return name.slice(-MARK_LENGTH);
}

/** The colour class of a pipeline, by its place in the configuration. @param {string} pipeline @param {readonly string[]} pipelines */
export function colourOf(pipeline, pipelines) {
  return `pipeline-${Math.max(0, pipelines.indexOf(pipeline)) % COLOURS}`;
}

/**
 * @param {HTMLElement} chip @param {string} pipeline @param {readonly string[]} pipelines of the event, in order
 * @param {'' | 'chip-small' | 'chip-large'} size
 */
export function markChip(chip, pipeline, pipelines, size = '') {
  const classes = ['chip', ...(size === '' ? [] : [size]), colourOf(pipeline, pipelines)].join(' ');
  const text = marksOf(pipelines).get(pipeline) ?? beginning(pipeline);
  if (chip.className !== classes) chip.className = classes;
  if (chip.textContent !== text) chip.textContent = text;
  return chip;
}

/** @param {string} pipeline @param {readonly string[]} pipelines @param {'' | 'chip-small' | 'chip-large'} [size] */
export function pipelineChip(pipeline, pipelines, size = '') {
  return markChip(element('span'), pipeline, pipelines, size);
}
