import { NoSuchKey, type PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { cancelSource } from '../../../origin/ports/cancel';
import { SegmentMissing, type SegmentStore } from '../../../origin/ports/segment-store';
import { hotSegments } from '../../../stores/aws/hot-segments';
import { s3Segments } from '../../../stores/aws/segments';
import { nodeDigester } from '../../../stores/node-digester';
import { collect, describeSegmentStore } from '../../contracts/segment-store.contract';
import { FakeClock } from '../../support/fake-clock';
import { memorySegments } from '../../support/memory-stores';
import { NOW_MS, sampleBytes, sampleRef } from '../../support/samples';

const BYTES = sampleBytes('segment');
const REF = sampleRef(BYTES);
const LATER_MS = NOW_MS + 7_200_000;
const memory = () => memorySegments(new FakeClock(NOW_MS), nodeDigester);
const failing = (error = new Error('zone lost')): SegmentStore => ({
  write: () => Promise.reject(error),
  read: () => Promise.reject(error),
});

/** Counts reads, so that a test knows which tier was asked. */
function counted(store: SegmentStore) {
  const counts = { reads: 0 };
  const read: SegmentStore['read'] = async (...parts) => {
    counts.reads++;
    return store.read(...parts);
  };
  return { store: { ...store, read }, counts };
}

describeSegmentStore('a hot tier before a durable one', async () => hotSegments(memory(), memory()));
describeSegmentStore('a hot tier that is lost', async () => hotSegments(failing(), memory()));

describe('a hot tier', () => {
  it('is asked first, and alone where it has the object', async () => {
    const durable = counted(memory());
    const store = hotSegments(memory(), durable.store);
    await store.write(REF, BYTES, LATER_MS);
    expect((await collect(await store.read(REF))).equals(Buffer.from(BYTES))).toBe(true);
    expect(durable.counts.reads).toBe(0);
  });

  it.each([
    ['has lost the object', new SegmentMissing('x')],
    ['fails', new Error('503')],
  ])('that %s is no failure: the durable one answers', async (_, error) => {
    const durable = memory();
    await durable.write(REF, BYTES, LATER_MS);
    const got = await collect(await hotSegments(failing(error), durable).read(REF));
    expect(got.equals(Buffer.from(BYTES))).toBe(true);
  });

  it('acknowledges nothing that the durable one has not', async () => {
    await expect(hotSegments(memory(), failing()).write(REF, BYTES, LATER_MS)).rejects.toThrow('zone lost');
  });

  it('has the durable one read for nobody, once nobody waits', async () => {
    const durable = counted(memory());
    const cancel = cancelSource();
    cancel.cancel();
    await expect(hotSegments(failing(), durable.store).read(REF, undefined, cancel)).rejects.toThrow();
    expect(durable.counts.reads).toBe(0);
  });
});

it('objects of a directory bucket have no tags, which it does not know, and the same key and checksum', async () => {
  const sent: unknown[] = [];
  const client = Object.assign(new S3Client({}), {
    send: (command: PutObjectCommand) => Promise.resolve(void sent.push(command.input)),
  });
  const store = s3Segments(client, 'sports-1-hot--euw1-az1--x-s3', new FakeClock(NOW_MS), 'together');
  await store.write(REF, BYTES, LATER_MS);
  expect(sent).toEqual([expect.not.objectContaining({ Tagging: expect.anything() as unknown })]);
  expect(sent).toEqual([
    expect.objectContaining({
      Key: `segments/acme/final/v720/${REF.number}/a/${REF.digest}`,
      ChecksumSHA256: Buffer.from(REF.digest, 'hex').toString('base64'),
    }),
  ]);
});

it('a missing object of S3 is missing in both tiers', async () => {
  const missing = new NoSuchKey({ message: '', $metadata: {} });
  const client = Object.assign(new S3Client({}), { send: () => Promise.reject(missing) });
  const tier = (name: string) => s3Segments(client, name, new FakeClock(NOW_MS));
  await expect(hotSegments(tier('hot'), tier('durable')).read(REF)).rejects.toThrow(SegmentMissing);
});
