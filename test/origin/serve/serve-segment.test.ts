import { cutFrames } from '../../../demo/damage';
import { appendEntry } from '../../../origin/events/append-entry';
import { deleteEvent, putEvent } from '../../../origin/events/change-event';
import type { Origin, RegionStores } from '../../../origin/origin';
import { cancelSource, NEVER, type Cancel } from '../../../origin/ports/cancel';
import { SegmentMissing } from '../../../origin/ports/segment-store';
import { serveSegment, type SegmentOutcome } from '../../../origin/serve/serve-segment';
import {
  asset,
  DEFAULTS,
  deploy,
  EDGE,
  eventOf,
  KEY,
  NEXT_DUE_MS,
  publish,
  publishInit,
  type Deployment,
} from '../../support/deployment';
import { inspectedInit, soundSegment } from '../../support/inspected';
import { sampleMask } from '../../support/samples';
import { settle } from '../../support/settle';

const NEXT = EDGE + 1;
const TWO_REGIONS = ['us-east-1', 'us-west-2'];
const short = (number: number, frames = 11) => cutFrames(asset.segment('v360', number), frames);

async function get(origin: Origin, number = EDGE, cancel: Cancel = NEVER): Promise<SegmentOutcome> {
  const event = await eventOf(origin);
  return serveSegment(origin, { event, representation: 'v360', number, wanted: () => 'all', cancel });
}

/** Which copy, from where, after how long. */
function told(outcome: SegmentOutcome) {
  if (outcome.kind !== 'selected') return outcome;
  const { served, timings, decision } = outcome;
  return {
    from: `${served.pipeline} in ${served.region}`,
    heldMs: timings.heldMs,
    unheard: decision.unheard,
  };
}

/** Asks now and lets the rest of the story happen `afterMs` later. */
async function whileAsked(
  { clock, origin }: Deployment,
  number: number,
  afterMs: number,
  happens: () => Promise<unknown>,
): Promise<ReturnType<typeof told>> {
  const asked = get(origin, number);
  await clock.advance(afterMs);
  await happens();
  return told(await settle(clock, asked));
}

describe('a request for what is about to come is held', () => {
  it.each([
    ['wakes on the publication of a good copy', ['a'], 'a in us-east-1'],
    ['does not wait for the preferred pipeline', ['b'], 'b in us-east-1'],
  ])('%s', async (_, [pipeline], from) => {
    const deployment = await deploy();
    const answer = await whileAsked(deployment, NEXT, 300, () =>
      publish(deployment.origin, { number: NEXT, pipeline: pipeline! }),
    );
    expect(answer).toEqual({ from, heldMs: 300, unheard: [] });
    expect(deployment.clock.sleeping).toBe(0);
  });

  it('everybody who waits is woken by the one publication', async () => {
    const { clock, origin } = await deploy();
    const asked = Promise.all(Array.from({ length: 20 }, () => get(origin, NEXT)));
    await clock.advance(300);
    await publish(origin, { number: NEXT });
    expect((await asked).map(({ kind }) => kind)).toEqual(Array(20).fill('selected'));
    expect(clock.sleeping).toBe(0);
  });

  it('until due + holdMs at the latest', async () => {
    const { clock, origin } = await deploy();
    const asked = get(origin, NEXT);
    await clock.advanceTo(NEXT_DUE_MS + 2999);
    expect(clock.sleeping).toBeGreaterThan(0);
    await clock.advanceTo(NEXT_DUE_MS + 3000);
    expect(clock.sleeping).toBe(0);
    expect(await asked).toEqual({ kind: 'missing' });
  });

  it('until the client leaves', async () => {
    const { clock, origin, counts, forget } = await deploy();
    const cancel = cancelSource();
    const asked = get(origin, NEXT, cancel);
    await clock.advance(100);
    cancel.cancel();
    expect(await asked).toEqual({ kind: 'missing' });
    expect(clock.sleeping).toBe(0);
    forget();
    await clock.advance(5000);
    expect(counts.regions[0]?.all).toEqual({});
  });
});

describe('a defective copy before the due time', () => {
  it('waits for the other pipeline’s clean one', async () => {
    const deployment = await deploy();
    await publish(deployment.origin, { number: NEXT, bytes: short(NEXT) });
    const answer = await whileAsked(deployment, NEXT, 300, () =>
      publish(deployment.origin, { number: NEXT, pipeline: 'b' }),
    );
    expect(answer).toEqual({ from: 'b in us-east-1', heldMs: 300, unheard: [] });
  });

  it('is served when it is due and nothing better came', async () => {
    const deployment = await deploy();
    await publish(deployment.origin, { number: NEXT, bytes: short(NEXT) });
    const answer = await whileAsked(deployment, NEXT, 500, () => Promise.resolve());
    expect(answer).toEqual({ from: 'a in us-east-1', heldMs: 500, unheard: [] });
  });

  it('not even in the millisecond in which the clean one comes', async () => {
    const { clock, origin } = await deploy();
    await publish(origin, { number: NEXT, bytes: short(NEXT) });
    const asked = get(origin, NEXT);
    await clock.advance(499);
    const due = clock.advance(1);
    await publish(origin, { number: NEXT, pipeline: 'b' });
    await due;
    expect(told(await settle(clock, asked))).toMatchObject({ from: 'b in us-east-1' });
  });

  it.each([
    [
      'every pipeline has delivered',
      async ({ origin }: Deployment) =>
        publish(origin, { number: NEXT, pipeline: 'b', bytes: short(NEXT, 20) }),
    ],
    [
      'the other one is masked',
      async ({ origin }: Deployment) =>
        appendEntry(origin, KEY, (_, base) => sampleMask('m', { ...base, pipeline: 'b', fromSegment: NEXT })),
    ],
  ])('is served at once when nothing better can come: %s', async (_, prepare) => {
    const deployment = await deploy();
    await publish(deployment.origin, { number: NEXT, bytes: short(NEXT) });
    await prepare(deployment);
    expect(told(await get(deployment.origin, NEXT))).toMatchObject({ from: 'a in us-east-1', heldMs: 0 });
  });
});

describe('other regions', () => {
  it.each([
    ['are asked when nothing is here', [['us-west-2', 'a']], 'a in us-west-2'],
    [
      'are asked when the first pipeline is not here',
      [
        ['us-east-1', 'b'],
        ['us-west-2', 'a'],
      ],
      'a in us-west-2',
    ],
    [
      'come after this one for the same bytes',
      [
        ['us-west-2', 'a'],
        ['us-east-1', 'a'],
      ],
      'a in us-east-1',
    ],
  ] as const)('%s', async (_, publications, from) => {
    const { origin, origins } = await deploy({}, TWO_REGIONS);
    for (const [region, pipeline] of publications)
      await publish(
        origins.find(({ local }) => local.region === region)!,
        { pipeline },
      );
    expect(told(await get(origin))).toEqual({ from, heldMs: 0, unheard: [] });
  });

  it('are asked again while a request is held', async () => {
    const deployment = await deploy({}, TWO_REGIONS);
    const answer = await whileAsked(deployment, NEXT, 200, () =>
      publish(deployment.origins[1]!, { number: NEXT }),
    );
    expect(answer).toEqual({ from: 'a in us-west-2', heldMs: 500, unheard: [] });
  });

  const never = () => new Promise<never>(() => undefined);
  const fails = async (): Promise<never> => Promise.reject(new Error('unreachable'));

  it.each([
    ['silent', never, 150],
    ['failing', fails, 0],
  ])('%s: the answer says who was not heard, after 150 ms at most', async (_, ofSegment, afterMs) => {
    const { clock, origin, origins } = await deploy({}, TWO_REGIONS);
    await publish(origin, { pipeline: 'b' });
    const cut: RegionStores = {
      ...origins[1]!.local,
      candidates: { ...origins[1]!.local.candidates, ofSegment },
    };
    const startedMs = clock.nowMs();
    const asked = get({ ...origin, peers: [cut] });
    await clock.advance(afterMs);
    expect(told(await asked)).toEqual({ from: 'b in us-east-1', heldMs: 0, unheard: ['us-west-2'] });
    expect(clock.nowMs() - startedMs).toBe(afterMs);
    expect(clock.sleeping).toBe(0);
  });
});

describe('bytes that cannot be read', () => {
  const missing = async (): Promise<never> => Promise.reject(new SegmentMissing('gone'));
  const fails = async (): Promise<never> => Promise.reject(new Error('slow down'));

  const reading = (region: RegionStores, read: RegionStores['segments']['read']): RegionStores => ({
    ...region,
    segments: { write: async (...parts) => region.segments.write(...parts), read },
  });
  /** Only objects of these pipelines are there. */
  const only = (region: RegionStores, ...kept: readonly string[]) =>
    reading(region, async (ref, range) =>
      kept.includes(ref.pipeline) ? region.segments.read(ref, range) : missing(),
    );

  it('the other region’s replica is read', async () => {
    const { origin, origins } = await deploy({}, TWO_REGIONS);
    for (const one of origins) await publish(one);
    expect(told(await get({ ...origin, local: only(origin.local) }))).toMatchObject({
      from: 'a in us-west-2',
    });
  });

  it('then the other pipeline’s, also where its bytes are the same', async () => {
    const { origin } = await deploy();
    for (const pipeline of ['a', 'b']) await publish(origin, { pipeline });
    expect(told(await get({ ...origin, local: only(origin.local, 'b') }))).toMatchObject({
      from: 'b in us-east-1',
    });
  });

  it.each([
    ['due and all lost: it may still come', EDGE, { kind: 'missing' }],
    ['overdue and all lost', EDGE - 10, { kind: 'gone', why: 'never-came' }],
  ])('%s', async (_, number, expected) => {
    const { origin, clock } = await deploy();
    await publish(origin, { number });
    expect(await settle(clock, get({ ...origin, local: only(origin.local) }, number))).toEqual(expected);
  });

  it('a store that fails is not a segment that is missing', async () => {
    const { origin } = await deploy();
    await publish(origin, { number: EDGE - 10 });
    const local = reading(origin.local, fails);
    await expect(get({ ...origin, local }, EDGE - 10)).rejects.toThrow('slow down');
  });
});

describe('what is gone', () => {
  it.each([
    ['nobody published it', undefined, {}, 'never-came'],
    [
      'every copy has defects and those are rejected',
      short(EDGE - 10),
      { whenAllDefective: 'reject' },
      'all-defective',
    ],
  ] as const)('%s', async (_, bytes, configuration, why) => {
    const { origin } = await deploy(configuration);
    if (bytes !== undefined) await publish(origin, { number: EDGE - 10, bytes });
    expect(await get(origin, EDGE - 10)).toEqual({ kind: 'gone', why });
  });

  it('may be an empty fragment, once an init says what one looks like: in its time, and no sooner than gone', async () => {
    const { origin, clock } = await deploy({ whenMissing: 'empty' });
    expect(await get(origin, EDGE - 10)).toEqual({ kind: 'gone', why: 'never-came' });
    await publishInit(origin);
    const hole = await get(origin, EDGE - 10);
    const track = inspectedInit(asset.init('v360'));
    expect(hole.kind === 'hole' && soundSegment(hole.bytes, track)).toMatchObject({
      baseMediaDecodeTime: BigInt(EDGE - 10) * 25_600n,
      sampleCount: 0,
    });
    expect(await settle(clock, get(origin, EDGE))).toEqual({ kind: 'missing' });
    await publish(origin, { number: EDGE - 10 });
    expect(told(await get(origin, EDGE - 10))).toMatchObject({ from: 'a in us-east-1' });
  });

  it('late bytes end it', async () => {
    const { origin } = await deploy();
    await publish(origin, { number: EDGE - 10 });
    expect(told(await get(origin, EDGE - 10))).toMatchObject({ from: 'a in us-east-1' });
  });

  it('what a deleted event of the same name left is not this event’s', async () => {
    const { clock, origin } = await deploy();
    await publish(origin, { number: EDGE - 10 });
    await deleteEvent(origin, KEY);
    await clock.advance(1000);
    await putEvent(origin, KEY, DEFAULTS);
    expect(await get(origin, EDGE - 10)).toEqual({ kind: 'gone', why: 'never-came' });
  });
});
