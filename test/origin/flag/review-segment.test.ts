import { cutFrames } from '../../../demo/damage';
import { restamp } from '../../../demo/restamp';
import type { SegmentInspection } from '../../../origin/media/inspection';
import { defect } from '../../../origin/media/defect';
import { reviewSegment } from '../../../origin/flag/review-segment';
import { nodeDigester } from '../../../stores/node-digester';
import {
  asset,
  deploy,
  EDGE,
  eventOf,
  KEY,
  publish,
  representationOf,
  type Deployment,
} from '../../support/deployment';
import { sampleCandidate } from '../../support/samples';

const VIDEO = { ...KEY, representation: 'v360' };

async function review({ origin }: Deployment, number = EDGE, representation = 'v360') {
  const event = await eventOf(origin);
  return reviewSegment(origin, event, representationOf(event, representation), number);
}

/** The pictures of `of` on the time of `number`: what an encoder sends whose input froze. */
function frozen(number: number, of = number - 1): Uint8Array {
  const baseMediaDecodeTime = BigInt(number) * 25_600n;
  return restamp(asset.segment('v360', of), { sequenceNumber: number, baseMediaDecodeTime });
}

async function defectsOf({ origin }: Deployment, number = EDGE) {
  const found = await origin.local.candidates.ofSegment({ ...VIDEO, number });
  return Object.fromEntries(found.map(({ pipeline, defects }) => [pipeline, defects]));
}

const REPEATED = defect('repeated', { of: EDGE - 1 });

describe('repeated: the pictures of one of the three numbers before', () => {
  it('is flagged when another pipeline has its own', async () => {
    const deployment = await deploy();
    await publish(deployment.origin, { number: EDGE - 1 });
    await publish(deployment.origin, { bytes: frozen(EDGE) });
    await publish(deployment.origin, { pipeline: 'b' });
    expect(await review(deployment)).toEqual([
      { kind: 'flagged', pipeline: 'a', number: EDGE, defects: [REPEATED] },
    ]);
    expect(await defectsOf(deployment)).toEqual({ a: [REPEATED], b: [] });
  });

  it.each([
    [3, ['repeated']],
    [4, []],
  ])('%d numbers before: %j', async (back, names) => {
    const deployment = await deploy();
    await publish(deployment.origin, { number: EDGE - back });
    await publish(deployment.origin, { bytes: frozen(EDGE, EDGE - back) });
    await publish(deployment.origin, { pipeline: 'b' });
    await review(deployment);
    expect((await defectsOf(deployment))['a']?.map(({ name }) => name)).toEqual(names);
  });

  it.each([
    ['a single pipeline: nobody can tell', []],
    ['both are: the picture stands still', [['b', frozen(EDGE)]]],
    ['the other is defective', [['b', cutFrames(asset.segment('v360', EDGE), 11)]]],
  ] as const)('is not flagged when %s', async (_, others) => {
    const deployment = await deploy();
    for (const pipeline of ['a', 'b']) await publish(deployment.origin, { pipeline, number: EDGE - 1 });
    await publish(deployment.origin, { bytes: frozen(EDGE) });
    for (const [pipeline, bytes] of others) await publish(deployment.origin, { pipeline, bytes });
    expect((await review(deployment)).filter(({ kind }) => kind === 'flagged')).toEqual([]);
  });

  it('a loop of eight segments, as the demo’s, is clean', async () => {
    const deployment = await deploy();
    for (let number = EDGE - 8; number <= EDGE; number++)
      for (const pipeline of ['a', 'b']) await publish(deployment.origin, { pipeline, number });
    for (let number = EDGE - 8; number <= EDGE; number++)
      expect(await review(deployment, number)).toEqual([]);
  });

  it('the worst is told first: a flag comes before what ingest found', async () => {
    const deployment = await deploy();
    await publish(deployment.origin, { number: EDGE - 1 });
    await publish(deployment.origin, { bytes: frozen(EDGE), reported: [defect('long', { extra: 1 })] });
    await publish(deployment.origin, { pipeline: 'b' });
    await review(deployment);
    expect((await defectsOf(deployment))['a']?.map(({ name }) => name)).toEqual(['repeated', 'long']);
  });
});

describe('short by comparison', () => {
  const clean = sampleCandidate({ ...VIDEO, number: EDGE }).inspection as SegmentInspection;
  const cases: readonly [string, Partial<SegmentInspection>, unknown][] = [
    ['fewer frames in the same time', { sampleCount: 48 }, [defect('short', { missing: 2 })]],
    ['as many', {}, []],
    ['fewer in another time', { sampleCount: 48, durationTicks: 19_000_000n }, []],
    ['fewer of another timescale', { sampleCount: 48, timescale: 90_000 }, []],
  ];
  it.each(cases)('%s', async (_, inspection, expected) => {
    const deployment = await deploy();
    const { candidates } = deployment.origin.local;
    const one = { ...VIDEO, number: EDGE };
    await candidates.record(sampleCandidate({ ...one, inspection: { ...clean, ...inspection } }));
    await candidates.record(sampleCandidate({ ...one, pipeline: 'b', digest: 'b' }));
    await review(deployment);
    expect(await defectsOf(deployment)).toEqual({ a: expected, b: [] });
  });
});

describe('what is told and flags nothing', () => {
  it.each([
    ['a pipeline that skipped a number is missing it', [EDGE - 2, EDGE], [EDGE - 1]],
    ['one that begins is not', [EDGE], []],
    ['one that goes on is not', [EDGE - 2, EDGE - 1, EDGE], []],
  ])('%s', async (_, numbers, missing) => {
    const deployment = await deploy();
    for (const number of numbers) await publish(deployment.origin, { number });
    expect(await review(deployment)).toEqual(
      missing.map((number) => ({ kind: 'missing', pipeline: 'a', number })),
    );
  });

  it('the initial number misses nothing before it', async () => {
    const deployment = await deploy({ initialSegmentNumber: EDGE });
    await publish(deployment.origin);
    expect(await review(deployment)).toEqual([]);
  });

  it('pipelines that are valid and do not share a member disagree', async () => {
    const deployment = await deploy();
    const one = sampleCandidate({ ...VIDEO, number: EDGE });
    const trackId = { ...one.inspection!, baseMediaDecodeTime: one.inspection!.baseMediaDecodeTime + 1n };
    await deployment.origin.local.candidates.record(one);
    await deployment.origin.local.candidates.record({ ...one, pipeline: 'b', inspection: trackId });
    expect(await review(deployment)).toEqual([
      { kind: 'disagree', number: EDGE, pipelines: ['a', 'b'], member: 'baseMediaDecodeTime' },
    ]);
  });
});

describe('at any time, in any order, as often as you like', () => {
  async function repeated() {
    const deployment = await deploy();
    await publish(deployment.origin, { pipeline: 'b' });
    await publish(deployment.origin, { bytes: frozen(EDGE) });
    await publish(deployment.origin, { number: EDGE - 1 });
    return deployment;
  }

  it('the second review finds the same and changes nothing', async () => {
    const deployment = await repeated();
    expect(await review(deployment)).toHaveLength(1);
    deployment.forget();
    expect(await review(deployment)).toEqual([]);
    expect(deployment.counts.regions[0]?.all).toEqual({ 'candidates.ofRange': 1 });
  });

  it('costs one query, and a conditional write for each flag', async () => {
    const deployment = await repeated();
    deployment.forget();
    await review(deployment);
    expect(deployment.counts.regions[0]?.all).toEqual({ 'candidates.flag': 1, 'candidates.ofRange': 1 });
  });

  it('a verdict on bytes that were replaced meanwhile lands on nothing', async () => {
    const deployment = await repeated();
    const { candidates } = deployment.origin.local;
    const flag: typeof candidates.flag = (ref, defects) =>
      candidates.flag({ ...ref, digest: nodeDigester.sha256Hex('what was there before') }, defects);
    const local = { ...deployment.origin.local, candidates: { ...candidates, flag } };
    const event = await eventOf(deployment.origin);
    const findings = await reviewSegment(
      { ...deployment.origin, local },
      event,
      representationOf(event, 'v360'),
      EDGE,
    );
    expect(findings).toEqual([]);
    expect(await defectsOf(deployment)).toEqual({ a: [], b: [] });
  });
});
