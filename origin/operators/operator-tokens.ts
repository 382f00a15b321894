import * as v from 'valibot';
import { faultsOf, name, type Fault } from '../events/configuration';
import { NAME_PATTERN } from '../events/name-pattern';
import type { Origin } from '../origin';
import type { OperatorToken } from '../ports/operator-token-store';

/** Bits of randomness in a token: far beyond guessing, so that one SHA-256 protects it. */
const TOKEN_BITS = 192;
/** A token's id is its name and 8 characters more, and a name of ours has 64 at most. */
const LABEL_LENGTH_MAX = 48;
const TENANTS_MAX = 64;
/** Tokens that are kept at a time. */
export const TOKENS_MAX = 1000;

const tokenSchema = v.strictObject({
  name: v.pipe(
    v.string(),
    v.regex(NAME_PATTERN, 'wanted letters, digits, _ and -, the first a letter or digit'),
    v.maxLength(LABEL_LENGTH_MAX, `wanted at most ${LABEL_LENGTH_MAX} characters`),
  ),
  tenants: v.union(
    [v.literal('*'), v.pipe(v.array(name), v.minLength(1), v.maxLength(TENANTS_MAX))],
    `wanted "*" or 1-${TENANTS_MAX} names of tenants`,
  ),
  access: v.picklist(['read', 'write']),
  expiresAt: v.exactOptional(v.pipe(v.string(), v.isoTimestamp('wanted an ISO 8601 instant'))),
});

export type TokenRequest = Pick<OperatorToken, 'name' | 'tenants' | 'access' | 'expiresAtMs'>;

/** `POST /control/v1/tokens`. */
export function parseTokenRequest(
  input: unknown,
  nowMs: number,
): TokenRequest | { readonly faults: readonly Fault[] } {
  const result = v.safeParse(tokenSchema, input);
  if (!result.success) return { faults: faultsOf(result.issues) };
  const { expiresAt, ...request } = result.output;
  if (expiresAt === undefined) return request;
  const expiresAtMs = Date.parse(expiresAt);
  if (!(expiresAtMs > nowMs))
    return { faults: [{ parameter: 'expiresAt', wanted: 'an instant in the future', got: expiresAt }] };
  return { ...request, expiresAtMs };
}

export interface NewOperatorToken {
  readonly token: OperatorToken;
  /** What its holder sends. Shown this once; only its digest is stored. */
  readonly bearer: string;
}

/**
 * Makes a token for operators of some tenants.
 * @returns undefined when there are as many as there may be.
 * @throws what the store throws; a repeated call then makes yet another token.
 */
export async function makeOperatorToken(
  { operatorTokens, digester, clock }: Pick<Origin, 'operatorTokens' | 'digester' | 'clock'>,
  request: TokenRequest,
): Promise<NewOperatorToken | undefined> {
  if ((await operatorTokens.list(TOKENS_MAX)).length >= TOKENS_MAX) return undefined;
  const bearer = digester.randomToken(TOKEN_BITS);
  const token: OperatorToken = {
    ...request,
    id: `${request.name}-${digester.randomToken(48)}`,
    tokenDigest: digester.sha256Hex(bearer),
    createdAtMs: clock.nowMs(),
  };
  await operatorTokens.add(token);
  return { token, bearer };
}
