import { changeOfEntry, changeOfHead, memberChanges } from '../../../origin/events/change-record';
import type { CompleteConfiguration } from '../../../origin/events/event-record';
import { initEntry } from '../../support/live-event';
import { NOW_MS, sampleHead, sampleMask } from '../../support/samples';

const { configuration } = sampleHead();
const [video] = configuration.representations;
if (video === undefined) throw new Error('the sample has no representation');

describe('what of a configuration changed', () => {
  it.each<[string, Partial<CompleteConfiguration>, object[]]>([
    ['nothing', {}, []],
    [
      'a member of a member',
      { publish: { ...configuration.publish, delayMs: 700 } },
      [{ member: 'publish.delayMs', from: '500', to: '700' }],
    ],
    ['an order', { pipelines: ['b', 'a'] }, [{ member: 'pipelines', from: '["a","b"]', to: '["b","a"]' }]],
    [
      'a representation put first',
      { representations: [{ ...video, id: 'v360' }, video] },
      [{ member: 'representations.v360', to: expect.stringContaining('"id":"v360"') as string }],
    ],
    [
      'a member of a representation, by its id',
      { representations: [{ ...video, bandwidth: 2_000_000 }] },
      [{ member: 'representations.v720.bandwidth', from: '1500000', to: '2000000' }],
    ],
    [
      'a member that was not there',
      { drm: { hlsKeyLine: `#EXT-X-KEY:${'x'.repeat(300)}` } },
      [{ member: 'drm', to: expect.stringMatching(/^.{200}…$/) as string }],
    ],
  ])('%s', (_, parts, wanted) => {
    expect(memberChanges(configuration, { ...configuration, ...parts })).toEqual(wanted);
  });

  it('only the order of representations', () => {
    const two = { ...configuration, representations: [video, { ...video, id: 'v360' }] };
    const turned = { ...two, representations: [...two.representations].reverse() };
    expect(memberChanges(two, turned)).toEqual([
      { member: 'representations', from: '["v720","v360"]', to: '["v360","v720"]' },
    ]);
  });

  it('64 members at most', () => {
    const many = Array.from({ length: 64 }, (_, at) => ({ ...video, id: `v${at}` }));
    const wanted = many.map((one) => ({ ...one, bandwidth: 7, label: 'x' }));
    const before = { ...configuration, representations: many };
    expect(memberChanges(before, { ...configuration, representations: wanted })).toHaveLength(64);
  });
});

it('making an event tells all of its members', () => {
  const made = changeOfHead('created', undefined, sampleHead(), { by: 'operator-1', reason: 'the final' });
  expect(made).toMatchObject({ action: 'created', by: 'operator-1', reason: 'the final', atMs: NOW_MS });
  expect(made.members?.map(({ member }) => member).sort()).toEqual(Object.keys(configuration).sort());
});

it('an entry is told with what was asked and why', () => {
  expect(changeOfEntry(sampleMask('m-1'))).toEqual({
    id: `${NOW_MS.toString().padStart(16, '0')}#m-1`,
    ...{ atMs: NOW_MS, by: 'operator-1', action: 'mask', reason: 'picture freezes' },
    detail: { id: 'm-1', pipeline: 'a', fromSegment: 895_000_000 },
  });
});

it('an init is told by its identity, not by its bytes', () => {
  const { detail, action } = changeOfEntry(initEntry('v720', 'video'));
  expect(action).toBe('init');
  expect(detail).toMatchObject({ representation: 'v720', version: 1, identity: 'picture' });
  expect(detail).not.toHaveProperty('bytes');
});
