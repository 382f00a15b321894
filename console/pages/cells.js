// @ts-check

/**
 * What is known of one segment of one pipeline.
 * @typedef {object} Cell
 * @property {Fate} fate
 * @property {boolean} selected its copy is what viewers get
 * @property {'' | 'operator' | 'automatic'} mask who has masked it
 * @property {readonly string[]} defects
 * @property {number} [bytes]
 * @property {number} [delayMs] from the end of its media to the first region's acknowledgement
 */

/** @typedef {'unknown' | 'good' | 'late' | 'defective' | 'missing' | 'pending' | 'unneeded'} Fate */

/** As the control plane writes them, a letter a cell. @type {Readonly<Record<string, Fate>>} */
const FATES = {
  g: 'good',
  l: 'late',
  d: 'defective',
  m: 'missing',
  p: 'pending',
  '.': 'unneeded',
};

/** Places in this list are what a packed cell holds. @type {readonly Fate[]} */
const PACKED_FATES = ['unknown', 'good', 'late', 'defective', 'missing', 'pending', 'unneeded'];

const FATE_BITS = 0b111;
const SELECTED_BIT = 0b1000;
const OPERATOR_BIT = 0b1_0000;
const AUTOMATIC_BIT = 0b10_0000;

/**
 * One cell in a byte: a large event has 172,800 of them in two hours.
 * @param {string} fate letter @param {string} mask letter @param {boolean} selected
 */
export function packCell(fate, mask, selected) {
  const place = PACKED_FATES.indexOf(FATES[fate] ?? 'unknown');
  const masked = mask === 'o' ? OPERATOR_BIT : mask === 'a' ? AUTOMATIC_BIT : 0;
  return place | masked | (selected ? SELECTED_BIT : 0);
}

/** @param {number} packed @returns {Pick<Cell, 'fate' | 'selected' | 'mask'>} */
export function unpackCell(packed) {
  return {
    fate: PACKED_FATES[packed & FATE_BITS] ?? 'unknown',
    selected: (packed & SELECTED_BIT) !== 0,
    mask: packed & OPERATOR_BIT ? 'operator' : packed & AUTOMATIC_BIT ? 'automatic' : '',
  };
}

/** @param {Pick<Cell, 'fate'>} cell */
export function isFault({ fate }) {
  return fate === 'defective' || fate === 'missing' || fate === 'late';
}

/** @type {Readonly<Record<Fate, string>>} */
export const FATE_WORDS = {
  unknown: 'not loaded yet',
  good: 'clean',
  late: 'late',
  defective: 'defective',
  missing: 'missing',
  pending: 'not there yet',
  unneeded: 'not expected',
};

/** A cell in words, as the read-out and screen readers have it. @param {Cell} cell */
export function cellWords({ fate, selected, mask, defects }) {
  const state = defects.length > 0 ? `${FATE_WORDS[fate]}: ${defects.join(', ')}` : FATE_WORDS[fate];
  const masked = mask === '' ? [] : [mask === 'operator' ? 'masked' : 'masked by rule'];
  return [state, ...masked, ...(selected ? ['viewers get this copy'] : [])].join(', ');
}

/** How many bytes, for people. @param {number | undefined} bytes */
export function bytesText(bytes) {
  if (bytes === undefined) return '';
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1000).toFixed(0)} kB` : `${(bytes / 1e6).toFixed(2)} MB`;
}

/** @param {number} ms UTC */
export function clockText(ms) {
  return Number.isFinite(ms) ? new Date(ms).toISOString().slice(11, 19) : '';
}

/** An instant for people, with its date where that is not today's. @param {number} ms UTC @param {number} nowMs */
export function whenText(ms, nowMs) {
  if (!Number.isFinite(ms)) return '';
  const [date, today] = [ms, nowMs].map((each) => new Date(each).toISOString().slice(0, 10));
  return `${date === today ? '' : `${date} `}${clockText(ms)} UTC`;
}

/** `897,690,123` is easier to read out over an intercom than nine digits in a row. @param {number} number */
export function numberText(number) {
  return String(number).replace(/\B(?=(\d{3})+$)/g, '\u202f');
}
