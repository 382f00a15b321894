import { cutFrames } from '../../../demo/damage';
import { appendEntry } from '../../../origin/events/append-entry';
import { endEvent } from '../../../origin/events/change-event';
import type { Origin } from '../../../origin/origin';
import { cancelSource, NEVER, type Cancel } from '../../../origin/ports/cancel';
import { HELD_MS_MAX } from '../../../origin/schedule/schedule';
import { asset, deploy, EDGE, KEY, NEXT_DUE_MS, publish, serve } from '../../support/deployment';
import { sampleMask } from '../../support/samples';
import { settle } from '../../support/settle';

const NEXT = EDGE + 1;

async function get(origin: Origin, number = NEXT, cancel: Cancel = NEVER) {
  const { response } = await serve(origin, `v360/${number}.m4s`, {}, cancel);
  return response;
}

describe('a hold', () => {
  it('begins at opensAt(n), not before', async () => {
    const { clock, origin } = await deploy({ publish: { delayMs: 500, holdMs: 400, retryDeadlineMs: 6000 } });
    await clock.advanceTo(NEXT_DUE_MS - 401);
    const early = await get(origin);
    expect([early.status, early.headers['Cache-Control']]).toEqual([404, 'max-age=0']);
    // A promise until the hold begins would outlive what is published sooner.
    expect(early.headers).not.toHaveProperty('Headwater-Expires-Ms');
    await clock.advance(1);
    const held = get(origin);
    await clock.advance(300);
    expect(origin.serving.holds.held).toBe(1);
    await publish(origin, { number: NEXT });
    expect((await held).status).toBe(200);
  });

  it('ends 5 s after the request came, whatever holdMs says', async () => {
    const { clock, origin } = await deploy({
      publish: { delayMs: 500, holdMs: 20_000, retryDeadlineMs: 30_000 },
    });
    const askedMs = clock.nowMs();
    const held = get(origin);
    await clock.advance(HELD_MS_MAX - 1);
    expect(origin.serving.holds.held).toBe(1);
    await clock.advance(1);
    expect((await held).status).toBe(404);
    expect(clock.nowMs() - askedMs).toBe(5000);
  });

  it('of a client that leaves is free at once: no waiter, no timer, no listener stays', async () => {
    const { clock, origin } = await deploy();
    const clients = Array.from({ length: 50 }, () => cancelSource());
    const held = clients.map((client) => get(origin, NEXT, client));
    await clock.advance(200);
    expect(origin.serving.holds.held).toBe(50);
    for (const client of clients) client.cancel();
    await Promise.all(held);
    expect([origin.serving.holds.held, clock.sleeping]).toEqual([0, 0]);
  });

  it('is one of a bounded number: beyond, the answer is "not yet" at once', async () => {
    const { clock, origin } = await deploy({}, ['us-east-1'], { heldMax: 10 });
    const held = Array.from({ length: 10 }, () => get(origin));
    await clock.advance(1);
    const turnedAway = await get(origin);
    expect([turnedAway.status, turnedAway.headers['Cache-Control']]).toEqual([404, 'max-age=0']);
    await publish(origin, { number: NEXT });
    expect((await Promise.all(held)).map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(origin.serving.holds.held).toBe(0);
    expect((await get(origin)).status).toBe(200);
  });

  it('begins for the very next one when its opening comes while other regions are silent', async () => {
    const { clock, origin, origins } = await deploy(
      { publish: { delayMs: 500, holdMs: 400, retryDeadlineMs: 6000 } },
      ['us-east-1', 'us-west-2'],
    );
    const peer = origins[1]!.local;
    const silent = {
      ...peer,
      candidates: { ...peer.candidates, ofSegment: () => new Promise<never>(() => undefined) },
    };
    await clock.advanceTo(NEXT_DUE_MS - 500);
    const held = get({ ...origin, peers: [silent] });
    await clock.advance(250);
    await publish(origin, { number: NEXT });
    expect((await settle(clock, held)).status).toBe(200);
  });

  it('ends when the segment is due at the latest, if only another region has it', async () => {
    const { clock, origin, origins } = await deploy({}, ['us-east-1', 'us-west-2']);
    await clock.advanceTo(NEXT_DUE_MS - 400);
    const held = get(origin);
    await clock.advanceTo(NEXT_DUE_MS - 100);
    await publish(origins[1]!, { number: NEXT });
    await clock.advanceTo(NEXT_DUE_MS - 1);
    expect(origin.serving.holds.held).toBe(1);
    await clock.advance(1);
    expect(origin.serving.holds.held).toBe(0);
    expect((await held).status).toBe(200);
  });

  it('costs no store read while nothing changes, where changes are told', async () => {
    const { clock, origin, counts, forget } = await deploy();
    forget();
    const held = Array.from({ length: 100 }, () => get(origin));
    await clock.advance(499);
    expect(counts.regions[0]!.all['candidates.ofSegment']).toBe(1);
    await publish(origin, { number: NEXT });
    await Promise.all(held);
    expect(counts.regions[0]!.all['candidates.ofSegment']).toBe(2);
  });
});

describe('the end of an event', () => {
  it('releases what is held for what will never come, at once', async () => {
    const { clock, origin } = await deploy();
    await publish(origin);
    const held = get(origin);
    await clock.advance(200);
    await endEvent(origin, KEY, EDGE);
    const nowMs = clock.nowMs();
    const response = await held;
    expect([response.status, response.headers['Cache-Control']]).toEqual([404, 'max-age=60']);
    expect(clock.nowMs()).toBe(nowMs);
    expect([origin.serving.holds.held, clock.sleeping]).toEqual([0, 0]);
  });

  it('is learned from a store that another region wrote within 1.5 s', async () => {
    const { clock, origins } = await deploy(
      { publish: { delayMs: 500, holdMs: 3000, retryDeadlineMs: 6000 } },
      ['us-east-1', 'us-west-2'],
    );
    const held = get(origins[1]!);
    await clock.advance(200);
    await endEvent(origins[0], KEY, EDGE);
    await clock.advance(1500);
    expect(origins[1]!.serving.holds.held).toBe(0);
    expect((await held).headers['Cache-Control']).toBe('max-age=60');
  });
});

it('a mask that ends the wait for a better copy is heard while the request is held', async () => {
  const { clock, origin } = await deploy();
  await publish(origin, { number: NEXT, bytes: cutFrames(asset.segment('v360', NEXT), 11) });
  const held = get(origin);
  await clock.advance(100);
  expect(origin.serving.holds.held).toBe(1);
  await appendEntry(origin, KEY, (_, base) => sampleMask('m', { ...base, pipeline: 'b', fromSegment: NEXT }));
  expect((await held).headers['Headwater-Defects']).toMatch(/^short/);
});
