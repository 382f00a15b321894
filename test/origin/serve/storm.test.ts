import type { HttpResponse } from '../../../http/message';
import { NEVER } from '../../../origin/ports/cancel';
import type { Origin } from '../../../origin/origin';
import { TARGET_MS } from '../../../origin/serve/store-pressure';
import { deploy, EDGE, NEXT_DUE_MS, publish, serve, type Deployment } from '../../support/deployment';

/** Seconds of the storm outside the schedule: a few here; HEADWATER_STORM_SECONDS=10 for the whole of it. */
const STORM_SECONDS = Number(process.env['HEADWATER_STORM_SECONDS'] ?? 2);
const REQUESTS_PER_SECOND = 3000;
const NEXT = EDGE + 1;

async function statusOf(asked: ReturnType<typeof serve>): Promise<number> {
  return (await asked).response.status;
}

it(`a storm outside the schedule, ${REQUESTS_PER_SECOND} requests a second: no store is read`, async () => {
  const { clock, origin, counts, forget } = await deploy({ timeShiftBufferDepthSeconds: 600 });
  await serve(origin, `v360/${EDGE + 50}.m4s`);
  forget();
  const outside = [
    ...[EDGE + 20, EDGE + 500, EDGE + 90_000_000].map((number) => [`v360/${number}.m4s`, 404] as const),
    ...[EDGE - 1001, 0].map((number) => [`v720/${number}.m4s`, 404] as const),
    ...[EDGE - 400, EDGE - 999].map((number) => [`a128/${number}.m4s`, 410] as const),
    ...[`v360/0${EDGE}.m4s`, 'v999/1.m4s', 'nothing'].map((path) => [path, 404] as const),
  ];
  const wrong: unknown[] = [];
  for (let asked = 0; asked < STORM_SECONDS * REQUESTS_PER_SECOND; asked++) {
    const [path, status] = outside[asked % outside.length]!;
    const got = await statusOf(serve(origin, path));
    if (got !== status) wrong.push([path, got]);
    if (asked % (REQUESTS_PER_SECOND / 100) === 0) await clock.advance(10);
  }
  expect(wrong).toEqual([]);
  expect(counts.regions[0]!.all).toEqual({});
  // The event itself is looked up once a second.
  expect(counts.events.all['events.read']).toBeLessThanOrEqual(STORM_SECONDS + 1);
});

describe('a cold storm: 2,000 clients want one segment', () => {
  const CLIENTS = 2000;

  it.each([
    ['told', true],
    ['untold', false],
  ])('that is there: one query and one read in its region, none in the others (%s)', async (_, isTold) => {
    const { origin, counts, forget } = await deploy({}, ['us-east-1', 'us-west-2'], { isTold });
    await publish(origin);
    forget();
    const answers = await Promise.all(
      Array.from({ length: CLIENTS }, () => statusOf(serve(origin, `v360/${EDGE}.m4s`))),
    );
    expect(answers.every((status) => status === 200)).toBe(true);
    expect(counts.regions.map(({ all }) => all)).toEqual([
      { 'candidates.ofSegment': 1, 'segments.read': 1 },
      {},
    ]);
  });

  it('that only the other region has: one query in each, one read in that one', async () => {
    const { origin, origins, counts, forget } = await deploy({}, ['us-east-1', 'us-west-2']);
    await publish(origins[1]!);
    forget();
    const answers = await Promise.all(
      Array.from({ length: CLIENTS }, () => statusOf(serve(origin, `v360/${EDGE}.m4s`))),
    );
    expect(answers.every((status) => status === 200)).toBe(true);
    expect(counts.regions.map(({ all }) => all)).toEqual([
      { 'candidates.ofSegment': 1 },
      { 'candidates.ofSegment': 1, 'segments.read': 1 },
    ]);
  });

  it('that is about to come: they are held, and one read answers them all', async () => {
    const { clock, origin, counts, forget } = await deploy();
    forget();
    const asked: Promise<number>[] = [];
    for (let step = 0; step < 20; step++) {
      for (let client = 0; client < CLIENTS / 20; client++)
        asked.push(statusOf(serve(origin, `v360/${NEXT}.m4s`)));
      await clock.advance(20);
    }
    expect(origin.serving.holds.held).toBe(CLIENTS);
    await publish(origin, { number: NEXT });
    expect((await Promise.all(asked)).every((status) => status === 200)).toBe(true);
    const { 'segments.read': reads, 'candidates.ofSegment': queries } = counts.regions[0]!.all;
    expect([reads, queries]).toEqual([1, 2]);
    expect([origin.serving.holds.held, clock.sleeping]).toEqual([0, 0]);
  });
});

describe('live before DVR', () => {
  const CLIENTS = 200;
  const SECONDS = 20;
  const STEP_MS = 100;

  /** Every `slowEach`-th call of the stores takes four times its target. */
  function slowed({ clock, origin }: Deployment, isSlow: () => boolean): Origin {
    const slowly = async <T>(kind: keyof typeof TARGET_MS, call: () => Promise<T>) => {
      if (isSlow()) await clock.sleepUntil(clock.nowMs() + 4 * TARGET_MS[kind], NEVER);
      return call();
    };
    const { candidates, segments } = origin.local;
    return {
      ...origin,
      local: {
        ...origin.local,
        candidates: {
          ...candidates,
          awaitChange: (...parts) => candidates.awaitChange(...parts),
          ofSegment: async (key) => slowly('candidates', () => candidates.ofSegment(key)),
        },
        segments: {
          write: (...parts) => segments.write(...parts),
          read: async (...parts) => slowly('bytes', () => segments.read(...parts)),
        },
      },
    };
  }

  interface Told {
    readonly live: HttpResponse[];
    readonly dvr: HttpResponse[];
  }

  /** Every client asks once a second: live ones for the live edge, DVR ones each for another number. */
  async function watch(
    deployment: Deployment,
    origin: Origin,
    clients: { live: number; dvr: number },
    told: Told,
  ) {
    const { clock } = deployment;
    for (let step = 0; step < (SECONDS * 1000) / STEP_MS; step++) {
      const edge = EDGE + Math.floor((clock.nowMs() - NEXT_DUE_MS) / 2000) + 1;
      const ask = (kind: keyof Told, number: number) =>
        void serve(origin, `v360/${number}.m4s`).then(({ response }) => told[kind].push(response));
      for (let client = step % 10; client < clients.live; client += 10) ask('live', edge);
      for (let client = step % 10; client < clients.dvr; client += 10)
        ask('dvr', EDGE - 800 + ((step * 37 + client) % 700));
      await clock.advance(STEP_MS);
    }
  }

  async function published() {
    const deployment = await deploy();
    for (let number = EDGE; number < EDGE + SECONDS / 2 + 2; number++) {
      const bytes = new Uint8Array([number % 256]);
      const ref = { tenant: 'acme', event: 'final', representation: 'v360', number, pipeline: 'a' };
      const digest = deployment.origin.digester.sha256Hex(bytes);
      await deployment.origin.local.segments.write({ ...ref, digest, size: 1 }, bytes, Infinity);
      await deployment.origin.local.candidates.record({
        ...{ ...ref, digest, size: 1, region: 'us-east-1', defects: [] },
        ...{ publishedAtMs: deployment.clock.nowMs(), expiresAtMs: Infinity },
      });
    }
    return deployment;
  }

  const count = (responses: readonly HttpResponse[], status: number) =>
    responses.filter((response) => response.status === status).length;

  it('with 40 % of calls beyond their target, 200 DVR clients get 503 for 5 s and 200 live ones none', async () => {
    const deployment = await published();
    let calls = 0;
    const origin = slowed(deployment, () => calls++ % 5 < 2);
    const told: Told = { live: [], dvr: [] };
    await watch(deployment, origin, { live: CLIENTS, dvr: CLIENTS }, told);
    expect(count(told.live, 503)).toBe(0);
    expect(count(told.live, 200)).toBe(told.live.length);
    const shed = told.dvr.filter(({ status }) => status === 503);
    expect(shed.length).toBeGreaterThan(CLIENTS);
    for (const { headers } of shed)
      expect(headers).toMatchObject({ 'Cache-Control': 'max-age=5', 'Headwater-Version': '1' });
  });

  it('goodput does not fall when shedding starts, and once the store is well nobody is turned away', async () => {
    const deployment = await published();
    let isSlow = true;
    const origin = slowed(deployment, () => isSlow);
    const sick: Told = { live: [], dvr: [] };
    await watch(deployment, origin, { live: CLIENTS, dvr: CLIENTS }, sick);
    expect(count(sick.dvr, 503)).toBeGreaterThan(CLIENTS);
    // Whoever is answered 410 (the DVR segments of this event never came) is answered, too.
    expect(count(sick.live, 200)).toBe(CLIENTS * SECONDS);
    isSlow = false;
    await deployment.clock.advance(5000);
    const well: Told = { live: [], dvr: [] };
    await watch(deployment, origin, { live: 0, dvr: CLIENTS }, well);
    expect(count(well.dvr, 503)).toBe(0);
  });

  it('a storm without DVR sheds nothing, however slow the stores are', async () => {
    const deployment = await published();
    const origin = slowed(deployment, () => true);
    const told: Told = { live: [], dvr: [] };
    await watch(deployment, origin, { live: 2 * CLIENTS, dvr: 0 }, told);
    expect(count(told.live, 200)).toBe(2 * CLIENTS * SECONDS);
  });

  it('neither inits, nor manifests, nor what the schedule answers, nor PUT are ever turned away', async () => {
    const deployment = await published();
    for (let call = 0; call < 100; call++)
      await deployment.origin.serving.pressure
        .timed('bytes', () => Promise.reject(new Error()))
        .catch(() => 0);
    const { origin } = deployment;
    expect(await statusOf(serve(origin, `v360/${EDGE - 100}.m4s`))).toBe(503);
    expect(await statusOf(serve(origin, `v360/${EDGE}.m4s`))).toBe(200);
    expect(await statusOf(serve(origin, `v360/${EDGE + 100}.m4s`))).toBe(404);
    for (const path of ['manifest.mpd', 'v360/init.mp4', 'master.m3u8', 'v360/media.m3u8'])
      expect([path, (await statusOf(serve(origin, path))) === 503]).toEqual([path, false]);
    expect((await publish(origin, { number: EDGE - 100 })).kind).toBe('stored');
  });
});
