// @ts-check
import { bytesText, cellWords, clockText, numberText } from './cells.js';
/** @import { TimelineModel } from './timeline-model.js' */

/** A cell of the timeline. @typedef {{ readonly row: number, readonly number: number }} Place */

/** What a screen reader says of a cell. @param {TimelineModel} model @param {Place} place */
export function placeWords(model, { row, number }) {
  const about = model.rows[row];
  if (about === undefined) return '';
  const { representation, pipeline } = about;
  return `${representation}, pipeline ${pipeline}, segment ${number}: ${cellWords(model.cell(row, number))}`;
}

/** What the line below the grid says of it; nothing where there is no row. @param {TimelineModel} model @param {Place} place */
export function placeFacts(model, { row, number }) {
  const about = model.rows[row];
  if (about === undefined) return [];
  const cell = model.cell(row, number);
  return [
    `${about.representation} · pipeline ${about.pipeline}`,
    `segment ${numberText(number)} · ${clockText(model.mediaEndMs(number - 1))} UTC`,
    cellWords(cell),
    ...(cell.delayMs === undefined ? [] : [`after ${cell.delayMs} ms`]),
    ...(cell.bytes === undefined ? [] : [bytesText(cell.bytes)]),
  ];
}
