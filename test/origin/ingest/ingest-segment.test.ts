import { asTrack, branded, cutFrames, shiftTime, truncate, withoutSync } from '../../../demo/damage';
import type { Origin, RegionStores } from '../../../origin/origin';
import { defect, type Defect } from '../../../origin/media/defect';
import { nodeDigester } from '../../../stores/node-digester';
import {
  asset,
  deploy,
  EDGE,
  eventOf,
  KEY,
  NEXT_DUE_MS,
  publish,
  publishInit,
} from '../../support/deployment';
import { NOW_MS } from '../../support/samples';

const GOOD = asset.segment('v360', EDGE);
const ONE = { ...KEY, representation: 'v360', number: EDGE };

const names = (defects: readonly Defect[]) => defects.map(({ name }) => name);
const recorded = (origin: Origin, number = EDGE) => origin.local.candidates.ofSegment({ ...ONE, number });

describe('a good segment', () => {
  it('is stored with what its bytes say, and readable at once', async () => {
    const { origin } = await deploy();
    const outcome = await publish(origin);
    const [candidate] = await recorded(origin);
    expect(outcome).toEqual({ kind: 'stored', candidate });
    expect(candidate).toMatchObject({
      ...{ ...ONE, pipeline: 'a', region: 'us-east-1', publishedAtMs: NOW_MS, defects: [] },
      ...{ digest: nodeDigester.sha256Hex(GOOD), size: GOOD.length },
      inspection: { baseMediaDecodeTime: BigInt(EDGE) * 25_600n, sampleCount: 50, startsWithSync: true },
    });
    expect(await origin.local.segments.read(candidate!)).toEqual(GOOD);
  });

  it('costs one segment write, one conditional record and no read', async () => {
    const { origin, counts, forget } = await deploy();
    await eventOf(origin);
    forget();
    await publish(origin);
    expect(counts.regions[0]?.all).toEqual({ 'candidates.record': 1, 'segments.write': 1 });
  });

  it('is kept for two DVR windows and an hour, from its due time or its late arrival', async () => {
    const { origin } = await deploy({ timeShiftBufferDepthSeconds: 600 });
    for (const number of [EDGE - 100, EDGE + 1]) await publish(origin, { number });
    const kept = [...(await recorded(origin, EDGE - 100)), ...(await recorded(origin, EDGE + 1))];
    expect(kept.map(({ expiresAtMs }) => expiresAtMs - 2 * 600_000 - 3_600_000)).toEqual([
      NOW_MS,
      NEXT_DUE_MS,
    ]);
  });
});

describe('what a pipeline sends again', () => {
  const short = cutFrames(GOOD, 11);
  it.each([
    ['the same bytes: unchanged', GOOD, GOOD, 'unchanged', GOOD],
    ['others over a valid copy: the first stays', GOOD, branded(GOOD, 'xxxx'), 'held', GOOD],
    ['a better one over a defective one: replaced', short, GOOD, 'stored', GOOD],
    ['a worse one over a defective one: the first stays', short, cutFrames(GOOD, 20), 'held', short],
    ['a fatal one over a defective one: the first stays', short, truncate(GOOD, 900), 'unusable', short],
    ['a good one over a fatal one: stored', truncate(GOOD, 900), GOOD, 'stored', GOOD],
  ] as const)('%s', async (_, first, second, kind, kept) => {
    const { origin } = await deploy();
    await publish(origin, { bytes: first });
    expect(await publish(origin, { bytes: second })).toMatchObject({ kind });
    const [candidate, ...others] = await recorded(origin);
    expect(candidate?.digest).toBe(nodeDigester.sha256Hex(kept));
    expect(others).toEqual([]);
    expect(await origin.local.segments.read(candidate!)).toEqual(kept);
  });
});

describe('what is found', () => {
  it.each([
    ['short', cutFrames(GOOD, 11), ['short']],
    ['no-sync', withoutSync(GOOD), ['no-sync']],
    ['filler', branded(GOOD, 'slat'), ['filler']],
    ['discontinuity', shiftTime(GOOD, 25_600n), ['discontinuity']],
    ['the bytes of another number', asset.segment('v360', EDGE - 8), ['discontinuity']],
  ])('%s', async (_, bytes, expected) => {
    const { origin } = await deploy();
    const outcome = await publish(origin, { bytes });
    expect(outcome).toMatchObject({ kind: 'stored' });
    expect(names((await recorded(origin))[0]!.defects)).toEqual(expected);
  });

  it.each([
    ['malformed', new TextEncoder().encode('<html>502 Bad Gateway</html>')],
    ['truncated', truncate(GOOD, GOOD.length - 1)],
    ['wrong-track', asTrack(GOOD, 7)],
  ])('%s is fatal: recorded, without bytes', async (name, bytes) => {
    const { origin, counts, forget } = await deploy();
    // Which track it is, the init says.
    await publishInit(origin);
    forget();
    expect(await publish(origin, { bytes })).toMatchObject({ kind: 'unusable', defects: [{ name }] });
    expect(await recorded(origin)).toMatchObject([{ size: 0, defects: [{ name }] }]);
    expect(counts.regions[0]?.all).not.toHaveProperty('segments.write');
  });

  it.each([
    [5999, []],
    [6001, ['late']],
  ])('%d ms after its due time: %j, and valid', async (lateMs, expected) => {
    const { clock, origin } = await deploy();
    await clock.advanceTo(NEXT_DUE_MS + lateMs);
    await publish(origin, { number: EDGE + 1 });
    expect(names((await recorded(origin, EDGE + 1))[0]!.defects)).toEqual(expected);
  });

  it.each([
    ['believed', GOOD, [defect('repeated')], ['repeated']],
    ['believed beside what ingest sees', cutFrames(GOOD, 11), [defect('repeated')], ['repeated', 'short']],
    ['no news of what ingest sees too', cutFrames(GOOD, 11), [defect('short')], ['short']],
    ['no pardon: silence removes nothing', cutFrames(GOOD, 11), [], ['short']],
  ] as const)('a publisher’s verdict is %s', async (_, bytes, reported, expected) => {
    const { origin } = await deploy();
    await publish(origin, { bytes, reported });
    expect(names((await recorded(origin))[0]!.defects)).toEqual(expected);
  });

  it('what ingest measured stands, not what the publisher says of it', async () => {
    const { origin } = await deploy();
    await publish(origin, { bytes: cutFrames(GOOD, 11), reported: [defect('short', { missing: 1 })] });
    expect((await recorded(origin))[0]!.defects).toMatchObject([{ measures: { missing: 11 } }]);
  });
});

describe('numbers that are not stored', () => {
  it.each([
    ['before the initial one', { initialSegmentNumber: EDGE }, EDGE - 1, 'before-initial'],
    ['after the final one', { finalSegmentNumber: EDGE - 1 }, EDGE, 'after-final'],
    ['older than the window', { timeShiftBufferDepthSeconds: 60 }, EDGE - 31, 'expired'],
  ])('%s', async (_, configuration, number, why) => {
    const { origin, counts } = await deploy(configuration);
    expect(await publish(origin, { number })).toMatchObject({ kind: 'ignored', why });
    expect(counts.regions[0]?.all).toEqual({});
  });

  it('they are inspected nevertheless: a packager that is tested hears what is wrong', async () => {
    const { origin } = await deploy({ initialSegmentNumber: EDGE + 1 });
    const outcome = await publish(origin, { bytes: cutFrames(GOOD, 11) });
    expect(outcome).toMatchObject({ kind: 'ignored', defects: [{ name: 'short' }] });
  });

  it.each([
    ['5 s before it is due', EDGE + 4, NEXT_DUE_MS + 1000, undefined],
    ['1 ms more', EDGE + 4, NEXT_DUE_MS + 999, EDGE + 2],
    ['of another epoch', EDGE * 2, NOW_MS, EDGE + 1],
  ])('%s, %d at %d: the number expected now is %p', async (_, number, nowMs, expectedNumber) => {
    const { clock, origin, counts } = await deploy();
    await clock.advanceTo(nowMs);
    const outcome = await publish(origin, { number, bytes: asset.segment('v360', EDGE + 4) });
    const early = expectedNumber !== undefined;
    expect(outcome).toMatchObject(early ? { kind: 'too-early', number, expectedNumber } : { kind: 'stored' });
    expect(counts.regions[0]?.all).toEqual(early ? {} : { 'candidates.record': 1, 'segments.write': 1 });
  });
});

describe('what is known of the track', () => {
  const [video] = asset.representations.map(({ configuration }) => configuration);
  const { timescale, ...untimed } = video!;
  const configuration = { representations: [{ ...untimed, id: 'v360' }] };

  it('media needs an init, or a configured timescale', async () => {
    const { origin } = await deploy(configuration);
    expect(await publish(origin)).toEqual({ kind: 'init-needed' });
    await publishInit(origin);
    expect(await publish(origin)).toMatchObject({
      kind: 'stored',
      candidate: { inspection: { timescale }, defects: [] },
    });
  });

  it('media of a pipeline with another init is wrong-init from its refusal on', async () => {
    const { origin } = await deploy(configuration);
    await publishInit(origin);
    await publish(origin, { pipeline: 'b' });
    expect(await publishInit(origin, { pipeline: 'b', bytes: asset.init('v720') })).toMatchObject({
      kind: 'foreign-init',
    });
    await publish(origin, { pipeline: 'b', number: EDGE - 1 });
    expect((await recorded(origin))[0]!.defects).toEqual([]);
    expect(names((await recorded(origin, EDGE - 1))[0]!.defects)).toEqual(['wrong-init']);
  });
});

describe('a store that fails', () => {
  const broken = async (): Promise<never> => Promise.reject(new Error('the disk is full'));

  it.each([
    [
      'before the bytes are written',
      ({ segments }: RegionStores) => ({ segments: { ...segments, write: broken } }),
    ],
    [
      'between bytes and candidate',
      ({ candidates }: RegionStores) => ({ candidates: { ...candidates, record: broken } }),
    ],
  ])('%s: no candidate is visible, and the same PUT succeeds later', async (_, fault) => {
    const { origin } = await deploy();
    const local = { ...origin.local, ...fault(origin.local) };
    await expect(publish({ ...origin, local })).rejects.toThrow('the disk is full');
    expect(await recorded(origin)).toEqual([]);
    expect(await publish(origin)).toMatchObject({ kind: 'stored' });
  });
});
