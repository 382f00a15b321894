import fc from 'fast-check';
import { decodeSfDict } from '@svta/cml-structured-field-values';
import type { EventEntry, Notice } from '../../../origin/events/event-record';
import { mergeSaid, noticesOf, PIPELINE_NOTICES_MAX } from '../../../origin/events/notices';
import {
  encodeNotices,
  NOTICE_BYTES_MAX,
  NOTICES_BYTES_MAX,
  noticesVersion,
  parseNotices,
} from '../../../origin/events/notices-field';

const operator = (atMs: number, type: string, name = '', data: Notice['data'] = {}): EventEntry => ({
  ...{ kind: 'notice', id: `${atMs}-x`, atMs, by: 'op', type, name, data },
});
const pipeline = (which: string, notices: readonly (Notice & { readonly atMs: number })[]): EventEntry => ({
  ...{ kind: 'pipeline-notices', id: `notices#${which}`, by: which, pipeline: which, notices },
  atMs: Math.max(...notices.map(({ atMs }) => atMs)),
});
const removal = (atMs: number, type: string, name = ''): EventEntry => ({
  ...{ kind: 'notice-removal', id: `${atMs}-y`, atMs, by: 'op', type, name },
});

describe('the notices in force', () => {
  it('are none, and told by no header, while nothing was said', () => {
    expect(noticesOf([])).toBeUndefined();
  });

  it('are merged by type and id, the newest first, with the time of the last change as their version', () => {
    const notices = noticesOf([
      operator(10, 'ad', '1', { seconds: 30 }),
      operator(20, 'ad', '2'),
      operator(30, 'ad', '1', { seconds: 60 }),
      operator(25, 'lost'),
    ]);
    expect(notices?.field).toBe('version=30, notices=(ad;id="1";seconds=60 lost ad;id="2")');
  });

  it('are as old as they were when another pipeline says the same', () => {
    const said = { type: 'ad', name: '1', data: {} };
    const one = pipeline('a', [{ ...said, atMs: 10 }]);
    const both = noticesOf([one, pipeline('b', [{ ...said, atMs: 12 }])]);
    expect([both?.version, both?.standing]).toEqual([10, [{ ...said, atMs: 10, by: 'a' }]]);
  });

  it('lose what was removed, whoever had said it, and say so until it is said anew', () => {
    const said = [operator(10, 'ad', '1'), pipeline('a', [{ type: 'ad', name: '1', data: {}, atMs: 11 }])];
    const removed = [...said, removal(20, 'ad', '1')];
    expect(noticesOf(removed)?.field).toBe('version=20, notices=()');
    expect(noticesOf([...removed, removal(30, 'ad', '1')])?.version).toBe(20);
    expect(noticesOf([...removed, operator(40, 'ad', '1')])?.field).toBe('version=40, notices=(ad;id="1")');
  });
});

describe('what a pipeline sends', () => {
  const said = (name: string, data: Notice['data'] = {}): Notice => ({ type: 'ad', name, data });

  it('is new once, however often it is sent', () => {
    const first = mergeSaid([], [said('1'), said('2')], 100, 0);
    expect(first?.map(({ name, atMs }) => [name, atMs])).toEqual([
      ['1', 100],
      ['2', 100],
    ]);
    expect(mergeSaid(first ?? [], [said('1')], 200, 100)).toBeUndefined();
    expect(mergeSaid(first ?? [], [], 200, 100)).toBeUndefined();
  });

  it('gets a version that no clock can turn back', () => {
    expect(mergeSaid([], [said('1')], 100, 500)?.[0]?.atMs).toBe(501);
  });

  it('changes no mind of another pipeline that is a segment behind', () => {
    const [x, z] = [said('1', { is: 'x' }), said('1', { is: 'z' })];
    const a1 = mergeSaid([], [x], 10, 0) ?? [];
    const b1 = mergeSaid([], [x], 11, 10) ?? [];
    const a2 = mergeSaid(a1, [z], 20, 10) ?? [];
    expect(mergeSaid(b1, [x], 21, 20)).toBeUndefined();
    expect(noticesOf([pipeline('a', a2), pipeline('b', b1)])?.standing).toMatchObject([
      { data: { is: 'z' } },
    ]);
  });

  it(`keeps ${PIPELINE_NOTICES_MAX}, those that are still sent before others`, () => {
    let kept: NonNullable<ReturnType<typeof mergeSaid>> = [];
    for (let at = 0; at < 30; at++)
      kept = mergeSaid(kept, [said('first'), said(`n${at}`)], at, at - 1) ?? kept;
    expect(kept).toHaveLength(PIPELINE_NOTICES_MAX);
    expect(kept.map(({ name }) => name)).toEqual(expect.arrayContaining(['first', 'n29', 'n16']));
  });
});

describe('the header', () => {
  it('carries the newest that 512 bytes have room for, and counts the others', () => {
    const data = { text: 'x'.repeat(200) };
    const all = ['5', '4', '3', '2', '1'].map((name) => ({ type: 'long', name, data }));
    const { field, carried } = encodeNotices(1_722_470_400_000, all);
    expect([carried, field.length <= NOTICES_BYTES_MAX]).toEqual([2, true]);
    expect(field).toMatch(/id="5".*id="4".*, more=3$/);
    expect(noticesVersion(field)).toBe(1_722_470_400_000);
  });

  it('has room for the newest, whatever it is', () => {
    const largest = { type: 'x', name: '', data: { t: 'y'.repeat(NOTICE_BYTES_MAX - 6) } };
    const others = Array.from({ length: 9999 }, () => largest);
    expect(encodeNotices(999_999_999_999_999, others).carried).toBe(1);
  });

  const parameter = fc.oneof(
    fc.integer({ min: -999_999_999_999_999, max: 999_999_999_999_999 }),
    fc.integer({ min: -1e9, max: 1e9 }).map((thousandths) => thousandths / 1000),
    fc.boolean(),
    fc.stringMatching(/^[ -~]{0,40}$/),
  );
  const notice = fc.record({
    type: fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,15}$/),
    name: fc.stringMatching(/^([A-Za-z0-9][A-Za-z0-9_-]{0,9})?$/),
    data: fc.dictionary(
      fc.stringMatching(/^[a-z][a-z0-9_.*-]{0,7}$/).filter((key) => key !== 'id' && key !== 'from'),
      parameter,
      { maxKeys: 3, noNullPrototype: true },
    ),
  });

  it('is read as it was written', () => {
    fc.assert(
      fc.property(fc.array(notice, { maxLength: 3 }), fc.nat(), (notices, version) => {
        const { field, carried } = encodeNotices(version, notices);
        expect(Object.keys(decodeSfDict(field) as object)).toContain('notices');
        const sent = field.replace(/^version=\d+, /, '').replace(/, more=\d+$/, '');
        expect(parseNotices(sent)).toEqual({ notices: notices.slice(0, carried) });
      }),
    );
  });

  it.each([
    ['no dictionary', 'notices=(ad', 'Headwater-Notices'],
    ['an item in place of a list', 'notices=ad', 'Headwater-Notices'],
    ['another member', 'version=1, notices=()', 'Headwater-Notices'],
    ['nothing', '', 'Headwater-Notices'],
    ['a type that is a string', 'notices=("ad")', 'Headwater-Notices.0.type'],
    ['an id that is no string', 'notices=(ad;id=1)', 'Headwater-Notices.0.id'],
    ['an id that stands in no URL', 'notices=(ad;id="a/b")', 'Headwater-Notices.0.id'],
    ['a segment number below 0', 'notices=(ad;from=-1)', 'Headwater-Notices.0.fromSegment'],
    ['bytes', 'notices=(ad;x=:aGk=:)', 'Headwater-Notices.0.data.x'],
    ['a date', 'notices=(ad;x=@1)', 'Headwater-Notices.0.data.x'],
    ['a token', 'notices=(ad;x=y)', 'Headwater-Notices.0.data.x'],
    ['too many members', `notices=(ad${'abcdefghi'.replaceAll(/./g, ';$&')})`, 'Headwater-Notices.0.data'],
    ['too many', `notices=(${'a '.repeat(17)})`, 'Headwater-Notices'],
    ['too long', `notices=(ad;x="${'y'.repeat(500)}")`, 'Headwater-Notices'],
    [
      'one that is too long',
      `notices=(ad;x="${'y'.repeat(280)}";z="${'y'.repeat(120)}")`,
      'Headwater-Notices.0',
    ],
  ])('of a pipeline counts for nothing with %s', (_, header, parameter_) => {
    expect(parseNotices(header)).toMatchObject({ faults: [{ parameter: parameter_ }] });
  });

  it('has no version where it is none of ours', () => {
    expect([undefined, '', 'version=x', 'version=12x', 'notices=()'].map(noticesVersion)).toEqual([
      -1, -1, -1, -1, -1,
    ]);
  });
});
