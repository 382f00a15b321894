import type { Origin, RegionStores } from '../../origin/origin';
import { NEVER } from '../../origin/ports/cancel';
import { FIRST_BYTE_MS_MAX } from '../../origin/serve/hedged-read';
import { serveSegment } from '../../origin/serve/serve-segment';
import { deploy, EDGE, eventOf, publish, type Deployment } from '../support/deployment';
import { settle } from '../support/settle';

const REGIONS = ['us-east-1', 'us-west-2', 'eu-west-1'];
/** Ten seconds of a representation of 2 s. */
const NUMBERS = [EDGE - 4, EDGE - 3, EDGE - 2, EDGE - 1, EDGE];
/** The other regions have 150 ms to answer; fake time passes in steps of 25. */
const PEERS_MS_MAX = 175;

const silence = <T>(): Promise<T> => new Promise(() => undefined);
const cut = <T>(): Promise<T> => Promise.reject(new Error('ECONNRESET'));

/** A region of which nothing is heard any more, wholly or as far as bytes are concerned. */
function lost(stores: RegionStores, how: <T>() => Promise<T>, what: 'region' | 'bytes'): RegionStores {
  const { candidates, segments } = stores;
  return {
    ...stores,
    segments: { ...segments, read: how },
    ...(what === 'region' && { candidates: { ...candidates, ofSegment: how, ofRange: how } }),
  };
}

/** This region's origin while `others` are lost to it. */
function without(
  { origin }: Deployment,
  others: readonly string[],
  how: <T>() => Promise<T>,
  what: 'region' | 'bytes' = 'region',
): Origin {
  const peers = origin.peers.map((peer) => (others.includes(peer.region) ? lost(peer, how, what) : peer));
  return { ...origin, peers };
}

async function served(deployment: Deployment, origin: Origin, number: number) {
  const event = await eventOf(deployment.origin);
  const askedMs = deployment.clock.nowMs();
  const get = { event, representation: 'v360', number, wanted: () => 'all' as const, cancel: NEVER };
  const outcome = await settle(deployment.clock, serveSegment(origin, get));
  if (outcome.kind !== 'selected')
    throw new Error(`segment ${number}: wanted it selected, got ${outcome.kind}`);
  const from = `${outcome.served.pipeline} in ${outcome.served.region}`;
  return { from, unheard: outcome.decision.unheard, afterMs: deployment.clock.nowMs() - askedMs };
}

describe.each([
  ['nothing is heard', silence],
  ['every call fails', cut],
])('of a region %s for 10 s', (_, how) => {
  it('every segment that this one holds is served, the other’s name told', async () => {
    const deployment = await deploy({}, REGIONS);
    // Pipeline `a` publishes into the lost region only: `b` is all that is left, so the others are asked each time.
    for (const number of NUMBERS) await publish(deployment.origin, { number, pipeline: 'b' });
    const origin = without(deployment, ['us-west-2'], how);
    for (const number of NUMBERS) {
      const { from, unheard, afterMs } = await served(deployment, origin, number);
      expect([from, unheard]).toEqual(['b in us-east-1', ['us-west-2']]);
      expect(afterMs).toBeLessThanOrEqual(PEERS_MS_MAX);
    }
    expect(deployment.clock.sleeping).toBe(0);
  });

  it('every segment that a third one holds is served from there', async () => {
    const deployment = await deploy({}, REGIONS);
    const [, , third] = deployment.origins;
    for (const number of NUMBERS) await publish(third!, { number });
    const origin = without(deployment, ['us-west-2'], how);
    for (const number of NUMBERS)
      expect((await served(deployment, origin, number)).from).toBe('a in eu-west-1');
    expect(deployment.clock.sleeping).toBe(0);
  });

  it('every segment whose record was still heard comes from the next replica, or the next pipeline', async () => {
    const deployment = await deploy({}, REGIONS);
    const [home, second, third] = deployment.origins;
    for (const number of NUMBERS) await publish(second!, { number });
    for (const number of NUMBERS.slice(0, 3)) await publish(third!, { number });
    for (const number of NUMBERS.slice(3)) await publish(home, { number, pipeline: 'b' });
    const origin = without(deployment, ['us-west-2'], how, 'bytes');
    const answers = [];
    for (const number of NUMBERS) answers.push(await served(deployment, origin, number));
    expect(answers.map(({ from }) => from)).toEqual([
      ...['a in eu-west-1', 'a in eu-west-1', 'a in eu-west-1'],
      ...['b in us-east-1', 'b in us-east-1'],
    ]);
    for (const { afterMs } of answers)
      expect(afterMs).toBeLessThanOrEqual(FIRST_BYTE_MS_MAX + 2 * PEERS_MS_MAX);
  });
});

it('a region whose own bytes are lost serves those of the other', async () => {
  const deployment = await deploy({}, REGIONS);
  const [, second] = deployment.origins;
  for (const number of NUMBERS) {
    await publish(deployment.origin, { number });
    await publish(second!, { number });
  }
  const { origin } = deployment;
  const blind = { ...origin, local: lost(origin.local, silence, 'bytes') };
  for (const number of NUMBERS) expect((await served(deployment, blind, number)).from).toBe('a in us-west-2');
});
