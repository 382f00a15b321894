// @ts-check
import { entryText } from './change-kinds.js';

/**
 * A change as `GET .../history` tells it.
 * @typedef {object} Change
 * @property {string} at ISO 8601
 * @property {string} by
 * @property {string} action
 * @property {string} [reason]
 * @property {Readonly<Record<string, any>>} [detail]
 * @property {readonly { member: string, from?: string, to?: string }[]} [members]
 */

/** @type {Readonly<Record<string, string>>} */
const TITLES = {
  created: 'Event created',
  replaced: 'Configuration changed',
  ended: 'Event ended',
  deleted: 'Event deleted',
  credential: 'New credential',
  mask: 'Mask',
  preference: 'Preference',
  notice: 'Notice',
  'pipeline-notices': 'Notices of a pipeline',
  'notice-removal': 'Notice taken back',
  invalidation: 'Invalidation',
  revocation: 'Credential ended',
  'pipeline-init': 'Another init was sent',
  kept: 'Kept until the event has its media',
};
/** Of an undo: what it took back. @type {Readonly<Record<string, string>>} */
const LISTS = { mask: 'masks', preference: 'preferences', notice: 'notices' };

/**
 * What happened, in a few words.
 * @param {Change} change @param {readonly Change[]} all of the history that is read: an undo names what it took back
 */
export function changeTitle({ action, detail = {} }, all) {
  if (action === 'init') return detail['version'] === 1 ? 'First init' : 'Init accepted';
  if (action !== 'undone') return TITLES[action] ?? action;
  const undone = all.find((one) => one.detail?.['id'] === detail['target']);
  return `${TITLES[undone?.action ?? ''] ?? 'A change'} taken back`;
}

/**
 * The numbers of a change, in a line.
 * @param {Change} change @param {readonly Change[]} all
 */
export function changeText(change, all) {
  const { action, detail = {}, members = [] } = change;
  // Of what is new every member is new.
  if (action === 'created') return '';
  if (action === 'init' || action === 'pipeline-init') return initText(detail);
  if (action === 'undone') {
    const undone = all.find((one) => one.detail?.['id'] === detail['target']);
    const list = LISTS[undone?.action ?? ''];
    return undone === undefined || list === undefined ? '' : entryText(list, undone.detail ?? {});
  }
  const list = LISTS[action];
  return list === undefined ? toldText(detail, members) : entryText(list, detail);
}

/** @param {Readonly<Record<string, any>>} init of a change */
function initText({ representation, pipeline, version, fromSegment, codec }) {
  const told = [
    `${representation} of pipeline ${pipeline}`,
    ...(version > 1 ? [`version ${version} from segment ${fromSegment}`] : []),
    ...(codec === undefined ? [] : [codec]),
  ];
  return told.join(' · ');
}

/** Members of a change that tell a person nothing: they are for programs, in `GET .../history`. */
const UNTOLD = new Set(['id', 'digest', 'identity', 'credential', 'change']);
const TOLD_LENGTH_MAX = 40;

/** @param {Readonly<Record<string, unknown>>} detail @param {NonNullable<Change['members']>} members */
function toldText(detail, members) {
  const told = Object.entries(detail)
    .filter(([name]) => !UNTOLD.has(name) && !name.endsWith('Ms'))
    .map(([name, value]) => `${wordsOf(name)} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .filter((text) => text.length <= TOLD_LENGTH_MAX);
  const changed = members.map(({ member, from, to }) => `${member}: ${from ?? 'none'} → ${to ?? 'none'}`);
  return [...told, ...changed].join(' · ');
}

/** @example `from segment` of `fromSegment` @param {string} name */
function wordsOf(name) {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
