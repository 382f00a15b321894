import type { EdgeConfiguration } from '../../origin/events/edge-configuration';
import { MASTER_PLAYLIST_NAME, MEDIA_PLAYLIST_NAME, MPD_NAME } from '../../origin/events/target';
import { readNumber } from '../../origin/events/template';
import { isInLiveWindow } from '../../origin/serve/live-class';

/** Live viewers and those who watch an hour back take nothing from each other: neither flights nor connections. */
export type Traffic = 'live' | 'dvr';

/** An edge does not know the event's own window; the default of `liveWindowSeconds` does for a limit of its own. */
const LIVE_WINDOW_SECONDS = 30;

/**
 * `live` are inits, manifests and new segments, of which an event has but so many. Everything else is `dvr`: older
 * segments, and names that a client can invent without end (passthrough objects, packagers' manifests, events that the
 * edge does not know).
 * @param name relative to the event
 */
export function trafficOf(
  name: string,
  configuration: EdgeConfiguration | undefined,
  nowMs: number,
): Traffic {
  if (configuration === undefined) return 'dvr';
  if (name === MPD_NAME || name === MASTER_PLAYLIST_NAME) return 'live';
  for (const { id, initialization, media } of configuration.representations) {
    if (name === initialization || name === `${id}/${MEDIA_PLAYLIST_NAME}`) return 'live';
    const number = readNumber(media, name);
    if (typeof number === 'number')
      return isInLiveWindow(configuration.schedule, LIVE_WINDOW_SECONDS, number, nowMs) ? 'live' : 'dvr';
  }
  return 'dvr';
}
