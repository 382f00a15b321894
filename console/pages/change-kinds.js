// @ts-check
import { numberText, whenText } from './cells.js';
/** @import { TimelineModel } from './timeline-model.js' */

/**
 * A field of a form.
 * @typedef {object} Field
 * @property {string} name
 * @property {string} label
 * @property {'pipeline' | 'representation' | 'segment' | 'text' | 'order' | 'json' | 'scope' | 'region'} kind
 * @property {boolean} [optional]
 * @property {string} [hint]
 */

/**
 * A change that operators make: how it is asked for, and where it goes.
 * @typedef {object} ChangeKind
 * @property {string} id
 * @property {string} title
 * @property {string} purpose one line: what it does to viewers
 * @property {string} list the last part of its URL, and of its entries'
 * @property {string} [of] the field that its URL ends with
 * @property {boolean} previews whether the control plane tells beforehand what it does
 * @property {boolean} undoes whether an entry of it can be taken back
 * @property {string} [warning] what has to be confirmed, whatever the preview says
 * @property {number} [aheadMs] how far ahead of the live edge it is offered; without it, the next segment
 * @property {readonly Field[]} fields
 */

/** @type {Field} */
const REASON = {
  name: 'reason',
  label: 'Why',
  kind: 'text',
  optional: true,
  hint: 'for those who read the history',
};

/** DASH players ask for the MPD again after ten seconds, and a cache may be some more behind. */
const HEARD_MS = 20_000;

/** @type {readonly ChangeKind[]} */
export const CHANGE_KINDS = [
  {
    ...{ id: 'mask', title: 'Mask', list: 'masks', previews: true, undoes: true },
    purpose: 'Leaves a pipeline out for a range of segments. Viewers get the next one in order.',
    fields: [
      { name: 'pipeline', label: 'Pipeline', kind: 'pipeline' },
      { name: 'representation', label: 'Representation', kind: 'representation', optional: true },
      { name: 'fromSegment', label: 'From segment', kind: 'segment' },
      {
        name: 'toSegment',
        label: 'To segment',
        kind: 'segment',
        optional: true,
        hint: 'empty: until you undo it',
      },
      REASON,
    ],
  },
  {
    ...{ id: 'prefer', title: 'Prefer', list: 'preferences', previews: true, undoes: true },
    purpose: 'Changes the order of pipelines from a segment on. The first with a clean copy is served.',
    fields: [
      { name: 'order', label: 'Order', kind: 'order', hint: 'first choice first, separated by commas' },
      { name: 'fromSegment', label: 'From segment', kind: 'segment' },
      REASON,
    ],
  },
  {
    ...{ id: 'notice', title: 'Notice', list: 'notices', previews: false, undoes: true },
    purpose: 'Tells players and whoever reads the answers; it goes out in Headwater-Notices.',
    fields: [
      { name: 'type', label: 'Type', kind: 'text', hint: 'a short name, for example captions-lost' },
      {
        name: 'id',
        label: 'Id',
        kind: 'text',
        optional: true,
        hint: 'a later one of the same type and id replaces it',
      },
      { name: 'fromSegment', label: 'From segment', kind: 'segment', optional: true },
      {
        name: 'data',
        label: 'Data',
        kind: 'json',
        optional: true,
        hint: 'JSON, for example {"seconds": 30}',
      },
      REASON,
    ],
  },
  {
    ...{ id: 'invalidate', title: 'Invalidate', list: 'invalidations', previews: false, undoes: false },
    purpose: 'Makes caches forget what they hold. It cannot be undone; they fetch again.',
    fields: [
      { name: 'scope', label: 'What', kind: 'scope' },
      { name: 'fromSegment', label: 'From segment', kind: 'segment', optional: true },
      { name: 'toSegment', label: 'To segment', kind: 'segment', optional: true },
      { name: 'pipeline', label: 'Pipeline', kind: 'pipeline', optional: true },
      { name: 'region', label: 'Served by', kind: 'region', optional: true },
      REASON,
    ],
  },
  {
    ...{ id: 'init', title: 'Accept init', list: 'inits', of: 'representation' },
    ...{ previews: true, undoes: false, aheadMs: HEARD_MS },
    purpose:
      'Accepts the init of a pipeline that was refused: players load it from that segment on, and what is made for the ' +
      'former one is wrong-init then. To go back, accept the former one later.',
    fields: [
      { name: 'pipeline', label: 'Pipeline', kind: 'pipeline' },
      { name: 'representation', label: 'Representation', kind: 'representation' },
      {
        name: 'fromSegment',
        label: 'From segment',
        kind: 'segment',
        hint: 'players have to hear of it before',
      },
      REASON,
    ],
  },
  {
    ...{ id: 'end', title: 'End event', list: 'end', previews: true, undoes: false },
    warning: 'Nothing comes after it, for any viewer',
    purpose:
      'Ends the event: players reach the last segment and stop. What is in the window stays for one DVR length.',
    fields: [
      {
        name: 'finalSegment',
        label: 'Last segment',
        kind: 'segment',
        optional: true,
        hint: `empty: the live edge, at once; ${HEARD_MS / 1000} s ahead players hear of it in time`,
      },
      REASON,
    ],
  },
];

/** Where a change is sent, below the event. @param {ChangeKind} kind @param {Readonly<Record<string, string>>} values */
export function changePath({ list, of }, values) {
  return of === undefined ? list : `${list}/${encodeURIComponent(values[of] ?? '')}`;
}

/**
 * What the control plane is sent, from what the fields hold.
 * @param {ChangeKind} kind
 * @param {Readonly<Record<string, string>>} values as typed
 * @returns {{ body: Record<string, unknown> } | { problem: string, field: string }}
 */
export function bodyOf(kind, values) {
  /** @type {Record<string, unknown>} */
  const body = {};
  const whole = values['scope'] === 'all';
  for (const field of kind.fields) {
    const text = (values[field.name] ?? '').trim();
    if (field.kind === 'scope') {
      if (whole) body['all'] = true;
      continue;
    }
    if (whole && field.name !== 'reason') continue;
    if (text !== '' && field.name === kind.of) continue;
    if (text === '') {
      const needed = field.optional !== true || (kind.id === 'invalidate' && field.kind === 'segment');
      if (needed) return { problem: `${field.label} is missing.`, field: field.name };
      continue;
    }
    const value = valueOf(field, text);
    if (value instanceof Error) return { problem: value.message, field: field.name };
    body[field.name] = value;
  }
  return { body };
}

/** @param {Field} field @param {string} text @returns {unknown} an Error where the text is no such value */
function valueOf({ kind, label }, text) {
  switch (kind) {
    case 'segment': {
      const digits = text.replace(/[\s,.\u202f]/g, '');
      const number = Number(digits);
      return /^\d+$/.test(digits) && Number.isSafeInteger(number)
        ? number
        : new Error(`${label}: wanted a segment number, got ${text}.`);
    }
    case 'order':
      return text
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '');
    case 'json':
      return objectOf(text) ?? new Error(`${label}: wanted a JSON object, got ${text.slice(0, 60)}.`);
    default:
      return text;
  }
}

/** @param {string} text @returns {object | undefined} */
function objectOf(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * When a change acts, as the control plane tells it: at origins, and what is slower, in lines.
 * @param {{ originsMs: number, slower: readonly { what: string, withinMs: number | null }[] } | undefined} takesEffect
 */
export function effectTexts({ originsMs, slower } = { originsMs: 2000, slower: [] }) {
  const later = slower.length === 0 ? '' : ', caches and players later';
  return {
    soon: `Every origin acts on it within ${Math.ceil(originsMs / 1000)} s${later}.`,
    slower: slower.map(({ what, withinMs }) =>
      withinMs === null ? what : `${what}: within ${Math.ceil(withinMs / 1000)} s`,
    ),
  };
}

/**
 * What a change comes to, beside what viewers get by it: empty where nothing is to be added.
 * @param {ChangeKind} kind
 * @param {Record<string, any>} answer of the control plane, to a preview too
 * @param {Pick<TimelineModel, 'mediaEndMs' | 'nowMs'>} model
 */
export function resultText({ id }, { configuration, expiresAt, version, fromSegment }, model) {
  if (id === 'init') return `Version ${version}, from segment ${numberText(fromSegment)} on.`;
  if (id !== 'end') return '';
  const final = configuration.finalSegmentNumber;
  const when = (/** @type {number} */ ms) => whenText(ms, model.nowMs);
  const until = expiresAt === undefined ? '' : ` The window stays until ${when(Date.parse(expiresAt))}.`;
  return `Segment ${numberText(final)} is the last; it ends at ${when(model.mediaEndMs(final))}.${until}`;
}

/** An entry in force, in a line. @param {string} list @param {Record<string, any>} entry */
export function entryText(list, entry) {
  const from = entry['fromSegment'] === undefined ? '' : ` from ${entry['fromSegment']}`;
  const to = entry['toSegment'] === undefined ? '' : ` to ${entry['toSegment']}`;
  if (list === 'masks')
    return `${entry['automatic'] === true ? 'By rule: ' : ''}${entry['pipeline']} masked${entry['representation'] === undefined ? '' : ` in ${entry['representation']}`}${from}${to}`;
  if (list === 'preferences') return `Order ${entry['order'].join(' → ')}${from}`;
  const name = entry['id'] ?? entry['name'] ?? '';
  return `${entry['type']}${name === '' ? '' : ` ${name}`}${from}`;
}

/** Where an entry is taken back: notices go by what they are, others by an id. @param {string} list @param {Record<string, any>} entry */
export function undoPath(list, entry) {
  const names = list === 'notices' ? [entry['type'], entry['id']] : [entry['id']];
  const known = names.filter((name) => typeof name === 'string' && name !== '');
  return [list, ...known.map(encodeURIComponent)].join('/');
}
