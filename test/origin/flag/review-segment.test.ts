import type { Candidate } from '../../../origin/candidate';
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
  publishInit,
  representationOf,
  type Deployment,
  type Publication,
} from '../../support/deployment';
import { NOW_MS, sampleCandidate } from '../../support/samples';

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

/** Of another size of picture: another identity. */
const OTHER_INIT = asset.init('v720');
const REPEATED = defect('repeated', { of: EDGE - 1, ms: 0 });

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
    ['fewer frames in the same time', { sampleCount: 48 }, [defect('short', { missing: 2, ms: 0 })]],
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

describe('audio that lost a frame between two segments, each honest for itself', () => {
  const AUDIO = { ...KEY, representation: 'a128' };
  const FRAME = 1024n;

  /** 94 frames a segment, one after the other, as the tolerance of a frame lets pass. */
  function sound(pipeline: string, number: number, lost: { start?: number; end?: number } = {}) {
    const { start = 0, end = 0 } = lost;
    return sampleCandidate({
      ...{ ...AUDIO, pipeline, number, digest: `${pipeline}${number}` },
      inspection: {
        ...(sampleCandidate().inspection as SegmentInspection),
        timescale: 48_000,
        baseMediaDecodeTime: BigInt(number) * 94n * FRAME + BigInt(start) * FRAME,
        durationTicks: BigInt(94 - start - end) * FRAME,
        sampleCount: 94 - start - end,
      },
    });
  }

  async function reviewed(candidates: readonly Candidate[], order: readonly number[] = [EDGE]) {
    const deployment = await deploy();
    for (const candidate of candidates) await deployment.origin.local.candidates.record(candidate);
    for (const number of order) await review(deployment, number, 'a128');
    const found = await deployment.origin.local.candidates.ofRange(AUDIO, EDGE - 2, EDGE + 2);
    return found
      .filter(({ defects }) => defects.length > 0)
      .map(({ pipeline, number, defects }) => [pipeline, number - EDGE, defects]);
  }

  const B = [EDGE - 1, EDGE, EDGE + 1].map((number) => sound('b', number));

  it.each([
    ['at its end', sound('a', EDGE, { end: 1 }), 0],
    ['at its start', sound('a', EDGE, { start: 1 }), 0],
  ])('is short %s, while another pipeline has what is missing', async (_, damaged, at) => {
    const whole = [sound('a', EDGE - 1), sound('a', EDGE + 1)];
    expect(await reviewed([...whole, damaged, ...B])).toEqual([
      ['a', at, [defect('short', { missing: 1, ticks: -1024, ms: 0 })]],
    ]);
  });

  it('is found by the review of the next segment, which is what shows it', async () => {
    const copies = [sound('a', EDGE, { end: 2 }), sound('a', EDGE + 1), ...B];
    expect(await reviewed(copies, [EDGE + 1])).toEqual([
      ['a', 0, [defect('short', { missing: 2, ticks: -2048, ms: 0 })]],
    ]);
  });

  it.each([
    ['nothing else has it', [sound('a', EDGE, { end: 1 }), sound('a', EDGE + 1)]],
    [
      'the other cuts one frame later: both go on where they ended',
      [sound('a', EDGE, { end: 1 }), { ...sound('a', EDGE + 1, { start: -1 }), pipeline: 'a' }, ...B],
    ],
    ['its next segment has not come', [sound('a', EDGE, { end: 1 }), ...B]],
  ])('is not short when %s', async (_, candidates) => {
    expect(await reviewed(candidates)).toEqual([]);
  });
});

describe('what is told and flags nothing', () => {
  const one = sampleCandidate({ ...VIDEO, number: EDGE });
  const clean = one.inspection as SegmentInspection;

  it.each<[string, Partial<SegmentInspection>, object]>([
    ['sampleCount', { sampleCount: 51 }, {}],
    ['durationTicks', { durationTicks: 20_000_001n }, {}],
    ['baseMediaDecodeTime', { baseMediaDecodeTime: clean.baseMediaDecodeTime + 1n }, {}],
    ['timescale', { timescale: 90_000 }, {}],
  ])('pipelines that are valid and differ in %s disagree', async (member, inspection) => {
    const deployment = await deploy();
    const { candidates } = deployment.origin.local;
    await candidates.record(one);
    await candidates.record({ ...one, pipeline: 'b', defects: [], inspection: { ...clean, ...inspection } });
    const told = (await review(deployment)).filter(({ kind }) => kind === 'disagree');
    expect(told).toEqual([{ kind: 'disagree', number: EDGE, pipelines: ['a', 'b'], member }]);
  });

  it('what is defective is not asked for its opinion', async () => {
    const deployment = await deploy();
    const { candidates } = deployment.origin.local;
    await candidates.record(one);
    const inspection = { ...clean, sampleCount: 40 };
    await candidates.record({ ...one, pipeline: 'b', defects: [defect('short')], inspection });
    expect(await review(deployment)).toEqual([]);
  });

  it.each([
    [0n, undefined],
    [1024n, undefined],
    [-3n * 1024n, undefined],
    [100n, 100],
    [-100n, -100],
    [512n, 512],
    [513n, -511],
  ])('audio frames %d ticks apart lie %j off one grid of frames', async (ticks, phase) => {
    const deployment = await deploy();
    const inspection = { ...clean, timescale: 48_000, durationTicks: 94n * 1024n, sampleCount: 94 };
    const audio = { ...one, representation: 'a128', inspection };
    const { candidates } = deployment.origin.local;
    await candidates.record(audio);
    const baseMediaDecodeTime = clean.baseMediaDecodeTime + ticks;
    await candidates.record({ ...audio, pipeline: 'b', inspection: { ...inspection, baseMediaDecodeTime } });
    const told = {
      kind: 'disagree',
      number: EDGE,
      pipelines: ['a', 'b'],
      member: 'audioPhase',
      ticks: phase,
    };
    expect(await review(deployment, EDGE, 'a128')).toEqual(phase === undefined ? [] : [told]);
  });

  it('pipelines of which one has another init disagree about it', async () => {
    const deployment = await deploy();
    await publishInit(deployment.origin);
    await publishInit(deployment.origin, { pipeline: 'b', bytes: OTHER_INIT });
    for (const pipeline of ['a', 'b']) await publish(deployment.origin, { pipeline });
    expect(await review(deployment)).toEqual([
      { kind: 'disagree', number: EDGE, pipelines: ['a', 'b'], member: 'init' },
    ]);
  });
});

describe('wrong-init, late: the origin that took the PUT had not heard yet of another init', () => {
  async function published(publishedAtMs: number) {
    const deployment = await deploy();
    await publishInit(deployment.origin);
    await deployment.clock.advance(5000);
    await publishInit(deployment.origin, { pipeline: 'b', bytes: OTHER_INIT });
    const candidate = sampleCandidate({ ...VIDEO, pipeline: 'b', number: EDGE, publishedAtMs });
    await deployment.origin.local.candidates.record(candidate);
    await review(deployment);
    return (await defectsOf(deployment))['b'];
  }

  it('is flagged where the media came after the init', async () => {
    expect(await published(NOW_MS + 5001)).toEqual([defect('wrong-init', { ms: 0 })]);
  });

  it('not where it came before: it went with the former one', async () => {
    expect(await published(NOW_MS + 4999)).toEqual([]);
  });
});

describe('ms: for how long a copy counted as better than it is', () => {
  it('is from its publication to that of the last piece of evidence', async () => {
    const deployment = await deploy();
    await publish(deployment.origin, { number: EDGE - 1 });
    await publish(deployment.origin, { bytes: frozen(EDGE) });
    await deployment.clock.advance(850);
    await publish(deployment.origin, { pipeline: 'b' });
    await deployment.clock.advance(5000);
    await review(deployment);
    expect((await defectsOf(deployment))['a']).toEqual([defect('repeated', { of: EDGE - 1, ms: 850 })]);
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

  it('whichever of the copies came last, its own review flags the segment that it shows up', async () => {
    for (const last of [0, 1, 2]) {
      const deployment = await deploy();
      const copies: readonly [number, Publication][] = [
        [EDGE - 1, { number: EDGE - 1 }],
        [EDGE, { bytes: frozen(EDGE) }],
        [EDGE, { pipeline: 'b' }],
      ];
      for (const [at, [, copy]] of copies.entries()) if (at !== last) await publish(deployment.origin, copy);
      const [number, copy] = copies[last]!;
      await publish(deployment.origin, copy);
      await review(deployment, number);
      expect(await defectsOf(deployment)).toEqual({ a: [REPEATED], b: [] });
    }
  });

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
