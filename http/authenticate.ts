import type { EventKey } from '../origin/candidate';
import { bytesOfBase64 } from '../origin/encoding';
import { certificateDigest } from '../origin/events/replace-credential';
import type { Publisher } from '../origin/ingest/publisher';
import type { Origin } from '../origin/origin';
import type { Credential } from '../origin/ports/event-store';

/** Characters of an Authorization header that are looked at; ours have some 60. */
const AUTHORIZATION_LENGTH_MAX = 1024;

/** Why a credential lets nobody in, and whose it is where that is known: for whoever looks into it, never for the client. */
export interface Refusal {
  readonly refused: 'not-understood' | 'unknown' | 'of-another-pipeline' | 'expired';
  readonly of?: Publisher;
}

/**
 * Who an Authorization header speaks for: Basic (user = pipeline, password = secret; RFC 7617) or Bearer (the secret;
 * RFC 6750). Secrets are random, of 128 bits or more, so one SHA-256 is all that is stored; the digest is a key, found
 * or not found, and nothing is compared byte by byte. One read of the credential store.
 */
export async function identify(
  origin: Pick<Origin, 'clock' | 'credentials' | 'digester'>,
  authorization: string,
): Promise<Publisher | Refusal> {
  const claim = parseAuthorization(authorization);
  if (claim === undefined) return { refused: 'not-understood' };
  const found = await origin.credentials.findByDigest(origin.digester.sha256Hex(claim.secret));
  // What a certificate's key is made of is no secret, so nobody gets in by naming it.
  if (found === undefined || found.isCertificate === true) return { refused: 'unknown' };
  const of = publisherOf(found);
  if (claim.user !== undefined && claim.user !== found.pipeline)
    return { refused: 'of-another-pipeline', of };
  return isOver(found, origin.clock.nowMs()) ? { refused: 'expired', of } : of;
}

/** The same where only that counts. @returns undefined for a missing, wrong or expired credential. */
export async function authenticate(
  origin: Pick<Origin, 'clock' | 'credentials' | 'digester'>,
  authorization: string | undefined,
): Promise<Publisher | undefined> {
  const who = authorization === undefined ? undefined : await identify(origin, authorization);
  return who === undefined || 'refused' in who ? undefined : who;
}

/**
 * Who a client certificate speaks for in an event; the caller has it from the handshake of the connection.
 * @param fingerprint SHA-256 of the certificate (DER), lower-case hexadecimal.
 * @returns undefined for one that is not registered there, or whose time is over; one read of the credential store.
 */
export async function authenticateCertificate(
  { clock, credentials, digester }: Pick<Origin, 'clock' | 'credentials' | 'digester'>,
  key: EventKey,
  fingerprint: string,
): Promise<Publisher | undefined> {
  const found = await credentials.findByDigest(certificateDigest(digester, key, fingerprint));
  return found?.isCertificate === true && !isOver(found, clock.nowMs()) ? publisherOf(found) : undefined;
}

function publisherOf({ tenant, event, pipeline, id }: Credential): Publisher {
  return { tenant, event, pipeline, credential: id };
}

function isOver({ validUntilMs = Infinity }: Credential, nowMs: number): boolean {
  return validUntilMs <= nowMs;
}

/** @returns undefined where the header is of no scheme of ours, or malformed. */
export function parseAuthorization(
  header: string,
): { readonly user: string | undefined; readonly secret: string } | undefined {
  if (header.length > AUTHORIZATION_LENGTH_MAX) return undefined;
  const [, scheme = '', value = ''] = /^(Basic|Bearer) +([A-Za-z0-9+/=._~-]+)$/i.exec(header) ?? [];
  if (scheme.toLowerCase() === 'bearer') return { user: undefined, secret: value };
  const bytes = scheme === '' ? undefined : bytesOfBase64(value);
  if (bytes === undefined) return undefined;
  const text = String.fromCharCode(...bytes);
  const colon = text.indexOf(':');
  return colon === -1 ? undefined : { user: text.slice(0, colon), secret: text.slice(colon + 1) };
}

/**
 * Whether a digest is one of `digests`: compares all characters of all of them, so that the time it takes tells nothing
 * of where they differ. Lower-case hexadecimal of one length.
 */
export function isAmong(digests: readonly string[], digest: string): boolean {
  let found = false;
  for (const known of digests) {
    let difference = known.length ^ digest.length;
    for (let at = 0; at < known.length; at += 1) difference |= known.charCodeAt(at) ^ digest.charCodeAt(at);
    found = difference === 0 || found;
  }
  return found;
}
