import type { Invalidator } from '../../origin/ports/invalidator';

/**
 * Nothing is left to do for a caller: what it invalidates is an entry of the event by now, and the event table's stream
 * carries it to `lambdas/edge-sync`, which has the CDN forget (docs/decisions/0008). The table is the queue: durable,
 * retried, and no other function needs a right to the CDN.
 */
export const streamedInvalidations: Invalidator = { invalidate: () => Promise.resolve() };
