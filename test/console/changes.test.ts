import {
  bodyOf,
  CHANGE_KINDS,
  changePath,
  effectTexts,
  entryText,
  resultText,
  undoPath,
} from '../../console/pages/change-kinds.js';
import { changeText, changeTitle } from '../../console/pages/change-words.js';
import { stillRefused } from '../../console/pages/refused-inits.js';
import type { ChangeAction } from '../../origin/events/change-record';

describe('what forms send', () => {
  const kind = (id: string) => {
    const found = CHANGE_KINDS.find((one) => one.id === id);
    if (found === undefined) throw new Error(`kind: wanted ${id}, got none`);
    return found;
  };

  it.each([
    [
      'mask',
      { pipeline: 'a', representation: '', fromSegment: '897 691 769', toSegment: '', reason: 'green' },
      { pipeline: 'a', fromSegment: 897691769, reason: 'green' },
    ],
    ['prefer', { order: 'b, a', fromSegment: '7' }, { order: ['b', 'a'], fromSegment: 7 }],
    ['notice', { type: 'ad', data: '{"seconds": 30}' }, { type: 'ad', data: { seconds: 30 } }],
    [
      'invalidate',
      { scope: 'all', fromSegment: '5', reason: 'wrong logo' },
      { all: true, reason: 'wrong logo' },
    ],
    [
      'invalidate',
      { scope: 'range', fromSegment: '5', toSegment: '9', region: 'us-west-2' },
      { fromSegment: 5, toSegment: 9, region: 'us-west-2' },
    ],
    [
      'init',
      { pipeline: 'b', representation: 'v720', fromSegment: '70' },
      { pipeline: 'b', fromSegment: 70 },
    ],
    ['end', { finalSegment: '' }, {}],
    ['end', { finalSegment: '900', reason: 'rain' }, { finalSegment: 900, reason: 'rain' }],
  ])('%s: %j', (id, values, body) => {
    expect(bodyOf(kind(id), values)).toEqual({ body });
  });

  it.each([
    ['mask', { pipeline: 'a', fromSegment: 'now' }, 'fromSegment'],
    ['mask', { pipeline: 'a', fromSegment: '' }, 'fromSegment'],
    ['mask', { pipeline: 'a', fromSegment: '99999999999999999' }, 'fromSegment'],
    ['notice', { type: '' }, 'type'],
    ['notice', { type: 'ad', data: '[1]' }, 'data'],
    ['invalidate', { scope: 'range', fromSegment: '5', toSegment: '' }, 'toSegment'],
    ['init', { pipeline: 'b', representation: '', fromSegment: '70' }, 'representation'],
    ['end', { finalSegment: 'now' }, 'finalSegment'],
  ])('%s refuses %j by field', (id, values, field) => {
    expect(bodyOf(kind(id), values)).toMatchObject({ field, problem: expect.any(String) as string });
  });

  it('tells when a change acts, and what is slower', () => {
    const slower = [
      { what: 'HLS playlists in caches', withinMs: 5000 },
      { what: 'CloudFront', withinMs: null },
    ];
    expect(effectTexts({ originsMs: 2000, slower })).toEqual({
      soon: 'Every origin acts on it within 2 s, caches and players later.',
      slower: ['HLS playlists in caches: within 5 s', 'CloudFront'],
    });
    expect(effectTexts(undefined).soon).toBe('Every origin acts on it within 2 s.');
  });

  it.each([
    ['mask', {}, 'masks'],
    ['init', { representation: 'v720' }, 'inits/v720'],
    ['end', {}, 'end'],
  ])('%s goes where the control plane takes it', (id, values, path) => {
    expect(changePath(kind(id), values)).toBe(path);
  });

  it('what it comes to, beside what viewers get by it', () => {
    const model = { mediaEndMs: (number: number) => number * 2000, nowMs: 0 };
    const ended = { configuration: { finalSegmentNumber: 1000 }, expiresAt: '1970-01-01T02:00:00Z' };
    expect(resultText(kind('end'), ended, model)).toBe(
      'Segment 1\u202f000 is the last; it ends at 00:33:20 UTC. The window stays until 02:00:00 UTC.',
    );
    expect(resultText(kind('init'), { version: 2, fromSegment: 1010 }, model)).toBe(
      'Version 2, from segment 1\u202f010 on.',
    );
    expect(resultText(kind('mask'), { id: 'x' }, model)).toBe('');
  });

  it.each([
    ['masks', { pipeline: 'a', fromSegment: 5 }, 'a masked from 5'],
    [
      'masks',
      { pipeline: 'a', automatic: true, representation: 'v720', fromSegment: 5, toSegment: 9 },
      'By rule: a masked in v720 from 5 to 9',
    ],
    ['preferences', { order: ['b', 'a'], fromSegment: 5 }, 'Order b → a from 5'],
    ['notices', { type: 'ad-break', id: '17' }, 'ad-break 17'],
  ])('says of %s in force %j', (list, entry, text) => {
    expect(entryText(list, entry)).toBe(text);
  });
});

describe('changes', () => {
  it.each([
    ['masks', { id: '0001-ab' }, 'masks/0001-ab'],
    ['notices', { type: 'ad-break', id: '17' }, 'notices/ad-break/17'],
    ['notices', { type: 'ad-break' }, 'notices/ad-break'],
  ])('of %s are taken back at the right place: %j', (list, entry, path) => {
    expect(undoPath(list, entry)).toBe(path);
  });

  const mask = {
    ...{ at: '', by: 'kim', action: 'mask' },
    detail: { id: '0001-ab', pipeline: 'a', fromSegment: 5 },
  };

  it.each([
    ['created', {}, 'Event created', ''],
    ['mask', mask.detail, 'Mask', 'a masked from 5'],
    ['undone', { target: '0001-ab' }, 'Mask taken back', 'a masked from 5'],
    ['undone', { target: 'long ago' }, 'A change taken back', ''],
    ['init', { version: 1, representation: 'v720', pipeline: 'a' }, 'First init', 'v720 of pipeline a'],
    [
      'init',
      { version: 2, representation: 'v720', pipeline: 'b', fromSegment: 70, codec: 'avc1.64001e' },
      'Init accepted',
      'v720 of pipeline b · version 2 from segment 70 · avc1.64001e',
    ],
    [
      'pipeline-init',
      { representation: 'v720', pipeline: 'b', change: 1 },
      'Another init was sent',
      'v720 of pipeline b',
    ],
    ['unheard-of', { pipeline: 'a' }, 'unheard-of', 'pipeline a'],
  ])('%s of the history %j: %s', (action, detail, title, text) => {
    const change = { at: '', by: 'kim', action, detail };
    expect([changeTitle(change, [change, mask]), changeText(change, [change, mask])]).toEqual([title, text]);
  });

  it('are told without what only programs read', () => {
    const detail = { id: 'x', pipeline: 'a', fromSegment: 7, digest: 'f'.repeat(64), validUntilMs: 5 };
    const members = [{ member: 'publish.delayMs', from: '500' }];
    expect(changeText({ at: '', by: 'kim', action: 'credential', detail, members }, [])).toBe(
      'pipeline a · from segment 7 · publish.delayMs: 500 → none',
    );
  });

  it('have a title each, whatever the origin records', () => {
    const actions: Readonly<Record<ChangeAction, true>> = {
      ...{ created: true, replaced: true, ended: true, deleted: true, kept: true, credential: true },
      ...{ revocation: true, mask: true, preference: true, undone: true, invalidation: true },
      ...{ init: true, 'pipeline-init': true, notice: true, 'notice-removal': true },
      'pipeline-notices': true,
    };
    for (const action of Object.keys(actions))
      expect(changeTitle({ at: '', by: 'kim', action }, [])).toMatch(/^[A-Z]/);
  });
});

describe('inits that wait for an operator', () => {
  const init = (pipeline: string, identity: string) => ({ pipeline, identity, at: 'then', codec: identity });

  it('are those that no version is', () => {
    expect(stillRefused('v720', { versions: [init('a', 'one')], refused: [init('b', 'two')] })).toEqual([
      { pipeline: 'b', representation: 'v720', at: 'then', codec: 'two', wanted: 'one' },
    ]);
  });

  it('are not those accepted from a later segment on', () => {
    const versions = [init('a', 'one'), init('b', 'two')];
    expect(stillRefused('v720', { versions, refused: [init('b', 'two')] })).toEqual([]);
    expect(stillRefused('v720', {})).toEqual([]);
  });
});
