import { SegmentMissing, type Body, type SegmentStore } from '../../origin/ports/segment-store';
import { nodeDigester } from '../../stores/node-digester';
import { NOW_MS, sampleBytes, sampleRef } from '../support/samples';

const LATER_MS = NOW_MS + 7_200_000;

/** What every {@link SegmentStore} does. `make` gives a store without these objects, before each test. */
export function describeSegmentStore(name: string, make: () => Promise<SegmentStore>): void {
  describe(`${name} as a segment store`, () => {
    let store: SegmentStore;
    beforeEach(async () => {
      store = await make();
    });

    it.each([1, 1000, 262_144, 700_001])('gives back all of %d bytes', async (size) => {
      const bytes = sampleBytes('whole', size);
      await store.write(sampleRef(bytes), bytes, LATER_MS);
      await expectBytes(store.read(sampleRef(bytes)), bytes);
    });

    it.each([
      [0, 1],
      [0, 700_001],
      [262_143, 262_145],
      [699_000, 700_001],
    ])('gives back bytes %d to %d, the end left out', async (start, end) => {
      const bytes = sampleBytes('range', 700_001);
      await store.write(sampleRef(bytes), bytes, LATER_MS);
      await expectBytes(store.read(sampleRef(bytes), { start, end }), bytes.subarray(start, end));
    });

    it('takes the same object again, even from several writers at once', async () => {
      const bytes = sampleBytes('again');
      await Promise.all([1, 2, 3].map(() => store.write(sampleRef(bytes), bytes, LATER_MS)));
      await store.write(sampleRef(bytes), bytes, LATER_MS);
      await expectBytes(store.read(sampleRef(bytes)), bytes);
    });

    it('keeps two pipelines with the same bytes, and two digests of one pipeline, apart', async () => {
      const [one, other] = [sampleBytes('one'), sampleBytes('other')];
      await store.write(sampleRef(one), one, LATER_MS);
      await store.write(sampleRef(other), other, LATER_MS);
      await expectBytes(store.read(sampleRef(one)), one);
      await expectBytes(store.read(sampleRef(other)), other);
      await expect(store.read(sampleRef(one, { pipeline: 'b' }))).rejects.toThrow(SegmentMissing);
    });

    it.each([
      ['tenant', { tenant: 'acme2' }],
      ['event', { event: 'semifinal' }],
      ['representation', { representation: 'v480' }],
      ['number', { number: 895_000_001 }],
      ['pipeline', { pipeline: 'b' }],
      ['digest', { digest: '0'.repeat(64) }],
    ])('says that it has no object of another %s', async (_, other) => {
      const bytes = sampleBytes('there');
      await store.write(sampleRef(bytes), bytes, LATER_MS);
      await expect(store.read(sampleRef(bytes, other))).rejects.toThrow(SegmentMissing);
    });

    it('lets a reader leave in the middle', async () => {
      const bytes = sampleBytes('left', 700_001);
      await store.write(sampleRef(bytes), bytes, LATER_MS);
      const body = await store.read(sampleRef(bytes));
      if (!(body instanceof Uint8Array)) for await (const chunk of body) if (chunk.byteLength > 0) break;
      await expectBytes(store.read(sampleRef(bytes)), bytes);
    });
  });
}

/** Length and digest: the matcher for arrays takes a second for 700 kB. */
async function expectBytes(body: Promise<Body>, wanted: Uint8Array): Promise<void> {
  const got = await collect(await body);
  expect([got.byteLength, nodeDigester.sha256Hex(got)]).toEqual([
    wanted.byteLength,
    nodeDigester.sha256Hex(wanted),
  ]);
}

export async function collect(body: Body): Promise<Buffer> {
  if (body instanceof Uint8Array) return Buffer.from(body);
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}
