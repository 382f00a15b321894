import type { Origin } from '../origin/origin';
import { isAmong, parseAuthorization } from './authenticate';
import type { Operator } from './control-call';

/** Who shows a deployment's own token, or is let in by IAM: may do everything, and makes the tokens of others. */
export const ADMINISTRATOR: Operator = { name: 'operator', tenants: '*', write: true, administers: true };

/**
 * Who an Authorization header of the control plane speaks for: Bearer (RFC 6750) with the administrator's token or one
 * that an administrator made.
 * @param administratorDigests SHA-256 of the administrator's tokens, lower-case hexadecimal.
 * @returns undefined for a missing, wrong, expired or revoked token; at most one read of the token store.
 * @throws what the token store throws.
 */
export async function authenticateOperator(
  { operatorTokens, digester, clock }: Pick<Origin, 'operatorTokens' | 'digester' | 'clock'>,
  administratorDigests: readonly string[],
  authorization: string | undefined,
): Promise<Operator | undefined> {
  const claim = authorization === undefined ? undefined : parseAuthorization(authorization);
  if (claim === undefined || claim.user !== undefined) return undefined;
  const digest = digester.sha256Hex(claim.secret);
  if (isAmong(administratorDigests, digest)) return ADMINISTRATOR;
  const token = await operatorTokens.findByDigest(digest);
  if (token === undefined || (token.expiresAtMs ?? Infinity) <= clock.nowMs()) return undefined;
  return { name: token.id, tenants: token.tenants, write: token.access === 'write' };
}
