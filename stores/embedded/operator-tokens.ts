import type { OperatorToken, OperatorTokenStore } from '../../origin/ports/operator-token-store';
import type { Environment, Table } from './environment';

/** Operators' tokens in LMDB: by digest for callers, by id for the administrator. */
export class EmbeddedOperatorTokens implements OperatorTokenStore {
  readonly #environment: Environment;
  readonly #byDigest: Table;
  readonly #byId: Table;

  constructor(environment: Environment) {
    this.#environment = environment;
    this.#byDigest = environment.table('operator-tokens');
    this.#byId = environment.table('operator-tokens-by-id');
  }

  async findByDigest(tokenDigest: string): Promise<OperatorToken | undefined> {
    return tokenOf(this.#byDigest.get(tokenDigest));
  }

  async add(token: OperatorToken): Promise<void> {
    const value = JSON.stringify(token);
    await this.#environment.write(() => {
      void this.#byDigest.put(token.tokenDigest, value);
      void this.#byId.put(token.id, value);
    });
  }

  async list(limit: number): Promise<readonly OperatorToken[]> {
    return Array.from(this.#byId.getRange({ limit }), ({ value }) => JSON.parse(value) as OperatorToken);
  }

  remove(id: string): Promise<boolean> {
    return this.#environment.write(() => {
      const token = tokenOf(this.#byId.get(id));
      if (token === undefined) return false;
      void this.#byId.remove(id);
      void this.#byDigest.remove(token.tokenDigest);
      return true;
    });
  }
}

function tokenOf(value: string | undefined): OperatorToken | undefined {
  return value === undefined ? undefined : (JSON.parse(value) as OperatorToken);
}
