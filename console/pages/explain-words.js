// @ts-check

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
 * The control plane's sentences without what the heading says already.
 * @example `Served from pipeline b, which us-east-1 has: ...` @param {string} text
 */
export function withoutSubject(text) {
  const rest = text.replace(/^Segment \d+ of [^ ]+: /, '');
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}

/**
 * The path of a segment by the event's configuration: DASH's template (ISO/IEC 23009-1, 5.3.9.4.4).
 * @param {{ segmentTemplate: { media: string }, representations: readonly { id: string, media?: string }[] }} configuration
 * @param {string} representation
 * @param {number} number
 */
export function segmentPath({ segmentTemplate, representations }, representation, number) {
  const own = representations.find(({ id }) => id === representation)?.media;
  return named(own ?? segmentTemplate.media, representation)
    .replace(/\$Number(?:%0(\d+)d)?\$/g, (_, width) => String(number).padStart(Number(width ?? 1), '0'))
    .replaceAll('$$', '$');
}

/**
 * The path of an init by the event's configuration.
 * @param {{ segmentTemplate: { initialization: string }, representations: readonly { id: string, initialization?: string }[] }} configuration
 * @param {string} representation
 */
export function initPath({ segmentTemplate, representations }, representation) {
  const own = representations.find(({ id }) => id === representation)?.initialization;
  return named(own ?? segmentTemplate.initialization, representation).replaceAll('$$', '$');
}

/** @param {string} template @param {string} representation */
function named(template, representation) {
  return template.replaceAll('$RepresentationID$', representation);
}
