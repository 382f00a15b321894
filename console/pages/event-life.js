// @ts-check
import { numberText, whenText } from './cells.js';
/** @import { Status } from './event-status.js' */
/** @import { TimelineModel } from './timeline-model.js' */

/**
 * When an event begins and ends, as its configuration says it.
 * @typedef {object} EventLife
 * @property {number} initial its first segment
 * @property {number | undefined} final its last; undefined while no end is known
 * @property {number | undefined} expiresMs when its window is over, UTC milliseconds
 * @property {boolean} adopting it waits for the MPD that it takes its tracks from
 */

/** @param {any} told the event as the control plane tells it @returns {EventLife} */
export function lifeOf({ configuration, expiresAt }) {
  const { initialSegmentNumber = 0, finalSegmentNumber, segmentTemplate } = configuration;
  return {
    initial: initialSegmentNumber,
    final: finalSegmentNumber ?? undefined,
    expiresMs: expiresAt === undefined ? undefined : Date.parse(expiresAt),
    adopting: segmentTemplate === undefined,
  };
}

/** Whether the last segment is due: nothing comes any more. @param {TimelineModel} model @param {EventLife | undefined} life */
export function isOver({ liveEdge }, life) {
  return life?.final !== undefined && liveEdge >= life.final;
}

/**
 * What is to be said of an event that has not begun, or is over.
 * @param {TimelineModel} model @param {EventLife} life
 * @returns {Status | undefined} undefined while it goes on
 */
export function lifeStatus(model, life) {
  if (life.adopting)
    return {
      level: 'wait',
      title: 'Waiting for a packager’s manifest',
      detail: 'The event takes its tracks from the first MPD that a pipeline sends, and begins then.',
    };
  if (model.liveEdge < life.initial) {
    const beginsMs = model.mediaEndMs(life.initial - 1);
    return {
      level: 'wait',
      title: `Begins at ${whenText(beginsMs, model.nowMs)}`,
      detail: `In ${durationText(beginsMs - model.nowMs)}, with segment ${numberText(life.initial)}.`,
    };
  }
  if (!isOver(model, life)) return undefined;
  const { final = NaN, expiresMs } = life;
  const until =
    expiresMs === undefined ? '' : ` Viewers can go back in it until ${whenText(expiresMs, model.nowMs)}.`;
  return {
    level: 'over',
    title: `The event ended at ${whenText(model.mediaEndMs(final), model.nowMs)}`,
    detail: `Segment ${numberText(final)} is its last.${until}`,
  };
}

/** The end that is still to come, as a sentence; empty where there is none. @param {TimelineModel} model @param {EventLife | undefined} life */
export function endText(model, life) {
  if (life?.final === undefined || isOver(model, life)) return '';
  const endMs = model.mediaEndMs(life.final);
  return `It ends at ${whenText(endMs, model.nowMs)}, in ${durationText(endMs - model.nowMs)}.`;
}

/** In the greatest unit that tells enough. @param {number} ms */
function durationText(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  if (seconds < 100) return `${seconds} s`;
  if (seconds < 100 * 60) return `${Math.round(seconds / 60)} min`;
  const hours = Math.round(seconds / 3600);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}
