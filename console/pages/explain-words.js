// @ts-check
import { list } from './event-status.js';

/**
 * A decision of the control plane (`explain`), as far as it is read here.
 * @typedef {object} Decision
 * @property {number} number
 * @property {Copy | null} chosen
 * @property {readonly (Copy & { why: string })[]} passedOver
 * @property {readonly string[]} order
 * @property {readonly { id: string, pipeline: string, reason: string }[]} masks
 * @property {readonly string[]} unheard
 */

/**
 * @typedef {object} Copy
 * @property {string} pipeline
 * @property {string} digest
 * @property {readonly ({ name: string } & Record<string, unknown>)[]} defects
 * @property {readonly Replica[]} replicas
 */

/**
 * @typedef {object} Replica
 * @property {string} region
 * @property {number} size
 * @property {number} publishedAtMs
 * @property {Record<string, unknown>} [inspection]
 */

/** @type {Readonly<Record<string, string>>} */
const WHY = {
  'not-configured': 'its pipeline is not in the configuration',
  masked: 'its pipeline is masked here',
  unservable: 'no player could use it',
  'other-copy': 'another region has a better copy of the same pipeline',
  defective: 'a better copy exists',
  'later-in-order': 'an earlier pipeline is valid too',
};

/** @param {string} why */
export function whyText(why) {
  return WHY[why] ?? why;
}

/** @example `short (missing 5)` @param {Copy['defects'][number]} defect */
export function defectText({ name, ...measures }) {
  const told = Object.entries(measures).map(([measure, value]) => `${measure} ${String(value)}`);
  return told.length === 0 ? name : `${name} (${told.join(', ')})`;
}

/**
 * Why, in a sentence or two.
 * @param {Decision} decision
 * @param {boolean} due whether it should be there by now
 */
export function decisionText({ chosen, passedOver, order, masks }, due) {
  const masked = masks.map(({ pipeline }) => pipeline);
  const absent = order.filter(
    (pipeline) => chosen?.pipeline !== pipeline && !passedOver.some((copy) => copy.pipeline === pipeline),
  );
  if (chosen === null) {
    if (passedOver.length === 0)
      return due ? 'No pipeline has sent this segment.' : 'It is not due yet, and no pipeline has sent it.';
    const why = passedOver.map(({ pipeline, why: reason }) => `${pipeline}: ${whyText(reason)}`);
    return `Viewers get nothing. ${why.join('; ')}.`;
  }
  const first = `Viewers get pipeline ${chosen.pipeline}`;
  if (chosen.defects.length > 0)
    return `${first}, which is ${list(chosen.defects.map(({ name }) => name))}: no clean copy is there, and this one is the least defective.`;
  const before = order.slice(0, order.indexOf(chosen.pipeline));
  if (before.length === 0) return `${first}: the first in order, and its copy is clean.`;
  const reasons = before.map((pipeline) => {
    if (masked.includes(pipeline)) return `${pipeline} is masked`;
    if (absent.includes(pipeline)) return `${pipeline} has not sent it`;
    const copy = passedOver.find((one) => one.pipeline === pipeline);
    const names = copy?.defects.map(({ name }) => name) ?? [];
    return `${pipeline} is ${names.length > 0 ? list(names) : 'passed over'}`;
  });
  return `${first}: ${list(reasons)}.`;
}

/**
 * The path of a segment by the event's configuration: DASH's template (ISO/IEC 23009-1, 5.3.9.4.4).
 * @param {{ segmentTemplate: { media: string }, representations: readonly { id: string, media?: string }[] }} configuration
 * @param {string} representation
 * @param {number} number
 */
export function segmentPath({ segmentTemplate, representations }, representation, number) {
  const own = representations.find(({ id }) => id === representation)?.media;
  return (own ?? segmentTemplate.media)
    .replaceAll('$RepresentationID$', representation)
    .replace(/\$Number(?:%0(\d+)d)?\$/g, (_, width) => String(number).padStart(Number(width ?? 1), '0'))
    .replaceAll('$$', '$');
}
