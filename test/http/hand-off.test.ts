import { asTrack, cutFrames, withoutSync } from '../../demo/damage';
import { reprDigest } from '../../http/segment-headers';
import type { UploadPlace } from '../../origin/ports/upload-store';
import { nodeDigester } from '../../stores/node-digester';
import {
  asset,
  deploy,
  EDGE,
  jsonOf,
  put,
  publish,
  publishInit,
  serve,
  type RequestParts,
} from '../support/deployment';
import type { MemoryRegion } from '../support/memory-stores';

const MEDIA = `v360/${EDGE}.m4s`;
const GOOD = asset.segment('v360', EDGE);

/** One region, and a publisher that hands off pipeline `a`'s copy of the newest segment. */
async function handingOff(configuration: Readonly<Record<string, unknown>> = {}) {
  // Nothing is held: what is not there is told at once.
  const deployment = await deploy({ publish: { holdMs: 0 }, ...configuration });
  const origin = { ...deployment.origin, local: { ...deployment.origin.local } };
  await publishInit(origin);
  deployment.forget();
  const uploads = origin.local.uploads as MemoryRegion['uploads'];
  const post = async (upload: string, bytes: Uint8Array, parts: RequestParts = {}, path = MEDIA) => {
    const headers = { 'repr-digest': reprDigest(nodeDigester.sha256Hex(bytes)), ...parts.headers };
    const { response, outcome } = await put(origin, path, parts.body, {
      ...{ method: 'POST', query: { upload }, headers },
    });
    return { response, outcome, status: response.status };
  };
  const ask = (bytes: Uint8Array, length: unknown = bytes.length, path = MEDIA) =>
    post('', bytes, { body: Buffer.from(JSON.stringify({ length })) }, path);
  const complete = (bytes: Uint8Array, headers: Record<string, string> = {}) =>
    post('complete', bytes, { headers });
  const upload = async (bytes: Uint8Array) => {
    const asked = await ask(bytes);
    return uploads.put(jsonOf(asked.response) as unknown as UploadPlace, bytes);
  };
  return { ...deployment, origin, ask, complete, upload, post };
}

describe('a segment handed off', () => {
  it('is asked for, uploaded, completed, and served as any other', async () => {
    const { origin, ask, upload, complete } = await handingOff();
    const asked = await ask(GOOD);
    expect([asked.status, jsonOf(asked.response)]).toEqual([
      200,
      {
        url: expect.any(String) as string,
        headers: { 'if-none-match': '*' },
        untilMs: expect.any(Number) as number,
      },
    ]);
    expect(await upload(GOOD)).toBe(200);
    const completed = await complete(GOOD);
    expect([completed.status, jsonOf(completed.response)]).toEqual([
      201,
      expect.objectContaining({ pipeline: 'a', number: EDGE, size: GOOD.length, defects: [] }),
    ]);
    const { response } = await serve(origin, MEDIA);
    expect([response.status, Buffer.from(response.body as Uint8Array).equals(Buffer.from(GOOD))]).toEqual([
      200,
      true,
    ]);
  });

  it('does not exist before it is complete', async () => {
    const { origin, upload } = await handingOff();
    await upload(GOOD);
    expect((await serve(origin, MEDIA)).response.status).toBe(404);
  });

  it('has the defects that a PUT of it has, reported ones too', async () => {
    const { upload, complete } = await handingOff();
    const short = cutFrames(GOOD, 5);
    await upload(short);
    const { status, response } = await complete(short, { 'segment-inspection': 'defects=(discontinuity)' });
    expect(status).toBe(201);
    expect(response.headers['Headwater-Defects']).toMatch(
      /short;missing=5.*discontinuity|discontinuity.*short;missing=5/,
    );
  });

  it.each([
    ['of another track', asTrack(GOOD, 77), 400],
    ['with no first picture', withoutSync(GOOD), 201],
    ['that is none', new Uint8Array(500).fill(0x41), 400],
  ])('is judged by the same rules: one %s', async (_, bytes, status) => {
    const { origin, upload, complete } = await handingOff();
    await upload(bytes);
    expect((await complete(bytes)).status).toBe(status);
    const { response } = await serve(origin, MEDIA);
    expect(response.status).toBe(status === 201 ? 200 : 404);
  });

  it('is read by ranges, and its media data never', async () => {
    const { counts, forget, upload, complete } = await handingOff();
    await upload(GOOD);
    forget();
    await complete(GOOD);
    expect(counts.regions[0]!.all).toEqual({
      ...{ 'uploads.find': 1, 'segments.read': 1, 'candidates.record': 1 },
    });
  });

  it('said to be complete twice is one candidate', async () => {
    const { upload, complete } = await handingOff();
    await upload(GOOD);
    const statuses = [await complete(GOOD), await complete(GOOD)].map(({ status }) => status);
    expect(statuses).toEqual([201, 200]);
  });
});

describe('a hand-off is refused', () => {
  it.each([
    ['no length', {}, 'length'],
    ['a length of 0', { length: 0 }, 'length'],
    ['half a byte', { length: 1.5 }, 'length'],
    ['a length in words', { length: 'many' }, 'length'],
    ['no object', null, 'length'],
  ])('with %s', async (_, body, parameter) => {
    const { post } = await handingOff();
    const { status, response } = await post('', GOOD, { body: Buffer.from(JSON.stringify(body)) });
    expect([status, jsonOf(response)['faults']]).toEqual([400, [expect.objectContaining({ parameter })]]);
  });

  it.each([
    ['no digest', { 'repr-digest': '' }, 'Repr-Digest'],
    ['a digest of another length', { 'repr-digest': 'sha-256=:AAAA:' }, 'Repr-Digest'],
  ])('with %s', async (_, headers, parameter) => {
    const { complete } = await handingOff();
    const { status, response } = await complete(GOOD, headers);
    expect([status, jsonOf(response)['faults']]).toEqual([400, [expect.objectContaining({ parameter })]]);
  });

  it('in another step than there are', async () => {
    const { post } = await handingOff();
    expect((await post('abort', GOOD)).status).toBe(400);
  });

  it('for what is no segment', async () => {
    const { ask } = await handingOff();
    expect((await ask(GOOD, GOOD.length, 'v360/init.mp4')).status).toBe(400);
    expect((await ask(GOOD, GOOD.length, 'live.mpd')).status).toBe(400);
    expect((await ask(GOOD, GOOD.length, 'x.bmp')).status).toBe(415);
  });

  it('of more than it takes: 413, which names no further way', async () => {
    const { ask } = await handingOff();
    const { status, response } = await ask(GOOD, 1_000_001);
    expect([status, jsonOf(response)['bytesMax'], jsonOf(response)['upload']]).toEqual([
      413,
      1_000_000,
      undefined,
    ]);
  });

  it('that is complete before anything was uploaded', async () => {
    const { complete } = await handingOff();
    const { status, response } = await complete(GOOD);
    expect([status, jsonOf(response)['type']]).toEqual([409, '/problems/not-uploaded']);
  });

  it('where the store has measured another digest', async () => {
    const { clock, origin, upload, complete } = await handingOff();
    await upload(GOOD);
    const { uploads } = origin.local;
    const found = { size: GOOD.length, digest: '0'.repeat(64), storedAtMs: clock.nowMs() };
    origin.local.uploads = { ...uploads, bytesMax: uploads.bytesMax, find: () => Promise.resolve(found) };
    const { status, outcome } = await complete(GOOD);
    expect([status, outcome?.kind]).toEqual([400, 'digest-mismatch']);
  });
});

describe('what a PUT would be refused for is refused before anybody uploads', () => {
  const far = EDGE + 1000;

  it('a number far ahead', async () => {
    const { ask } = await handingOff();
    const bytes = asset.segment('v360', far);
    expect((await ask(bytes, bytes.length, `v360/${far}.m4s`)).outcome?.kind).toBe('too-early');
  });

  it('a number outside the event', async () => {
    const { ask } = await handingOff({ initialSegmentNumber: EDGE - 10 });
    const { status, response } = await ask(GOOD, GOOD.length, `v360/${EDGE - 20}.m4s`);
    expect([status, response.headers['Headwater-Ignored']]).toEqual([200, 'before-initial']);
  });

  it('other bytes than this pipeline’s valid copy', async () => {
    const { origin, ask } = await handingOff();
    await publish(origin);
    expect((await ask(cutFrames(GOOD, 5))).status).toBe(409);
  });

  it('the same bytes, which need no second upload', async () => {
    const { origin, ask } = await handingOff();
    await publish(origin);
    const { status, response } = await ask(GOOD);
    expect([status, jsonOf(response)['url']]).toEqual([200, undefined]);
  });

  it('but not what may take the place of a defective copy', async () => {
    const { origin, ask, upload, complete } = await handingOff();
    await publish(origin, { bytes: cutFrames(GOOD, 5) });
    expect(jsonOf((await ask(GOOD)).response)['url']).toBeDefined();
    await upload(GOOD);
    expect((await complete(GOOD)).status).toBe(201);
  });
});

it('a record never outlives bytes that had lain there for long', async () => {
  const { clock, upload, complete } = await handingOff({ timeShiftBufferDepthSeconds: 600 });
  await upload(GOOD);
  const storedAtMs = clock.nowMs();
  await clock.advance(300_000);
  const { outcome } = await complete(GOOD);
  expect(outcome?.kind === 'stored' && outcome.candidate.expiresAtMs).toBe(
    storedAtMs + 2 * 600_000 + 3_600_000,
  );
});
