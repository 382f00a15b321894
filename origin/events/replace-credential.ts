import type { EventKey } from '../candidate';
import type { Origin } from '../origin';
import type { Digester } from '../ports/digester';
import type { Credential } from '../ports/event-store';
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
 * Makes a pipeline's new secret. The previous credentials work until `previousValidUntilMs`, so that a packager can be
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
  const secretDigest = origin.digester.sha256Hex(secret);
  const id = await enrol(origin, { ...key, pipeline, secretDigest }, { previousValidUntilMs, by, reason });
  return { pipeline, id, secret };
}

/** How a credential takes the place of those before it. */
export interface CredentialChange {
  readonly previousValidUntilMs: number;
  readonly by: string;
  readonly reason: string;
}

/**
 * Lets a client certificate publish as a pipeline, beside or in place of secrets. The caller has checked that the event
 * and the pipeline exist.
 * @param fingerprint SHA-256 of the certificate (DER), lower-case hexadecimal.
 * @returns the pipeline that it speaks for already, where that is another one.
 * @throws what the stores throw.
 */
export async function registerCertificate(
  origin: Origin,
  key: EventKey,
  pipeline: string,
  fingerprint: string,
  change: CredentialChange,
): Promise<{ readonly id: string } | { readonly takenBy: string }> {
  const secretDigest = certificateDigest(origin.digester, key, fingerprint);
  const known = await origin.credentials.findByDigest(secretDigest);
  if (known !== undefined && (known.validUntilMs ?? Infinity) > origin.clock.nowMs())
    return known.pipeline === pipeline ? { id: known.id } : { takenBy: known.pipeline };
  return { id: await enrol(origin, { ...key, pipeline, secretDigest, isCertificate: true }, change) };
}

/**
 * The key of a certificate in an event. A fingerprint is no secret: with the event in the digest nobody can register
 * another tenant's certificate and so take its place.
 */
export function certificateDigest(
  digester: Digester,
  { tenant, event }: EventKey,
  fingerprint: string,
): string {
  return digester.sha256Hex(`certificate#${tenant}#${event}#${fingerprint}`);
}

async function enrol(
  origin: Origin,
  credential: Omit<Credential, 'id'>,
  { previousValidUntilMs, by, reason }: CredentialChange,
): Promise<string> {
  const { pipeline, secretDigest } = credential;
  const key = { tenant: credential.tenant, event: credential.event };
  const id = `${pipeline}-${origin.digester.randomToken(48)}`;
  const previous = (await origin.credentials.ofEvent(key)).filter(
    (other) =>
      other.pipeline === pipeline &&
      // The same certificate again, after its end: its item is replaced below.
      other.secretDigest !== secretDigest &&
      (other.validUntilMs ?? Infinity) > previousValidUntilMs,
  );
  const atMs = origin.clock.nowMs();
  // First: what is not recorded is not done.
  await origin.eventStore.record(key, {
    ...{ id: changeIdAt(atMs, `credential#${id}`), atMs, by, action: 'credential' },
    ...(reason !== '' && { reason }),
    detail: { pipeline, credential: id, previousValidUntilMs },
  });
  await origin.credentials.put({ ...credential, id });
  for (const other of previous) await end(origin, other, previousValidUntilMs, by);
  return id;
}

/**
 * Ends all credentials of an event that was deleted: one of the same name that is made later begins without any.
 * @throws what the stores throw; a repeated call goes on.
 */
export async function endCredentials(origin: Origin, key: EventKey, by: string): Promise<void> {
  const nowMs = origin.clock.nowMs();
  for (const credential of await origin.credentials.ofEvent(key))
    if ((credential.validUntilMs ?? Infinity) > nowMs) await end(origin, credential, nowMs, by);
}

async function end(origin: Origin, credential: Credential, validUntilMs: number, by: string): Promise<void> {
  await origin.credentials.put({ ...credential, validUntilMs });
  // Authorizers cache who a credential is; origins learn from the event when it ends.
  const entry: RevocationEntry = {
    kind: 'revocation',
    // A later change may end it sooner: each end is an entry, and the earliest holds.
    id: `revocation#${credential.id}#${validUntilMs}`,
    credential: credential.id,
    validUntilMs,
    atMs: origin.clock.nowMs(),
    by,
  };
  await origin.eventStore.append(credential, entry, 0);
}
