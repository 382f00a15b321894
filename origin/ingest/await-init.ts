import type { EventKey } from '../candidate';
import type { LiveEvent } from '../events/live-event';
import { targetOfPut, type PutTarget } from '../events/target';
import { NEVER } from '../ports/cancel';
import type { Origin } from '../origin';
import { trackOf } from './expectation';

/**
 * How long media waits for an init that is under way. ffmpeg's HLS muxer sends an init and its first segment within a
 * few milliseconds on two connections and never sends either again: answered at once, that segment would be lost.
 */
const INIT_MS_MAX = 2000;
const AGAIN_MS = 100;

export interface Resolved {
  /** As it was when the path was resolved. */
  readonly event: LiveEvent;
  readonly target: PutTarget | undefined;
}

/**
 * What a PUT of `path` stores, after the init where the track is not known without it: that may have come to another
 * instance within the last second, or be on another connection right now. What is known does not wait.
 * @returns when no init came, the target as it was found last.
 * @throws what the event store throws.
 */
export async function targetAfterInit(
  origin: Origin,
  event: LiveEvent,
  path: string,
  pipeline: string,
): Promise<Resolved> {
  const resolved = (as: LiveEvent): Resolved => ({ event: as, target: targetOfPut(as, path, pipeline) });
  const found = resolved(event);
  if (isKnown(found, pipeline)) return found;
  const current = await reloadedUntil(origin, event.key, (as) => isKnown(resolved(as), pipeline));
  return current === undefined ? found : resolved(current);
}

/**
 * Reads the event anew until it is as `holds` wants it, 2 s at most: what was written in the home region is in the replicas
 * of others a second later.
 * @returns it as it was read last; undefined when there is none.
 * @throws what the event store throws.
 */
export async function reloadedUntil(
  origin: Origin,
  key: EventKey,
  holds: (event: LiveEvent) => boolean,
): Promise<LiveEvent | undefined> {
  const untilMs = origin.clock.nowMs() + INIT_MS_MAX;
  for (;;) {
    const current = await origin.events.reload(key);
    const nowMs = origin.clock.nowMs();
    if (current === undefined || holds(current) || nowMs >= untilMs) return current;
    await origin.clock.sleepUntil(nowMs + AGAIN_MS, NEVER);
  }
}

function isKnown({ target }: Resolved, pipeline: string): boolean {
  if (target?.kind === 'init-needed') return false;
  if (target?.kind !== 'segment') return true;
  return trackOf(target.representation, pipeline, target.number) !== undefined;
}
