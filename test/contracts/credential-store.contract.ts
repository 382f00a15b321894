import type { Credential, CredentialStore } from '../../origin/ports/event-store';
import { nodeDigester } from '../../stores/node-digester';
import { NOW_MS } from '../support/samples';

function sampleCredential(id: string, parts: Partial<Credential> = {}): Credential {
  return {
    tenant: 'acme',
    event: 'final',
    pipeline: 'a',
    id,
    secretDigest: nodeDigester.sha256Hex(`secret of ${id}`),
    ...parts,
  };
}

/** What every {@link CredentialStore} does. */
export function describeCredentialStore(name: string, make: () => Promise<CredentialStore>): void {
  describe(`${name} as a credential store`, () => {
    let store: CredentialStore;
    beforeEach(async () => {
      store = await make();
    });

    it('finds a credential by the digest of its secret only', async () => {
      const credential = sampleCredential('one');
      await store.put(credential);
      expect(await store.findByDigest(credential.secretDigest)).toEqual(credential);
      expect(await store.findByDigest(nodeDigester.sha256Hex('guess'))).toBeUndefined();
      expect(await store.findByDigest('')).toBeUndefined();
    });

    it('replaces a credential: the end of a rotation', async () => {
      await store.put(sampleCredential('one'));
      const ending = sampleCredential('one', { validUntilMs: NOW_MS });
      await store.put(ending);
      expect(await store.findByDigest(ending.secretDigest)).toEqual(ending);
      expect(await store.ofEvent(ending)).toEqual([ending]);
    });

    it("lists an event's credentials by pipeline, then id", async () => {
      const all = [
        sampleCredential('9', { pipeline: 'b' }),
        sampleCredential('8'),
        sampleCredential('7', { pipeline: 'b' }),
        sampleCredential('6', { pipeline: 'a-2' }),
      ];
      for (const credential of all) await store.put(credential);
      await store.put(sampleCredential('1', { event: 'final-2' }));
      await store.put(sampleCredential('2', { tenant: 'other' }));
      const found = await store.ofEvent({ tenant: 'acme', event: 'final' });
      expect(found).toEqual([all[1], all[3], all[2], all[0]]);
    });
  });
}
