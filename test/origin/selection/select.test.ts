import fc from 'fast-check';
import type { Candidate } from '../../../origin/candidate';
import type { EventEntry, PreferenceEntry } from '../../../origin/events/event-record';
import { defect, isValid, severityOf, type Defect } from '../../../origin/media/defect';
import {
  defectsOf,
  isSettled,
  select,
  selectionRules,
  type Decision,
  type SelectionRules,
} from '../../../origin/selection/select';
import { liveEvent } from '../../support/live-event';
import { sampleCandidate, sampleMask } from '../../support/samples';

const NUMBER = 895_000_000;
const SHORT = defect('short', { missing: 11 });
const VERY_SHORT = defect('short', { missing: 40 });
const LONG = defect('long', { extra: 1 });
const GAP = defect('gap', { ticks: 512 });
const JUMP = defect('discontinuity', { ticks: 960 });
const LATE = defect('late', { ms: 9000 });
const TRUNCATED = defect('truncated');

const ORDER: SelectionRules = { order: ['a', 'b', 'c'], masks: new Map(), whenAllDefective: 'serve' };

function copy(pipeline: string, defects: readonly Defect[] = [], digest = pipeline, region = 'us-east-1') {
  return sampleCandidate({ pipeline, defects, digest, region });
}

function told({ chosen, passedOver }: Decision) {
  const why = Object.fromEntries(
    passedOver.map((one) => [`${one.copy.pipeline}/${one.copy.digest}`, one.why]),
  );
  return [chosen && `${chosen.pipeline}/${chosen.digest}`, why];
}

describe('one pipeline after the other: the first valid copy wins', () => {
  it.each([
    ['nobody published', [], ORDER, undefined, {}],
    [
      'all are valid',
      [copy('c'), copy('b'), copy('a')],
      ORDER,
      'a/a',
      { 'b/b': 'later-in-order', 'c/c': 'later-in-order' },
    ],
    ['the first is missing', [copy('c'), copy('b')], ORDER, 'b/b', { 'c/c': 'later-in-order' }],
    ['the first has a defect', [copy('a', [LONG]), copy('b')], ORDER, 'b/b', { 'a/a': 'defective' }],
    ['a note is no defect', [copy('a', [LATE]), copy('b')], ORDER, 'a/a', { 'b/b': 'later-in-order' }],
    [
      'the first is fatal',
      [copy('a', [TRUNCATED]), copy('b', [JUMP])],
      ORDER,
      'b/b',
      { 'a/a': 'unservable' },
    ],
    ['all are fatal', [copy('a', [TRUNCATED])], ORDER, undefined, { 'a/a': 'unservable' }],
    [
      'one is of no pipeline of ours',
      [copy('x'), copy('b', [JUMP])],
      ORDER,
      'b/b',
      { 'x/x': 'not-configured' },
    ],
  ] as const)('%s', (_, candidates, rules, chosen, why) => {
    expect(told(select(NUMBER, candidates, rules))).toEqual([chosen, why]);
  });
});

describe('nothing is valid: the least severe is served', () => {
  it.each([
    ['lower class before higher', [SHORT, SHORT], [JUMP], 'a'],
    ['however many of the lower', [JUMP], [SHORT, GAP, LONG], 'b'],
    ['of one class, fewer defects', [SHORT, GAP], [VERY_SHORT], 'b'],
    ['of as many, less missing', [VERY_SHORT], [SHORT], 'b'],
    ['of those alike, the order', [SHORT], [SHORT], 'a'],
    ['notes do not count', [SHORT, LATE], [SHORT], 'a'],
  ] as const)('%s', (_, a, b, winner) => {
    const decision = select(NUMBER, [copy('b', b), copy('a', a)], ORDER);
    expect(told(decision)).toEqual([
      `${winner}/${winner}`,
      { [winner === 'a' ? 'b/b' : 'a/a']: 'defective' },
    ]);
  });

  it('whenAllDefective: "reject" serves none of them', () => {
    const rules = { ...ORDER, whenAllDefective: 'reject' } as const;
    const decision = select(NUMBER, [copy('a', [LONG]), copy('b', [JUMP])], rules);
    expect(told(decision)).toEqual([undefined, { 'a/a': 'unservable', 'b/b': 'unservable' }]);
  });
});

describe('inside a pipeline, where regions hold different bytes', () => {
  it.each([
    [
      'the cleaner wins',
      [copy('a', [LONG], '1'), copy('a', [], '2', 'us-west-2')],
      'a/2',
      { 'a/1': 'other-copy' },
    ],
    [
      'of two clean ones the lower digest',
      [copy('a', [], '2'), copy('a', [], '1', 'us-west-2')],
      'a/1',
      { 'a/2': 'other-copy' },
    ],
    [
      'a valid copy in any region makes the pipeline valid',
      [copy('a', [JUMP], '1'), copy('b'), copy('a', [], '2', 'us-west-2')],
      'a/2',
      { 'a/1': 'other-copy', 'b/b': 'later-in-order' },
    ],
    [
      'a fatal one never is the other copy',
      [copy('a', [TRUNCATED], '1'), copy('a', [LONG], '2', 'us-west-2')],
      'a/2',
      { 'a/1': 'unservable' },
    ],
  ] as const)('%s', (_, candidates, chosen, why) => {
    expect(told(select(NUMBER, candidates, ORDER))).toEqual([chosen, why]);
  });

  it('replicas of the same bytes are one copy, ordered by region', () => {
    const [east, west] = [copy('a', [], '1', 'us-east-1'), copy('a', [], '1', 'us-west-2')];
    expect(select(NUMBER, [west, east], ORDER).chosen?.replicas).toEqual([east, west]);
  });

  it('what one region flagged of the same bytes is true of all', () => {
    const flagged = [copy('a', [], '1', 'us-east-1'), copy('a', [JUMP], '1', 'us-west-2'), copy('b')];
    expect(told(select(NUMBER, flagged, ORDER))).toEqual(['b/b', { 'a/1': 'defective' }]);
  });
});

describe('settled: no other region can change the decision', () => {
  const masked: SelectionRules = { ...ORDER, masks: new Map([['a', sampleMask('m')]]) };
  it.each([
    ['the first pipeline is valid', [copy('a')], ORDER, true],
    ['the first pipeline has a defect', [copy('a', [LONG])], ORDER, false],
    ['only the second is there', [copy('b')], ORDER, false],
    ['the first that is not masked is valid', [copy('a'), copy('b')], masked, true],
    ['nothing is there', [], ORDER, false],
  ] as const)('%s: %#', (_, candidates, rules, settled) => {
    expect(isSettled(select(NUMBER, candidates, rules))).toBe(settled);
  });
});

describe('rules of one number', () => {
  const preference = (fromSegment: number, order: readonly string[], id = 'p'): PreferenceEntry => ({
    ...{ kind: 'preference', id: `${id}${fromSegment}`, atMs: 1, by: 'operator-1', fromSegment, order },
  });
  const rulesOf = (entries: readonly EventEntry[], number = NUMBER, representation = 'v720') =>
    selectionRules(
      liveEvent({ initialSegmentNumber: 0, pipelines: ['a', 'b', 'c'] }, entries),
      representation,
      number,
    );

  it.each([
    ['the configuration’s order', [], ['a', 'b', 'c']],
    ['a preference from this number on', [preference(NUMBER, ['c', 'b', 'a'])], ['c', 'b', 'a']],
    ['not one from the next on', [preference(NUMBER + 1, ['c', 'b', 'a'])], ['a', 'b', 'c']],
    ['those it does not name follow', [preference(NUMBER, ['c'])], ['c', 'a', 'b']],
    ['those that no longer exist are passed over', [preference(NUMBER, ['x', 'b'])], ['b', 'a', 'c']],
    ['the later start holds', [preference(1, ['c']), preference(2, ['b'])], ['b', 'a', 'c']],
    ['of one start the newer entry', [preference(2, ['c'], '1'), preference(2, ['b'], '2')], ['b', 'a', 'c']],
  ] as const)('order: %s', (_, entries, order) => {
    expect(rulesOf(entries).order).toEqual(order);
  });

  it.each([
    ['from its first number on', { fromSegment: NUMBER }, true],
    ['not before', { fromSegment: NUMBER + 1 }, false],
    ['to its last number', { fromSegment: 1, toSegment: NUMBER }, true],
    ['not after', { fromSegment: 1, toSegment: NUMBER - 1 }, false],
    ['of its representation', { fromSegment: 1, representation: 'v720' }, true],
    ['of no other', { fromSegment: 1, representation: 'a128' }, false],
  ])('a mask excludes its pipeline %s', (_, parts, excluded) => {
    const mask = sampleMask('m', { pipeline: 'b', ...parts });
    expect([...rulesOf([mask]).masks]).toEqual(excluded ? [['b', mask]] : []);
  });

  it('a mask that was taken back excludes nobody', () => {
    const undo: EventEntry = { kind: 'undo', id: 'undo#m', target: 'm', atMs: 2, by: 'operator-1' };
    expect(rulesOf([sampleMask('m', { atMs: 1 }), undo]).masks.size).toBe(0);
  });

  it('a masked pipeline is out, however good its copy; a defective one is served before it', () => {
    const rules: SelectionRules = { ...ORDER, masks: new Map([['a', sampleMask('m')]]) };
    expect(told(select(NUMBER, [copy('a'), copy('b', [JUMP])], rules))).toEqual(['b/b', { 'a/a': 'masked' }]);
  });
});

describe('whatever the regions hold', () => {
  const defects = fc.subarray([SHORT, LONG, GAP, JUMP, LATE, TRUNCATED, defect('repeated')]);
  const candidate = fc.record({
    pipeline: fc.constantFrom('a', 'b', 'c', 'x'),
    region: fc.constantFrom('us-east-1', 'us-west-2', 'eu-west-1'),
    digest: fc.constantFrom('1', '2', '3'),
    defects,
  });
  const candidates = fc
    .uniqueArray(candidate, { selector: ({ pipeline, region }) => pipeline + region, maxLength: 12 })
    .map((all) => all.map((parts) => sampleCandidate(parts)));
  const rules = fc.record({
    order: fc.shuffledSubarray(['a', 'b', 'c'], { minLength: 1 }),
    masks: fc.subarray(['a', 'b', 'c']).map((masked) => new Map(masked.map((one) => [one, sampleMask(one)]))),
    whenAllDefective: fc.constantFrom('serve', 'reject'),
  }) as fc.Arbitrary<SelectionRules>;
  const runs = { numRuns: 1000 };

  it('the order in which candidates are heard changes nothing', () => {
    const shuffled = candidates.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(shuffled, rules, ([all, other], of) => {
        expect(select(NUMBER, other, of)).toEqual(select(NUMBER, all, of));
      }),
      runs,
    );
  });

  it('a valid copy of an unmasked pipeline is never passed over for a defective one', () => {
    fc.assert(
      fc.property(candidates, rules, (all, of) => {
        const { chosen } = select(NUMBER, all, of);
        const spoilt = (one: Candidate) =>
          all.some(
            (other) =>
              other.pipeline === one.pipeline && other.digest === one.digest && !isValid(other.defects),
          );
        const valid = all.some(
          (one) => !spoilt(one) && of.order.includes(one.pipeline) && !of.masks.has(one.pipeline),
        );
        expect(chosen !== undefined && isValid(defectsOf(chosen))).toBe(valid);
      }),
      runs,
    );
  });

  it('one more candidate never makes the answer worse, unless it says of known bytes what is wrong', () => {
    const severityOfChosen = ({ chosen }: Decision) =>
      chosen === undefined ? Infinity : severityOf(defectsOf(chosen));
    fc.assert(
      fc.property(candidates, candidate, rules, (all, parts, of) => {
        fc.pre(!all.some(({ pipeline, digest }) => pipeline === parts.pipeline && digest === parts.digest));
        const before = select(NUMBER, all, of);
        const after = select(NUMBER, [...all, sampleCandidate(parts)], of);
        expect(severityOfChosen(after)).toBeLessThanOrEqual(severityOfChosen(before));
      }),
      runs,
    );
  });

  it('the decision names every candidate once: chosen, or why not', () => {
    fc.assert(
      fc.property(candidates, rules, (all, of) => {
        const { chosen, passedOver } = select(NUMBER, all, of);
        const named = [chosen, ...passedOver.map(({ copy: one }) => one)].flatMap(
          (one) => one?.replicas ?? [],
        );
        expect(new Set(named)).toEqual(new Set(all));
        expect(named).toHaveLength(all.length);
      }),
      runs,
    );
  });

  it('is never fatal, masked, unknown, or defective where those are rejected', () => {
    fc.assert(
      fc.property(candidates, rules, (all, of) => {
        const { chosen } = select(NUMBER, all, of);
        fc.pre(chosen !== undefined);
        expect(of.order).toContain(chosen.pipeline);
        expect(of.masks.has(chosen.pipeline)).toBe(false);
        const severity = severityOf(defectsOf(chosen));
        expect(severity).toBeLessThan(of.whenAllDefective === 'reject' ? 1 : severityOf([TRUNCATED]));
      }),
      runs,
    );
  });
});
