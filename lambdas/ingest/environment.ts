/**
 * Handlers of the bundle, by what proves who publishes: the authorizer's word, or the client certificate of an API that
 * takes no connection without one. Each belongs to a function of its own: what a function believes is decided by which
 * API may invoke it, and by nothing in a request.
 */
export const HANDLERS = { byCredential: 'handler', byCertificate: 'certified' } as const;
