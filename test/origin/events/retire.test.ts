import { appendEntry } from '../../../origin/events/append-entry';
import type { ChangeTerms } from '../../../origin/events/change-outcome';
import {
  OPERATOR_ENTRIES_MAX,
  type EventEntry,
  type PipelineInitEntry,
} from '../../../origin/events/event-record';
import { operatorEntries, spentEntries } from '../../../origin/events/retire';
import type { Origin } from '../../../origin/origin';
import { deploy, EDGE, KEY } from '../../support/deployment';
import { initEntry } from '../../support/live-event';
import { NOW_MS, sampleHead, sampleMask } from '../../support/samples';

/** The window of two hours is [OLDEST, NUMBER]; what was said before OLD_MS is older than it. */
const NUMBER = NOW_MS / 2000 - 2;
const OLDEST = NUMBER - 3600;
const OLD_MS = NOW_MS - 7_200_001;
const HEAD = sampleHead({
  createdAtMs: 1000,
  configuration: { ...sampleHead().configuration, initialSegmentNumber: NUMBER - 100_000 },
});
const BASE = { atMs: OLD_MS, by: 'operator-1' };

const mask = (id: string, parts: object = {}) => sampleMask(id, { ...BASE, fromSegment: 1, ...parts });
const undo = (target: string, atMs = OLD_MS): EventEntry => ({
  ...{ ...BASE, id: `undo#${target}`, kind: 'undo', target, atMs },
});
const preference = (id: string, fromSegment: number): EventEntry => ({
  ...{ ...BASE, id, kind: 'preference', fromSegment, order: ['b'] },
});
const pipelineInit = (id: string, change: number): PipelineInitEntry => {
  const { init, bytes, digest } = initEntry('v720', 'video');
  const of = { representation: 'v720', pipeline: 'b' };
  return { ...BASE, ...of, id, kind: 'pipeline-init', change, init, bytes, digest };
};
const revocation = (id: string, validUntilMs: number): EventEntry => ({
  ...{ ...BASE, id, kind: 'revocation', credential: 'a-1', validUntilMs },
});
const notice = (id: string, name: string, agoMs: number): EventEntry => ({
  ...{ ...BASE, id, kind: 'notice', type: 'ad-break', name, data: {}, atMs: OLD_MS - agoMs },
});
const removal = (id: string, name: string, agoMs: number): EventEntry => ({
  ...{ ...BASE, id, kind: 'notice-removal', type: 'ad-break', name, atMs: OLD_MS - agoMs },
});

it.each<[string, EventEntry[], string[]]>([
  ['a mask that ends before the window', [mask('1', { toSegment: OLDEST - 1 })], ['1']],
  ['not one that ends in it', [mask('1', { toSegment: OLDEST })], []],
  ['not one without an end', [mask('1')], []],
  ['not an automatic one: their count matters', [mask('1', { toSegment: 2, automatic: true })], []],
  ['what was taken back, before the taking back', [mask('1'), undo('1')], ['1']],
  ['not what was taken back just now: edges have to hear of it', [mask('1'), undo('1', NOW_MS)], []],
  ['a taking back whose target is gone', [undo('1')], ['undo#1']],
  [
    'not an automatic mask taken back: it would be made again',
    [mask('1', { automatic: true }), undo('1')],
    [],
  ],
  [
    'preferences that another overrides in the whole window',
    [preference('1', 5), preference('2', OLDEST), preference('3', NUMBER)],
    ['1'],
  ],
  ['of two from the same number the former', [preference('1', 5), preference('2', 5)], ['1']],
  [
    'not the one that another had overridden until it was taken back',
    [preference('1', 5), preference('2', 6), undo('2')],
    ['2'],
  ],
  ["a pipeline's inits but the last", [pipelineInit('1', 1), pipelineInit('2', 2)], ['1']],
  ['no init: players may come back to any version', [initEntry('v720', 'video', { atMs: OLD_MS })], []],
  ['a revocation long after it', [revocation('1', OLD_MS), revocation('2', NOW_MS)], ['1']],
  [
    'an invalidation that edges have heard of',
    [{ ...BASE, id: '1', kind: 'invalidation', reason: '' }],
    ['1'],
  ],
  ['not one of just now', [{ ...BASE, id: '1', kind: 'invalidation', reason: '', atMs: NOW_MS }], []],
  ['a notice said anew', [notice('1', 'x', 2), notice('2', 'x', 1)], ['1']],
  [
    'a notice taken back, before the removal',
    [notice('1', 'x', 3), removal('2', 'x', 2), notice('3', 'y', 1)],
    ['1'],
  ],
  ['a removal of what is gone', [removal('2', 'x', 2), notice('3', 'y', 1)], ['2']],
  ['not the last word: its time is the version', [notice('1', 'x', 3), removal('2', 'x', 2)], []],
  [
    'everything of a former event of the name',
    [mask('1', { atMs: 5 }), mask('2', { atMs: 5, automatic: true })],
    ['1', '2'],
  ],
])('%s', (_, entries, spent) => {
  expect(spentEntries({ head: HEAD, entries }, NOW_MS)).toEqual(spent);
});

it("neither encoders, nor masks by rule, nor what was taken back take an operator's place", () => {
  const ours = [mask('2', { automatic: true }), pipelineInit('3', 1), initEntry('v720', 'video')];
  const entries = [mask('1'), mask('4'), undo('4', NOW_MS), ...ours];
  expect(operatorEntries({ head: HEAD, entries }, NOW_MS)).toBe(1);
});

describe('an event of months', () => {
  const TERMS: ChangeTerms = { by: 'operator-1', reason: '', preview: false, force: true };
  const append = (origin: Origin, parts: object) =>
    appendEntry(origin, KEY, (_, base) => sampleMask('', { ...base, ...parts }), TERMS);

  it('takes more changes than it holds at once, and its history has them all', async () => {
    const { origin, clock } = await deploy({ timeShiftBufferDepthSeconds: 600 });
    const total = OPERATOR_ENTRIES_MAX + 100;
    for (let at = 0; at < total; at++) {
      await clock.advance(60_000);
      const number = EDGE + at * 30;
      expect(await append(origin, { fromSegment: number, toSegment: number })).toMatchObject({
        kind: 'done',
      });
    }
    const record = await origin.eventStore.read(KEY);
    // An hour of masks, and those that wait to be dropped together.
    expect(typeof record === 'object' && record.entries.length).toBeLessThan(60 + 40);
    expect(await origin.eventStore.history(KEY, { limit: 2 * total })).toHaveLength(total + 1);
  });

  it('refuses more in force than an origin reads at once; what is taken back makes room', async () => {
    const { origin } = await deploy();
    const ids: string[] = [];
    for (let at = 0; at < OPERATOR_ENTRIES_MAX; at++) {
      const made = await append(origin, { fromSegment: EDGE + at });
      if (made.kind === 'done') ids.push(made.value.id);
    }
    expect((await append(origin, { fromSegment: EDGE })).kind).toBe('full');
    const [target = ''] = ids;
    const back = await appendEntry(
      origin,
      KEY,
      (_, { atMs }): EventEntry => ({ ...BASE, id: `undo#${target}`, atMs, kind: 'undo', target }),
      TERMS,
    );
    expect(back.kind).toBe('done');
    expect((await append(origin, { fromSegment: EDGE })).kind).toBe('done');
  });
});
