import { NEVER } from '../ports/cancel';
import type { Origin } from '../origin';
import { ingestSegment, type SegmentPut } from './ingest-segment';
import type { IngestOutcome } from './outcome';

/**
 * How long media waits for an init that is under way. ffmpeg's HLS muxer sends an init and its first segment within a
 * few milliseconds on two connections and never sends either again: answered at once, that segment would be lost.
 */
const INIT_MS_MAX = 2000;
const AGAIN_MS = 100;

/**
 * {@link ingestSegment}, after the init where that is still missing: it may have come to another instance within the last
 * second, or be on another connection right now. What is known needs no second look and does not wait.
 * @throws what the stores throw.
 */
export async function ingestSegmentAfterInit(origin: Origin, put: SegmentPut): Promise<IngestOutcome> {
  let outcome = await ingestSegment(origin, put);
  const untilMs = origin.clock.nowMs() + INIT_MS_MAX;
  while (outcome.kind === 'init-needed') {
    const event = await origin.events.reload(put.event.key);
    const representation = event?.representations.get(put.representation.configuration.id);
    if (event === undefined || representation === undefined) return outcome;
    outcome = await ingestSegment(origin, { ...put, event, representation });
    const nowMs = origin.clock.nowMs();
    if (outcome.kind !== 'init-needed' || nowMs >= untilMs) return outcome;
    await origin.clock.sleepUntil(nowMs + AGAIN_MS, NEVER);
  }
  return outcome;
}
