import fc from 'fast-check';
import { reportedDefects } from '../../http/segment-inspection';
import { defect } from '../../origin/media/defect';

it.each([
  [
    'as a publisher writes it',
    'tfdt=1, samples=50, defects=(short;missing=5 discontinuity)',
    [defect('short', { missing: 5 }), defect('discontinuity')],
  ],
  ['as strings', 'defects=("short" "gap")', [defect('short'), defect('gap')]],
  ['a clean verdict', 'tfdt=1, defects=()', []],
  ['no verdict', 'tfdt=1', []],
  ['no list', 'defects=short', []],
  ['names that are none of ours', 'defects=(ugly constructor toString)', []],
  [
    'one name twice counts once',
    'defects=(short;missing=5 short;missing=9)',
    [defect('short', { missing: 5 })],
  ],
  ['measures that are no numbers', 'defects=(short;missing="5";why=x)', [defect('short')]],
  ['malformed', 'defects=(short', []],
  ['empty', '', []],
  ['not there', undefined, []],
])('%s', (_, header, expected) => {
  expect(reportedDefects(header)).toEqual(expected);
});

it('a verdict is bounded: measures and names', () => {
  const many = Array.from({ length: 50 }, (_, at) => `;m${at}=${at}`).join('');
  const [found, ...others] = reportedDefects(`defects=(${`short${many} `.repeat(100).trim()})`);
  expect(Object.keys(found!.measures)).toHaveLength(4);
  expect(others).toEqual([]);
});

it('reads any header without failing', () => {
  const header = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string().map((text) => `defects=(${text})`),
  );
  fc.assert(fc.property(header, (text) => void reportedDefects(text)));
});
