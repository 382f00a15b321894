// @ts-check
/**
 * What the lab can do, as `GET /lab/v1/faults` lists it.
 * @typedef {object} LabFault
 * @property {string} name
 * @property {'pipeline' | 'region'} scope
 * @property {string} what what its subject does then: "sends nothing any more"
 * @property {readonly string[]} subjects pipelines or regions
 */

/**
 * A fault in force.
 * @typedef {object} ActiveFault
 * @property {string} id
 * @property {string} fault
 * @property {string} subject
 * @property {string} [representation] absent: all
 * @property {string} until ISO 8601
 */

/** Each begins the sentences that its faults end. @type {readonly (readonly [LabFault['scope'], string])[]} */
const SCOPES = [
  ['pipeline', 'A pipeline …'],
  ['region', 'A region …'],
];

/** Faults by what they break; what cannot be broken here is left out. @param {readonly LabFault[]} catalog */
export function labGroups(catalog) {
  return SCOPES.map(([scope, title]) => ({
    scope,
    title,
    faults: catalog.filter((fault) => fault.scope === scope),
  })).filter(({ faults }) => faults.length > 0);
}

/** @example `cut-frames` is `Cut frames` @param {string} name */
export function faultTitle(name) {
  const words = name.replaceAll('-', ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

/**
 * @example `Pipeline a loses every third segment (v720)`
 * @param {readonly LabFault[]} catalog @param {Pick<ActiveFault, 'fault' | 'subject' | 'representation'>} active
 */
export function brokenText(catalog, { fault, subject, representation }) {
  const known = catalog.find(({ name }) => name === fault);
  const of = representation === undefined ? '' : ` (${representation})`;
  if (known === undefined) return `${subject}: ${faultTitle(fault)}${of}`;
  return `${faultTitle(known.scope)} ${subject} ${known.what}${of}`;
}

/** Whole seconds that are left, never fewer than none. @param {string} until @param {number} nowMs */
export function leftText(until, nowMs) {
  return `${Math.max(0, Math.ceil((Date.parse(until) - nowMs) / 1000))} s`;
}
