/** Who may call the control plane. The token itself is stored nowhere. */
export interface OperatorToken {
  /** Names the token in lists, in the record of changes and in revocations; tells nothing of the token. */
  readonly id: string;
  /** Who holds it, for people. */
  readonly name: string;
  /** SHA-256 of the token, lower-case hexadecimal. */
  readonly tokenDigest: string;
  readonly tenants: '*' | readonly string[];
  readonly access: OperatorAccess;
  readonly createdAtMs: number;
  /** From then on it is refused; undefined: for good. UTC milliseconds. */
  readonly expiresAtMs?: number;
}

export type OperatorAccess = 'read' | 'write';

/** Tokens of operators: one store for all regions, beside the events. */
export interface OperatorTokenStore {
  /** One read by key: the digest is the key, so no token is ever compared byte by byte. */
  findByDigest(tokenDigest: string): Promise<OperatorToken | undefined>;
  /** Durable when it resolves. Ids and digests are random: no two tokens meet. */
  add(token: OperatorToken): Promise<void>;
  /** All that were not removed, expired ones too unless the store has dropped them; by id, `limit` at most. */
  list(limit: number): Promise<readonly OperatorToken[]>;
  /** @returns false when there is none of this id. */
  remove(id: string): Promise<boolean>;
}
