import { brokenText, faultTitle, labGroups, leftText, type LabFault } from '../../console/pages/lab-words.js';

const drop: LabFault = {
  ...{ name: 'drop', scope: 'pipeline', what: 'loses every third segment' },
  subjects: ['a', 'b'],
};
const gone: LabFault = { name: 'stop-region', scope: 'region', what: 'is gone', subjects: ['one'] };

describe('the words of the fault lab', () => {
  it('groups faults by what they break, and has no empty group', () => {
    expect(labGroups([gone, drop]).map(({ scope, faults }) => [scope, faults])).toEqual([
      ['pipeline', [drop]],
      ['region', [gone]],
    ]);
    expect(labGroups([gone]).map(({ scope }) => scope)).toEqual(['region']);
    expect(labGroups([])).toEqual([]);
  });

  it('makes titles of names', () => {
    expect(faultTitle('cut-from-edge')).toBe('Cut from edge');
  });

  it.each([
    [{ fault: 'drop', subject: 'a' }, 'Pipeline a loses every third segment'],
    [{ fault: 'drop', subject: 'b', representation: 'v720' }, 'Pipeline b loses every third segment (v720)'],
    [{ fault: 'stop-region', subject: 'one' }, 'Region one is gone'],
    [{ fault: 'of-tomorrow', subject: 'a' }, 'a: Of tomorrow'],
  ])('%j', (active, text) => {
    expect(brokenText([drop, gone], active)).toBe(text);
  });

  it.each([
    [10_000, '10 s'],
    [9001, '10 s'],
    [1, '1 s'],
    [0, '0 s'],
    [-5000, '0 s'],
  ])('counts %d ms down as %s', (leftMs, text) => {
    expect(leftText(new Date(1_000_000 + leftMs).toISOString(), 1_000_000)).toBe(text);
  });
});
