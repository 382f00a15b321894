/**
 * The heart of Headwater. How a segment lives:
 *
 * 1. An operator PUTs a Live Event Configuration (`events/configuration`); compiled (`events/live-event`), it says
 *    which names exist (`events/template`, `events/target`) and when each number is due (`schedule/schedule`).
 * 2. A packager PUTs bytes. `ingest/ingest-segment` inspects them (`media/inspect-segment`), holds them against the
 *    schedule (`media/timing`), writes the bytes, then the candidate with its defects (`media/defect`).
 * 3. `flag/review-segment` looks at what one segment alone cannot show, and flags candidates late.
 * 4. A player GETs the same path. `serve/serve-segment` answers from the schedule where it can; otherwise it reads the
 *    candidates, chooses the first valid one (`selection/select`), opens a replica, and holds what is about to come.
 * 5. It learned of the path from a manifest, written from the schedule (`manifests/dash`) and, for HLS, from what is
 *    known to have come (`manifests/settle`).
 *
 * Everything here is pure: time, randomness and I/O come through `ports/`. Runtimes (`lambdas/`, `embedded/`) hand in
 * an {@link Origin}; `http/` turns requests into these calls and their outcomes into answers.
 */
export type { Origin, RegionStores } from './origin';
export type { Candidate, EventKey, SegmentKey, SegmentRef } from './candidate';
export type { Clock } from './ports/clock';
export type { CandidateStore } from './ports/candidate-store';
export type { DocumentStore, SegmentStore } from './ports/segment-store';
export type { CredentialStore, EventStore } from './ports/event-store';
export type { Digester } from './ports/digester';
export { EventDirectory } from './events/event-directory';
export { TimelineMemory } from './manifests/timeline-memory';
export { makeServing } from './serve/serving';
export { parseConfiguration } from './events/configuration';
export { inspectInit } from './media/inspect-init';
export { inspectSegment } from './media/inspect-segment';
export { timingDefects } from './media/timing';
export { ingestInit } from './ingest/ingest-init';
export { ingestSegment } from './ingest/ingest-segment';
export { reviewSegment } from './flag/review-segment';
export { select } from './selection/select';
export { serveSegment } from './serve/serve-segment';
