import { X509Certificate } from 'node:crypto';
import { authenticateCertificate } from '../../http/authenticate';
import { parseMediaPath } from '../../http/media-path';
import type { HttpRequest } from '../../http/message';
import type { Publisher } from '../../origin/ingest/publisher';
import type { Origin } from '../../origin/origin';
import { authorizerContextOf, clientCertificateOf, type HttpEvent } from '../http-event';

/** Who publishes; undefined for nobody that may. */
export type PublisherOf = (
  event: HttpEvent,
  request: HttpRequest,
) => Promise<Publisher | undefined> | Publisher | undefined;

/** The authorizer's context: present on every request that it let through. */
export const byAuthorizer: PublisherOf = (event) => {
  const { tenant, event: name, pipeline, credential } = authorizerContextOf(event);
  if (tenant === undefined || name === undefined || pipeline === undefined || credential === undefined)
    return undefined;
  return { tenant, event: name, pipeline, credential };
};

/**
 * The client certificate of a mutual TLS handshake, registered for the event that is published to. API Gateway has
 * checked its signature, its dates and its issuer; it checks no revocation, which is why each is registered.
 */
export function byCertificate(origin: Origin): PublisherOf {
  return async (event, { path }) => {
    const fingerprint = fingerprintOf(clientCertificateOf(event));
    const place = parseMediaPath(path);
    if (fingerprint === undefined || place === undefined) return undefined;
    return authenticateCertificate(origin, place.key, fingerprint);
  };
}

/** SHA-256 of the DER bytes, lower-case hexadecimal; undefined for what is no certificate. */
function fingerprintOf(pem: string): string | undefined {
  try {
    return new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase();
  } catch {
    return undefined;
  }
}
