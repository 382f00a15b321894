import type { Document, DocumentStore } from '../../origin/ports/segment-store';
import type { FakeClock } from '../support/fake-clock';
import { NOW_MS, sampleBytes } from '../support/samples';

export interface DocumentStoreUnderTest {
  readonly store: DocumentStore;
  /** What the store was given; at {@link NOW_MS}. */
  readonly clock: FakeClock;
}

const EVENT = { tenant: 'acme', event: 'final' };
const PATH = 'packager/a/manifest.mpd';

function sampleDocument(seed: string, parts: Partial<Document> = {}): Document {
  return {
    bytes: Buffer.from(sampleBytes(seed, 3000)),
    contentType: 'application/dash+xml',
    publishedAtMs: NOW_MS,
    expiresAtMs: NOW_MS + 60_000,
    ...parts,
  };
}

/** What every {@link DocumentStore} does. */
export function describeDocumentStore(name: string, make: () => Promise<DocumentStoreUnderTest>): void {
  describe(`${name} as a document store`, () => {
    let store: DocumentStore;
    let clock: FakeClock;
    beforeEach(async () => {
      ({ store, clock } = await make());
    });
    const read = async (path: string, event = EVENT) => {
      const found = await store.read(event, path);
      return found && { ...found, bytes: Buffer.from(found.bytes) };
    };

    it('has nothing at a path that nobody wrote', async () => {
      expect(await read(PATH)).toBeUndefined();
    });

    it.each([
      ['text', sampleDocument('text')],
      [
        'bytes that hold line ends and zeros',
        sampleDocument('', { bytes: Buffer.from([10, 0, 13, 10, 123, 0]) }),
      ],
      [
        'nothing at all',
        sampleDocument('', { bytes: Buffer.alloc(0), contentType: 'text/plain; charset="utf-8"' }),
      ],
    ])('gives back a document of %s as it was written', async (_, document) => {
      await store.write(EVENT, PATH, document);
      expect(await read(PATH)).toEqual(document);
    });

    it('keeps the last of several writes', async () => {
      await store.write(EVENT, PATH, sampleDocument('first'));
      await store.write(EVENT, PATH, sampleDocument('second', { contentType: 'text/xml' }));
      expect(await read(PATH)).toEqual(sampleDocument('second', { contentType: 'text/xml' }));
    });

    it('never shows half of one document and half of another', async () => {
      const rivals = ['p', 'q', 'r', 's'].map((seed) =>
        sampleDocument(seed, { contentType: `text/${seed}` }),
      );
      const writes = Promise.all(rivals.map((rival) => store.write(EVENT, PATH, rival)));
      const seen = await Promise.all(rivals.map(() => read(PATH)));
      await writes;
      const last = await read(PATH);
      expect(last).toBeDefined();
      const whole = [undefined, ...rivals];
      for (const found of [...seen, last]) expect(whole).toContainEqual(found);
    });

    it.each([
      ['path', PATH.toUpperCase(), EVENT],
      ['event', PATH, { ...EVENT, event: 'final-2' }],
      ['tenant', PATH, { ...EVENT, tenant: 'other' }],
    ])('keeps documents of another %s apart', async (_, path, event) => {
      await store.write(EVENT, PATH, sampleDocument('mine'));
      expect(await read(path, event)).toBeUndefined();
      await store.write(event, path, sampleDocument('theirs'));
      expect(await read(PATH)).toEqual(sampleDocument('mine'));
    });

    it('forgets a document when it expires, not before', async () => {
      await store.write(EVENT, PATH, sampleDocument('short-lived'));
      await clock.advanceTo(NOW_MS + 59_999);
      expect(await read(PATH)).toBeDefined();
      await clock.advanceTo(NOW_MS + 60_000);
      expect(await read(PATH)).toBeUndefined();
    });
  });
}
