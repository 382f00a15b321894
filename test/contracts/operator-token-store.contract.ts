import type { OperatorToken, OperatorTokenStore } from '../../origin/ports/operator-token-store';
import { nodeDigester } from '../../stores/node-digester';
import { NOW_MS } from '../support/samples';

function sampleToken(id: string, parts: Partial<OperatorToken> = {}): OperatorToken {
  return {
    id,
    name: 'desk',
    tokenDigest: nodeDigester.sha256Hex(`token of ${id}`),
    tenants: ['acme', 'other'],
    access: 'write',
    createdAtMs: NOW_MS,
    ...parts,
  };
}

/** What every {@link OperatorTokenStore} does. */
export function describeOperatorTokenStore(name: string, make: () => Promise<OperatorTokenStore>): void {
  describe(`${name} as a store of operators' tokens`, () => {
    let store: OperatorTokenStore;
    beforeEach(async () => {
      store = await make();
    });

    it('finds a token by its digest only', async () => {
      const token = sampleToken('desk-1', { expiresAtMs: NOW_MS + 5 });
      await store.add(token);
      expect(await store.findByDigest(token.tokenDigest)).toEqual(token);
      expect(await store.findByDigest(nodeDigester.sha256Hex('guess'))).toBeUndefined();
      expect(await store.findByDigest(token.id)).toBeUndefined();
    });

    it('lists tokens by id, up to a limit', async () => {
      const tokens = ['c', 'a', 'b'].map((id) => sampleToken(id, { tenants: '*', access: 'read' }));
      for (const token of tokens) await store.add(token);
      expect(await store.list(10)).toEqual([tokens[1], tokens[2], tokens[0]]);
      expect(await store.list(2)).toEqual([tokens[1], tokens[2]]);
    });

    it('forgets a removed token at once, and no other', async () => {
      const [gone, kept] = [sampleToken('gone'), sampleToken('kept')];
      await store.add(gone);
      await store.add(kept);
      expect(await store.remove('gone')).toBe(true);
      expect(await store.findByDigest(gone.tokenDigest)).toBeUndefined();
      expect(await store.list(10)).toEqual([kept]);
      expect(await store.remove('gone')).toBe(false);
      expect(await store.findByDigest(kept.tokenDigest)).toEqual(kept);
    });
  });
}
