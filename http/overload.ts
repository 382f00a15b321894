import { targetOfGet } from '../origin/events/target';
import type { Origin } from '../origin/origin';
import { liveEdge } from '../origin/schedule/schedule';
import { CACHE } from './cache-policy';
import { CORS_HEADERS } from './common-headers';
import { parseMediaPath } from './media-path';
import type { HttpRequest, HttpResponse } from './message';
import { problemResponse } from './problem';

/**
 * Whether a GET may be turned away under load: a segment of the DVR window that is older than the event's live window.
 * Who watches live goes on: the newest segments, inits and manifests are never shed. Touches memory alone, but for an
 * event that this instance has not seen yet.
 * @throws what the event store throws, if nothing is known of the event.
 */
export async function mayBeShed(origin: Origin, request: HttpRequest): Promise<boolean> {
  const place = parseMediaPath(request.path);
  const event = place && (await origin.events.get(place.key));
  const target = event && targetOfGet(event, place.path);
  if (event === undefined || target?.kind !== 'segment') return false;
  const { schedule, configuration } = event;
  const liveSegments = Math.ceil(
    (configuration.liveWindowSeconds * 1000 * schedule.durationDenominator) / schedule.durationMilliseconds,
  );
  return target.number <= liveEdge(schedule, origin.clock.nowMs()) - liveSegments;
}

/** Short, so that caches absorb the storm, and viewers come back soon. */
export function overloadedAnswer(): HttpResponse {
  return problemResponse(
    { status: 503, title: 'Overloaded', detail: 'There is more to answer than can be. Ask again.' },
    { ...CORS_HEADERS, 'Cache-Control': CACHE.overloaded, 'Retry-After': '5' },
  );
}
