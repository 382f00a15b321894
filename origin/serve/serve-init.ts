import type { InitEntry } from '../events/event-record';
import { initInForce } from '../events/live-event';
import type { LiveEvent, Representation } from '../events/live-event';
import { liveEdge } from '../schedule/schedule';

/**
 * The init segment that a GET asks for: version `version`, or without one the init in force at the live edge. It
 * travels with the event, so no store is touched.
 * @returns undefined while none has arrived, or when there is no such version.
 */
export function serveInit(
  event: LiveEvent,
  representation: Representation,
  version: number | undefined,
  nowMs: number,
): InitEntry | undefined {
  if (version === undefined) return initInForce(representation, liveEdge(event.schedule, nowMs));
  return representation.inits.find((entry) => entry.version === version);
}
