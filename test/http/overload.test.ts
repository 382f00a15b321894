import { overloadedAnswer } from '../../http/overload';
import type { Origin } from '../../origin/origin';
import { asset, deploy, EDGE, publish, put, serve } from '../support/deployment';

it('who is turned away comes back after 5 s, and so does every cache', () => {
  const { status, headers } = overloadedAnswer();
  expect([status, headers['Cache-Control'], headers['Retry-After']]).toEqual([503, 'max-age=5', '5']);
});

describe('a storm of names that are no event', () => {
  const INVENTED = 10_000;

  async function storm(origin: Origin, headers: Record<string, string> = {}) {
    const statuses = new Map<number, number>();
    for (let index = 0; index < INVENTED; index++) {
      const { response } = await serve(origin, `/live/acme/r${index}/v360/1.m4s`, { headers });
      statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
    }
    return Object.fromEntries(statuses);
  }

  it('costs 100 reads; of the others nothing is claimed: 503 for a second, elsewhere not asked', async () => {
    const { origin, counts } = await deploy();
    await publish(origin);
    counts.events.reset();
    expect(await storm(origin)).toEqual({ 404: 100, 503: INVENTED - 100 });
    expect(counts.events.all).toEqual({ 'events.read': 100 });
    const { response } = await serve(origin, '/live/acme/more/v360/1.m4s');
    expect([response.status, response.headers['Cache-Control'], response.headers['Retry-After']]).toEqual([
      503,
      'max-age=1',
      '1',
    ]);
  });

  it('takes nothing from live: it is served from memory', async () => {
    const { origin, counts } = await deploy();
    await publish(origin);
    await serve(origin, `v360/${EDGE}.m4s`);
    await storm(origin);
    counts.events.reset();
    counts.regions[0]!.reset();
    expect((await serve(origin, `v360/${EDGE}.m4s`)).response.status).toBe(200);
    expect([counts.events.all, counts.regions[0]!.all]).toEqual([{}, {}]);
  });

  it('takes nothing from PUT, whose credential names an event', async () => {
    const { origin } = await deploy();
    await storm(origin);
    const { response } = await put(origin, `v360/${EDGE}.m4s`, asset.segment('v360', EDGE));
    expect(response.status).toBe(201);
  });

  it('takes nothing from an event that the edge knows the version of', async () => {
    const { origin, origins } = await deploy({}, ['us-east-1', 'us-west-2']);
    await publish(origin);
    const cold = origins[1]!;
    await storm(cold);
    const asked = { headers: { 'headwater-version': '1' } };
    expect((await serve(cold, `v360/${EDGE}.m4s`, asked)).response.status).toBe(200);
    expect((await storm(cold, { 'headwater-version': '1' }))[404]).toBeLessThanOrEqual(200);
  });

  it('does not keep an event out that it is the first to ask for: the second request is let through', async () => {
    const { origin, origins } = await deploy({}, ['us-east-1', 'us-west-2']);
    await publish(origin);
    const cold = origins[1]!;
    await storm(cold);
    const statusOf = async () => (await serve(cold, `v360/${EDGE}.m4s`)).response.status;
    expect([await statusOf(), await statusOf()]).toEqual([503, 200]);
  });
});
