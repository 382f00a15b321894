import type { EventKey } from '../candidate';
import type { Origin } from '../origin';
import { changeIdAt } from './change-record';
import type { RevocationEntry } from './event-record';

/** Bits of randomness in a secret: far beyond guessing, so that one SHA-256 protects it. */
const SECRET_BITS = 192;

export interface NewCredential {
  readonly pipeline: string;
  readonly id: string;
  /** Shown this once; only its digest is stored. */
  readonly secret: string;
}

/**
 * Makes a pipeline's new secret. The previous ones work until `previousValidUntilMs`, so that a packager can be
 * changed over without a gap. The caller has checked that the event and the pipeline exist.
 * @throws what the stores throw; a repeated call then makes yet another secret.
 */
export async function replaceCredential(
  origin: Origin,
  key: EventKey,
  pipeline: string,
  previousValidUntilMs: number,
  by: string,
  reason = '',
): Promise<NewCredential> {
  const secret = origin.digester.randomToken(SECRET_BITS);
  const id = `${pipeline}-${origin.digester.randomToken(48)}`;
  const previous = (await origin.credentials.ofEvent(key)).filter(
    (credential) =>
      credential.pipeline === pipeline && (credential.validUntilMs ?? Infinity) > previousValidUntilMs,
  );
  const atMs = origin.clock.nowMs();
  // First: what is not recorded is not done.
  await origin.eventStore.record(key, {
    ...{ id: changeIdAt(atMs, `credential#${id}`), atMs, by, action: 'credential' },
    ...(reason !== '' && { reason }),
    detail: { pipeline, credential: id, previousValidUntilMs },
  });
  await origin.credentials.put({ ...key, pipeline, id, secretDigest: origin.digester.sha256Hex(secret) });
  for (const credential of previous) {
    await origin.credentials.put({ ...credential, validUntilMs: previousValidUntilMs });
    // Authorizers cache who a credential is; origins learn from the event when it ends.
    const entry: RevocationEntry = {
      kind: 'revocation',
      // A later change may end it sooner: each end is an entry, and the earliest holds.
      id: `revocation#${credential.id}#${previousValidUntilMs}`,
      credential: credential.id,
      validUntilMs: previousValidUntilMs,
      atMs,
      by,
    };
    await origin.eventStore.append(key, entry, 0);
  }
  return { pipeline, id, secret };
}
