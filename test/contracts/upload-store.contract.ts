import type { SegmentStore } from '../../origin/ports/segment-store';
import type { UploadPlace, UploadStore } from '../../origin/ports/upload-store';
import { NOW_MS, sampleBytes, sampleRef } from '../support/samples';
import { collect } from './segment-store.contract';

const LATER_MS = NOW_MS + 7_200_000;

export interface UploadsUnderTest {
  readonly uploads: UploadStore;
  readonly segments: SegmentStore;
  /** The publisher's PUT: the status of the answer. */
  put(place: UploadPlace, bytes: Uint8Array): Promise<number>;
}

/** What every {@link UploadStore} does. */
export function describeUploadStore(name: string, make: () => Promise<UploadsUnderTest>): void {
  describe(`${name} as a store of uploads`, () => {
    let under: UploadsUnderTest;
    beforeEach(async () => {
      under = await make();
    });

    it('has a place for the bytes, and they are read as any segment’s', async () => {
      const bytes = sampleBytes('upload', 300_000);
      const place = await under.uploads.offer(sampleRef(bytes), LATER_MS);
      expect(await under.put(place, bytes)).toBe(200);
      const read = await collect(await under.segments.read(sampleRef(bytes)));
      expect(read.equals(Buffer.from(bytes))).toBe(true);
    });

    it('tells size and digest of what is there, and nothing before', async () => {
      const bytes = sampleBytes('upload', 5000);
      const place = await under.uploads.offer(sampleRef(bytes), LATER_MS);
      expect(await under.uploads.find(sampleRef(bytes))).toBeUndefined();
      await under.put(place, bytes);
      const { digest, size } = sampleRef(bytes);
      expect(await under.uploads.find(sampleRef(bytes))).toMatchObject({ digest, size });
      expect(await under.uploads.find(sampleRef(bytes, { pipeline: 'b' }))).toBeUndefined();
    });

    it.each([
      ['other bytes of that length', (bytes: Uint8Array) => bytes.map((byte) => byte ^ 1)],
      ['fewer', (bytes: Uint8Array) => bytes.slice(1)],
    ])('refuses %s', async (_, change) => {
      const bytes = sampleBytes('upload', 5000);
      const place = await under.uploads.offer(sampleRef(bytes), LATER_MS);
      expect(await under.put(place, change(bytes))).toBeGreaterThanOrEqual(400);
      expect(await under.uploads.find(sampleRef(bytes))).toBeUndefined();
    });

    it('says 412 to the same bytes again', async () => {
      const bytes = sampleBytes('upload', 5000);
      const place = await under.uploads.offer(sampleRef(bytes), LATER_MS);
      await under.put(place, bytes);
      expect(await under.put(place, bytes)).toBe(412);
    });
  });
}
