import { deleteEvent, endEvent, putEvent } from '../../../origin/events/change-event';
import type { LiveEvent } from '../../../origin/events/live-event';
import { sweep, SWEPT_EVENTS_MAX, SWEPT_NUMBERS_MAX } from '../../../origin/flag/sweep';
import type { Origin } from '../../../origin/origin';
import { NEVER } from '../../../origin/ports/cancel';
import type { CandidateStore } from '../../../origin/ports/candidate-store';
import { contribution } from '../../support/contribution';
import { DEFAULTS, deploy, EDGE, eventOf, KEY, publishInit, type Deployment } from '../../support/deployment';
import { NOW_MS } from '../../support/samples';

const VIDEO = { ...KEY, representation: 'v360' };
/** The newest number that is settled at NOW_MS: 6 s after its due time. */
const SETTLED = EDGE - 3;
const GOOD = 'g'.repeat(70);

async function send(
  { local }: Origin,
  event: LiveEvent,
  letters: Readonly<Record<string, string>>,
  to = SETTLED,
) {
  for (const [pipeline, each] of Object.entries(letters))
    for (const candidate of contribution(event, each, to - each.length + 1, { ...VIDEO, pipeline }))
      await local.candidates.record({ ...candidate, region: local.region });
}

/** What pipelines sent up to the newest settled number, of the one representation that has begun. */
async function sent(letters: Readonly<Record<string, string>>, configuration: object = {}) {
  const deployment = await deploy(
    { representations: DEFAULTS.representations.filter(({ id }) => id === 'v360'), ...configuration },
    ['us-east-1', 'us-west-2'],
  );
  await send(deployment.origin, await eventOf(deployment.origin), letters);
  return deployment;
}

async function findings({ origin }: Pick<Deployment, 'origin'>, sinceMs: number, untilMs = NOW_MS) {
  const { swept, failures } = await sweep(origin, { sinceMs, untilMs });
  expect(failures).toEqual([]);
  return swept.flatMap((one) => one.findings);
}

/** The first region's origin, whose peers take so long to answer, each question of its own. */
function withSlowPeers({ origin, clock }: Deployment, answerMs: (question: number) => number): Origin {
  let questions = 0;
  const peers = origin.peers.map((peer) => ({
    ...peer,
    candidates: {
      ...peer.candidates,
      ofRange: async (...parts: Parameters<CandidateStore['ofRange']>) => {
        await clock.sleepUntil(clock.nowMs() + answerMs((questions += 1)), NEVER);
        return peer.candidates.ofRange(...parts);
      },
    },
  }));
  return { ...origin, peers };
}

describe('what never arrived', () => {
  it('is told once its retry deadline has passed, for each pipeline', async () => {
    const deployment = await sent({ a: `${GOOD}.g.`, b: `${GOOD}ggg` });
    expect(await findings(deployment, NOW_MS - 50_000)).toEqual([
      { kind: 'missing', pipeline: 'a', number: SETTLED - 2 },
      { kind: 'missing', pipeline: 'a', number: SETTLED },
    ]);
  });

  it('each number once: spans that join tell together what one tells', async () => {
    const deployment = await sent({ a: `${GOOD}.g.g..g.`, b: `${GOOD}g` });
    const whole = await findings(deployment, NOW_MS - 16_000);
    const parts: unknown[] = [];
    for (let atMs = NOW_MS - 16_000; atMs < NOW_MS; atMs += 500)
      parts.push(...(await findings(deployment, atMs, atMs + 500)));
    const byName = (one: unknown) => JSON.stringify(one);
    expect(parts.map(byName).sort()).toEqual(whole.map(byName).sort());
    expect(whole).toHaveLength(5);
  });

  it('is not told of a number that another region has', async () => {
    const deployment = await sent({ a: `${GOOD}g`, b: `${GOOD}.` });
    const event = await eventOf(deployment.origin);
    await send(deployment.origins[1]!, event, { b: 'g' });
    expect(await findings(deployment, NOW_MS - 10_000)).toEqual([]);
  });

  it('even where that region is far away, over a connection that has to be made first', async () => {
    const deployment = await sent({ a: `${GOOD}g`, b: `${GOOD}.` });
    await send(deployment.origins[1]!, await eventOf(deployment.origin), { b: 'g' });
    const swept = findings({ origin: withSlowPeers(deployment, () => 700) }, NOW_MS - 10_000);
    await deployment.clock.advance(700);
    expect(await swept).toEqual([]);
  });

  it('nor before anybody has published', async () => {
    const deployment = await deploy();
    expect(await findings(deployment, NOW_MS - 60_000)).toEqual([]);
    await publishInit(deployment.origin);
    await deployment.clock.advance(20_000);
    const told = await findings(deployment, NOW_MS, NOW_MS + 20_000);
    expect(new Set(told.map(({ kind }) => kind))).toEqual(new Set(['missing']));
  });

  it('nor twice after the final segment, however long the event stays', async () => {
    const deployment = await sent({ a: GOOD, b: `${GOOD.slice(1)}.` });
    await endEvent(deployment.origin, KEY, SETTLED);
    await eventOf(deployment.origin);
    expect(await findings(deployment, NOW_MS - 4000)).toHaveLength(1);
    await deployment.clock.advance(60_000);
    deployment.forget();
    const { swept } = await sweep(deployment.origin, { sinceMs: NOW_MS, untilMs: NOW_MS + 60_000 });
    expect(swept).toEqual([]);
    expect(deployment.counts.regions[0]?.all).toEqual({});
  });

  it('is bounded, whatever the span', async () => {
    const deployment = await sent({});
    await publishInit(deployment.origin);
    await deployment.clock.advance(1_000_000);
    expect(await findings(deployment, 0, NOW_MS + 1_000_000)).toHaveLength(2 * SWEPT_NUMBERS_MAX);
  });
});

it('tells splits between regions of the numbers it settles', async () => {
  const deployment = await sent({ a: GOOD, b: GOOD });
  const event = await eventOf(deployment.origin);
  const [copy] = contribution(event, 'g', SETTLED, { ...VIDEO, region: 'us-west-2', digest: 'other' });
  await deployment.origins[1]!.local.candidates.record(copy!);
  expect(await findings(deployment, NOW_MS - 10_000)).toEqual([
    { kind: 'split', pipeline: 'a', number: SETTLED },
  ]);
});

it('masks, where the event allows it, a pipeline that is down: no candidate would ever tell', async () => {
  const deployment = await sent({ a: `${GOOD}...`, b: `${GOOD}ggg` }, { automaticMasks: true });
  expect(await findings(deployment, NOW_MS - 2000)).toMatchObject([
    { kind: 'missing', number: SETTLED },
    {
      kind: 'masked',
      pipeline: 'a',
      mask: { reason: 'down: 3 missing, 0 defective, 0 late of 60 segments' },
    },
  ]);
  expect(await findings(deployment, NOW_MS - 2000)).toMatchObject([{ kind: 'missing' }]);
});

describe('which events', () => {
  it('are all that have not expired, of every tenant', async () => {
    const deployment = await sent({ a: GOOD, b: GOOD });
    const { origin } = deployment;
    const other = { tenant: 'other', event: 'e' };
    await putEvent(
      origin,
      other,
      { ...DEFAULTS, representations: DEFAULTS.representations.slice(0, 1) },
      undefined,
    );
    await deployment.clock.advance(10_000);
    const keys = async () => {
      const { swept } = await sweep(origin, { sinceMs: NOW_MS, untilMs: NOW_MS + 10_000 });
      return swept.map(({ event }) => event.key);
    };
    expect(await keys()).toEqual([KEY, other]);
    await deleteEvent(origin, KEY);
    expect(await keys()).toEqual([other]);
  });

  /** Sweeps 100 events of one representation each, with a peer that leaves the first `silent` questions unanswered. */
  async function swept(silent: number) {
    const deployment = await sent({ a: GOOD, b: GOOD });
    const { origin, clock } = deployment;
    const { configuration } = await eventOf(origin);
    for (let made = 1; made < 100; made++)
      await putEvent(origin, { tenant: 'many', event: `e-${made}` }, configuration);
    await clock.advance(10_000);
    const answerMs = jest.fn((question: number) => (question > silent ? 0 : Infinity));
    const span = { sinceMs: NOW_MS, untilMs: NOW_MS + 10_000 };
    const beganMs = clock.nowMs();
    const sweeping = sweep(withSlowPeers(deployment, answerMs), span).then(({ swept }) => ({
      swept: swept.length,
      ms: clock.nowMs() - beganMs,
    }));
    await clock.advance(30_000);
    return { ...(await sweeping), asked: answerMs.mock.calls.length };
  }

  it('wait two seconds at most for a region that is silent', async () => {
    expect(await swept(Infinity)).toEqual({ swept: 100, ms: 2000, asked: 32 });
  });

  it('still ask a region whose first answers were only late', async () => {
    expect(await swept(16)).toEqual({ swept: 100, ms: 1000, asked: 100 });
    expect(await swept(31)).toEqual({ swept: 100, ms: 2000, asked: 100 });
  });

  it('beyond 200 are named: nobody looks at them', async () => {
    const { origin } = await sent({});
    for (let made = 1; made <= SWEPT_EVENTS_MAX; made++)
      await putEvent(origin, { tenant: 'many', event: `e-${made}` }, DEFAULTS);
    const { failures } = await sweep(origin, { sinceMs: NOW_MS, untilMs: NOW_MS + 10_000 });
    expect(failures).toMatchObject([
      { event: { tenant: 'many' }, error: { message: expect.stringContaining('at most 200') as string } },
    ]);
  });

  it('that cannot be read stop no other', async () => {
    const { origin } = await sent({ a: `${GOOD}.`, b: `${GOOD}g` });
    await putEvent(origin, { tenant: 'a', event: 'first' }, DEFAULTS);
    const gone = new Error('partition gone');
    const { candidates } = origin.local;
    const ofRange: CandidateStore['ofRange'] = (key, from, to) =>
      key.event === 'first' ? Promise.reject(gone) : candidates.ofRange(key, from, to);
    const local = {
      ...origin.local,
      candidates: { ...candidates, ofRange },
    };
    const { swept, failures } = await sweep(
      { ...origin, local },
      { sinceMs: NOW_MS - 2000, untilMs: NOW_MS + 8000 },
    );
    expect(failures).toEqual([{ event: { tenant: 'a', event: 'first' }, error: gone }]);
    expect(swept.flatMap((one) => one.findings).length).toBeGreaterThan(0);
  });
});
