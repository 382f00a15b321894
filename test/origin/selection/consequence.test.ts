import { initChoiceEntry } from '../../../origin/events/accept-init';
import { appendEntry } from '../../../origin/events/append-entry';
import type { ChangeOutcome, ChangeTerms } from '../../../origin/events/change-outcome';
import { endEvent, putEvent } from '../../../origin/events/change-event';
import type { EventEntry, MaskEntry } from '../../../origin/events/event-record';
import type { Origin } from '../../../origin/origin';
import type { Consequence } from '../../../origin/selection/consequence';
import { contribution } from '../../support/contribution';
import { asset, DEFAULTS, deploy, EDGE, eventOf, KEY, publish, publishInit } from '../../support/deployment';
import { sampleMask } from '../../support/samples';

const VIDEO = { ...KEY, representation: 'v360' };
const TERMS: ChangeTerms = { by: 'operator-1', reason: '', preview: true, force: false };

/** Ten numbers up to the edge, a letter each: `g` good, `d` defective, `.` nothing. */
async function contributed(letters: Readonly<Record<string, string>>, configuration = {}) {
  const deployment = await deploy(configuration, ['us-east-1', 'us-west-2']);
  const event = await eventOf(deployment.origin);
  for (const [pipeline, sent] of Object.entries(letters))
    for (const candidate of contribution(event, sent, EDGE - sent.length + 1, { ...VIDEO, pipeline }))
      await deployment.origin.local.candidates.record({
        ...candidate,
        region: deployment.origin.local.region,
      });
  return deployment;
}

const mask = (origin: Origin, parts: Partial<MaskEntry> = {}, terms: Partial<ChangeTerms> = {}) =>
  append(origin, (base) => sampleMask('', { ...base, representation: 'v360', ...parts }), terms);

const append = (
  origin: Origin,
  make: (base: { id: string; atMs: number }) => EventEntry,
  terms: Partial<ChangeTerms> = {},
) => appendEntry(origin, KEY, (_, base) => make(base), { ...TERMS, ...terms });

function consequence(outcome: ChangeOutcome<unknown>): Consequence {
  if (!('consequence' in outcome) || outcome.consequence === undefined)
    throw new Error(JSON.stringify(outcome));
  return outcome.consequence;
}

const summary = async (outcome: Promise<ChangeOutcome<unknown>>) => {
  const { changed, lost, worse, representations } = consequence(await outcome);
  return { changed, lost, worse, edgeLost: representations.some(({ edgeLost }) => edgeLost) };
};

describe('a mask from EDGE - 9 on', () => {
  it.each<[string, Record<string, string>, object]>([
    [
      'of who serves all',
      { a: 'gggggggggg', b: 'gggggggggg' },
      { changed: 10, lost: 0, worse: 0, edgeLost: false },
    ],
    [
      'of who serves nothing',
      { a: '..........', b: 'gggggggggg' },
      { changed: 0, lost: 0, worse: 0, edgeLost: false },
    ],
    [
      'where the other lacks two',
      { a: 'gggggggggg', b: '..gggggggg' },
      { changed: 10, lost: 2, worse: 0, edgeLost: false },
    ],
    [
      'where the other has defects',
      { a: 'gggggggggg', b: 'ddgggggggg' },
      { changed: 10, lost: 0, worse: 2, edgeLost: false },
    ],
    ['of the only one', { a: 'gggggggggg' }, { changed: 10, lost: 10, worse: 0, edgeLost: true }],
    [
      'where the other has just stopped',
      { a: 'gggggggggg', b: 'ggggggg...' },
      { changed: 10, lost: 3, worse: 0, edgeLost: true },
    ],
    [
      'where both are bad',
      { a: 'dddddddddd', b: 'dddddddddd' },
      { changed: 10, lost: 0, worse: 0, edgeLost: false },
    ],
  ])('%s', async (_, letters, wanted) => {
    const { origin } = await contributed(letters);
    expect(await summary(mask(origin, { fromSegment: EDGE - 9 }))).toEqual(wanted);
  });

  it('tells who serves instead, the newest segments one by one', async () => {
    const { origin } = await contributed({ a: 'gggggggggg', b: '..gggggggg' });
    const told = consequence(await mask(origin, { fromSegment: EDGE - 9 }));
    expect(told).toMatchObject({
      ...{ complete: true, examined: { fromSegment: EDGE - 9, toSegment: EDGE + 1 }, unheard: [] },
      representations: [{ representation: 'v360', changed: 10, lost: 2, to: { b: 8 } }],
    });
    expect(told.segments[0]).toEqual({
      representation: 'v360',
      number: EDGE,
      from: 'a',
      to: 'b',
      worse: false,
    });
    expect(told.segments.at(-1)).toMatchObject({ number: EDGE - 9, to: null });
  });

  it('knows what other regions have', async () => {
    const { origin, origins } = await contributed({ a: 'gggggggggg' });
    const event = await eventOf(origin);
    const { local } = origins[1]!;
    for (const candidate of contribution(event, 'g'.repeat(10), EDGE - 9, { ...VIDEO, pipeline: 'b' }))
      await local.candidates.record({ ...candidate, region: local.region });
    expect(await summary(mask(origin, { fromSegment: EDGE - 9 }))).toMatchObject({ changed: 10, lost: 0 });
  });
});

describe('what viewers would lose', () => {
  it('is refused, with the numbers; forced it is done', async () => {
    const { origin } = await contributed({ a: 'gggggggggg', b: '..gggggggg' });
    const asked = { fromSegment: EDGE - 9 };
    const refused = await mask(origin, asked, { preview: false });
    expect([refused.kind, consequence(refused).lost]).toEqual(['refused', 2]);
    expect((await eventOf(origin)).masks).toEqual([]);
    expect((await mask(origin, asked, { preview: false, force: true })).kind).toBe('done');
  });

  it('is nothing where nothing is served now', async () => {
    const { origin } = await contributed({});
    expect((await mask(origin, { fromSegment: EDGE }, { preview: false })).kind).toBe('done');
  });

  it('is the live edge, though the mask begins with a segment that is not there yet', async () => {
    const { origin } = await contributed({ a: 'gggggggggg' });
    const told = consequence(await mask(origin, { fromSegment: EDGE + 5 }));
    expect(told).toMatchObject({ examined: undefined, changed: 0, representations: [{ edgeLost: true }] });
  });

  it('cannot be taken by two operators at once, a pipeline each', async () => {
    const { origin } = await contributed({ a: 'gggggggggg', b: 'gggggggggg' });
    const outcomes = await Promise.all(
      ['a', 'b'].map((pipeline) => mask(origin, { pipeline, fromSegment: EDGE - 9 }, { preview: false })),
    );
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['done', 'refused']);
  });
});

it('a preview writes nothing, and no history', async () => {
  const { origin, counts, forget } = await contributed({ a: 'gggggggggg', b: 'gggggggggg' });
  forget();
  expect((await mask(origin, { fromSegment: EDGE - 9 })).kind).toBe('previewed');
  expect(counts.events.all).toEqual({ 'events.read': 1 });
});

it('force asks no stores: in a hurry nobody waits for a region in trouble', async () => {
  const { origin, counts, forget } = await contributed({ a: 'gggggggggg' });
  forget();
  await mask(origin, { fromSegment: EDGE - 9 }, { preview: false, force: true });
  expect(counts.regions.map(({ all }) => all)).toEqual([{}, {}]);
});

it('a preference changes who serves, and loses nothing', async () => {
  const { origin } = await contributed({ a: 'gggggggggg', b: '..gggggggg' });
  const outcome = append(origin, (base) => ({
    ...{ ...base, kind: 'preference', by: 'operator-1', fromSegment: EDGE - 9, order: ['b'] },
  }));
  expect(await summary(outcome)).toEqual({ changed: 8, lost: 0, worse: 0, edgeLost: false });
});

it('taking a mask back is judged too', async () => {
  const { origin } = await contributed({ a: 'dddddddddd', b: 'gggggggggg' }, { pipelines: ['b', 'a'] });
  const made = await mask(origin, { pipeline: 'b', fromSegment: EDGE - 9 }, { preview: false, force: true });
  const target = made.kind === 'done' ? made.value.id : '';
  const undo = append(origin, ({ atMs }) => ({ id: `undo#${target}`, atMs, kind: 'undo', by: 'x', target }));
  expect(await summary(undo)).toEqual({ changed: 10, lost: 0, worse: 0, edgeLost: false });
});

describe('an accepted init', () => {
  it.each([
    ['loses nothing while its pipeline delivers', ['a', 'b'], false],
    ['loses the live edge where only the others deliver', ['a'], true],
  ])('%s', async (_, delivering, edgeLost) => {
    const { origin } = await deploy();
    await publishInit(origin);
    await publishInit(origin, { pipeline: 'b', bytes: asset.init('v720') });
    for (const pipeline of delivering) await publish(origin, { pipeline });
    const accepted = appendEntry(
      origin,
      KEY,
      (event, base) =>
        initChoiceEntry(event, 'v360', { pipeline: 'b', fromSegment: EDGE + 5 }, { ...base, by: 'x' }),
      TERMS,
    );
    expect(await summary(accepted)).toEqual({ changed: 0, lost: 0, worse: 0, edgeLost });
  });
});

describe('the end', () => {
  it.each([
    [EDGE, 0],
    [EDGE + 100, 0],
    [EDGE - 4, 4],
  ])('at %d takes %d segments from viewers', async (finalSegment, lost) => {
    const { origin } = await contributed({ a: 'gggggggggg', b: 'gggggggggg' });
    expect(await summary(endEvent(origin, KEY, finalSegment, TERMS))).toMatchObject({
      lost,
      edgeLost: false,
    });
    const outcome = await endEvent(origin, KEY, finalSegment, { ...TERMS, preview: false });
    expect(outcome.kind).toBe(lost > 0 ? 'refused' : 'done');
  });
});

describe('a configuration', () => {
  it('without the only pipeline that delivers is refused; with another order it is not', async () => {
    const { origin } = await contributed({ a: 'gggggggggg' });
    const put = (pipelines: string[]) =>
      putEvent(origin, KEY, { ...DEFAULTS, pipelines }, { ...TERMS, preview: false });
    expect((await put(['b'])).kind).toBe('refused');
    expect((await put(['b', 'a'])).kind).toBe('done');
  });

  it('that changes no choice is not compared', async () => {
    const { origin, counts, forget } = await contributed({ a: 'gggggggggg' });
    forget();
    const input = { ...DEFAULTS, liveWindowSeconds: 60 };
    expect((await putEvent(origin, KEY, input, { ...TERMS, preview: false })).kind).toBe('done');
    expect(counts.regions.map(({ all }) => all)).toEqual([{}, {}]);
  });
});

it('a window of two weeks in many representations is looked at from the newest on, and said so', async () => {
  const { origin, counts, forget } = await contributed(
    { a: 'gggggggggg' },
    { timeShiftBufferDepthSeconds: 14 * 86_400, initialSegmentNumber: EDGE - 500_000 },
  );
  forget();
  const told = consequence(await append(origin, (base) => sampleMask('', { ...base, fromSegment: 0 })));
  expect(told.complete).toBe(false);
  expect(told.examined).toEqual({ fromSegment: EDGE + 1 - 1365 + 1, toSegment: EDGE + 1 });
  // Three representations, 1,365 numbers each, 64 asked for at once.
  expect(counts.regions[0]?.all).toEqual({ 'candidates.ofRange': 66 });
});
