/**
 * SHA-256 digests, comma-separated, of the credentials that the CDN may show: the current one and, during a
 * rotation, the previous one.
 */
export const EDGE_CREDENTIAL_DIGESTS = 'HEADWATER_EDGE_CREDENTIAL_DIGESTS';

/**
 * Which credential that is, as a number. Nobody reads it: where the digests come from another account's stack, it is what
 * changes in the template with them.
 */
export const EDGE_CREDENTIAL_GENERATION = 'HEADWATER_EDGE_CREDENTIAL_GENERATION';

/** The header in which the CDN shows it; nobody else may fetch from the serve API, or a storm would pass the cache. */
export const EDGE_CREDENTIAL_HEADER = 'headwater-edge-credential';

/** Handlers of the bundle: the streamed one where API Gateway streams, the buffered one under emulation. */
export const HANDLERS = { streamed: 'streamed', buffered: 'buffered' } as const;
