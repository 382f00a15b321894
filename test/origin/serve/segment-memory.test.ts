import { cutFrames } from '../../../demo/damage';
import { appendEntry } from '../../../origin/events/append-entry';
import { defect } from '../../../origin/media/defect';
import type { Origin } from '../../../origin/origin';
import type { Body, SegmentStore } from '../../../origin/ports/segment-store';
import { RecentBytes } from '../../../origin/serve/recent-bytes';
import { UNTOLD_MS } from '../../../origin/serve/segment-memory';
import { asset, deploy, EDGE, KEY, publish, serve } from '../../support/deployment';
import { sampleMask } from '../../support/samples';

const REGION = ['us-east-1'];
/** Beyond the live window of 30 s, far inside the DVR window. */
const DVR = EDGE - 100;
const UNTOLD = { isTold: false };

async function from(origin: Origin, number = EDGE) {
  const { response } = await serve(origin, `v360/${number}.m4s`);
  const candidate = response.headers['Headwater-Candidate'];
  return candidate === undefined ? response.status : /pipeline="(\w)"/.exec(candidate)?.[1];
}

/** Both pipelines have published; pipeline a's candidate is the answer. */
async function published(options = {}) {
  const deployment = await deploy({}, REGION, options);
  for (const pipeline of ['a', 'b']) {
    await publish(deployment.origin, { pipeline });
    await publish(deployment.origin, { pipeline, number: DVR });
  }
  deployment.forget();
  return { ...deployment, calls: () => deployment.counts.regions[0]!.all };
}

async function flagA(origin: Origin, number = EDGE) {
  const found = await origin.local.candidates.ofSegment({ ...KEY, representation: 'v360', number });
  await origin.local.candidates.flag(found[0]!, [defect('repeated')]);
}

describe('what is remembered of a segment is never what was decided', () => {
  it.each([
    ['a late flag', async (origin: Origin) => flagA(origin), 'b'],
    [
      'a mask',
      async (origin: Origin) =>
        appendEntry(origin, KEY, (_, base) => sampleMask('m', { ...base, pipeline: 'a', fromSegment: EDGE })),
      'b',
    ],
  ])('%s acts on the next request where changes are told', async (_, change, then) => {
    const { origin } = await published();
    expect(await from(origin)).toBe('a');
    await change(origin);
    expect(await from(origin)).toBe(then);
  });

  it('a better candidate acts on the next request where changes are told', async () => {
    const { origin } = await deploy();
    await publish(origin, { bytes: cutFrames(asset.segment('v360', EDGE), 11) });
    expect(await from(origin)).toBe('a');
    await publish(origin, { pipeline: 'b' });
    expect(await from(origin)).toBe('b');
  });

  it('where nobody tells, a late flag acts after 500 ms, long before the 2 s that a change has', async () => {
    const { clock, origin } = await published(UNTOLD);
    expect(await from(origin)).toBe('a');
    await flagA(origin);
    await clock.advance(UNTOLD_MS - 1);
    expect(await from(origin)).toBe('a');
    await clock.advance(1);
    expect(await from(origin)).toBe('b');
  });

  it('where nobody tells, a mask acts as soon as the event is known anew', async () => {
    const { origin } = await published(UNTOLD);
    expect(await from(origin)).toBe('a');
    await appendEntry(origin, KEY, (_, base) =>
      sampleMask('m', { ...base, pipeline: 'a', fromSegment: EDGE }),
    );
    expect(await from(origin)).toBe('b');
  });

  it.each([
    ['only the second pipeline has come', { pipeline: 'b' }],
    ['the first pipeline has come with defects', { bytes: cutFrames(asset.segment('v360', EDGE), 11) }],
  ])('where nobody tells, nothing is remembered while %s', async (_, publication) => {
    const { origin, counts, forget } = await deploy({}, REGION, UNTOLD);
    await publish(origin, publication);
    forget();
    for (let asked = 0; asked < 3; asked++) await from(origin);
    expect(counts.regions[0]!.all['candidates.ofSegment']).toBe(3);
  });

  it('an expired candidate is not served from memory', async () => {
    const { clock, origin } = await deploy({ timeShiftBufferDepthSeconds: 7200 });
    await publish(origin);
    const key = { ...KEY, representation: 'v360', number: EDGE };
    const known = () => origin.serving.memory.candidatesOf(origin.local, key, () => true);
    const [candidate] = await known();
    await clock.advanceTo(candidate!.expiresAtMs - 1);
    expect(await known()).toHaveLength(1);
    await clock.advance(1);
    expect(await known()).toHaveLength(0);
  });
});

describe('a 410 costs no store read, and late bytes end it', () => {
  it.each([
    ['told', {}, 0],
    ['untold', UNTOLD, UNTOLD_MS],
  ])('%s', async (_, options, afterMs) => {
    const { clock, origin, counts, forget } = await deploy({}, REGION, options);
    expect(await from(origin, DVR)).toBe(410);
    forget();
    for (let asked = 0; asked < 1000; asked++) expect(await from(origin, DVR)).toBe(410);
    expect(counts.regions[0]!.all).toEqual({});
    await publish(origin, { number: DVR });
    await clock.advance(afterMs);
    expect(await from(origin, DVR)).toBe('a');
  });
});

describe('bytes', () => {
  /** The store gives a stream, piece by piece, when it is let go. */
  function streaming(origin: Origin) {
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    let reads = 0;
    const local = {
      ...origin.local,
      segments: {
        write: (...parts: Parameters<SegmentStore['write']>) => origin.local.segments.write(...parts),
        async read(...parts: Parameters<SegmentStore['read']>): Promise<Body> {
          reads += 1;
          const whole = (await origin.local.segments.read(...parts)) as Uint8Array;
          await gate;
          return (async function* () {
            await Promise.resolve();
            for (let at = 0; at < whole.length; at += 10_000) yield whole.subarray(at, at + 10_000);
          })();
        },
      },
    };
    return { origin: { ...origin, local }, go, reads: () => reads };
  }
  async function whole(body: Body | string | undefined): Promise<number> {
    if (body === undefined || typeof body === 'string') return 0;
    if (body instanceof Uint8Array) return body.length;
    let length = 0;
    for await (const piece of body) length += piece.length;
    return length;
  }

  it.each([
    ['the live edge', EDGE],
    ['the DVR window', DVR],
  ])('of %s are read once for all who want them at the same time, parts of them too', async (_, number) => {
    const { origin } = await published();
    const source = streaming(origin);
    const asked = Array.from({ length: 100 }, () => serve(source.origin, `v360/${number}.m4s`));
    const part = serve(source.origin, `v360/${number}.m4s`, { headers: { range: 'bytes=100-299' } });
    await new Promise((resolve) => setImmediate(resolve));
    source.go();
    const size = asset.segment('v360', number).length;
    for (const { response } of await Promise.all(asked)) expect(await whole(response.body)).toBe(size);
    expect(await whole((await part).response.body)).toBe(200);
    expect(source.reads()).toBe(1);
  });

  it.each([
    ['stay in memory when they are live', EDGE, 1],
    ['do not when they are DVR: whoever goes back must not push out the live edge', DVR, 2],
  ])('%s', async (_, number, reads) => {
    const { origin } = await published();
    const source = streaming(origin);
    source.go();
    for (let asked = 0; asked < 2; asked++)
      await whole((await serve(source.origin, `v360/${number}.m4s`)).response.body);
    expect(source.reads()).toBe(reads);
  });

  it('under way take no more memory than there is; beyond, each is read by itself', async () => {
    const size = asset.segment('v360', DVR).length;
    const { origin } = await published({ bytes: new RecentBytes(size - 1) });
    const source = streaming(origin);
    source.go();
    const asked = await Promise.all([1, 2].map(() => serve(source.origin, `v360/${DVR}.m4s`)));
    for (const { response } of asked) expect(await whole(response.body)).toBe(size);
    expect(source.reads()).toBe(2);
  });

  it('that could not be read are asked for again', async () => {
    const { origin } = await published();
    let failing = true;
    const read = async (...parts: Parameters<SegmentStore['read']>) =>
      failing ? Promise.reject(new Error('slow down')) : origin.local.segments.read(...parts);
    const local = {
      ...origin.local,
      segments: {
        write: (...parts: Parameters<SegmentStore['write']>) => origin.local.segments.write(...parts),
        read,
      },
    };
    await expect(from({ ...origin, local })).rejects.toThrow('slow down');
    failing = false;
    expect(await from({ ...origin, local })).toBe('a');
  });
});
