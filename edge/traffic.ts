import type { EdgeConfiguration } from '../origin/events/edge-configuration';
import { MASTER_PLAYLIST_NAME, MEDIA_PLAYLIST_NAME, MPD_NAME } from '../origin/events/manifest-names';
import { readNumber } from '../origin/events/template';
import type { RequestClass } from '../http/serve-plane';
import { EDGE_LIVE_WINDOW_SECONDS, isInLiveWindow } from '../origin/serve/live-class';

/** What was asked for, as an origin tells it apart; `other`: nothing that the event is known to have. */
export type EdgeClass = RequestClass | 'other';

/** Live viewers and those who watch an hour back take nothing from each other: neither flights nor connections. */
export type Traffic = 'live' | 'dvr';

/** In the dialect of edges (edge/guard). @param name relative to the event */
export function edgeClassOf(
  name: string,
  configuration: Pick<EdgeConfiguration, 'schedule' | 'representations'> | undefined,
  nowMs: number,
): EdgeClass {
  if (configuration === undefined) return 'other';
  if (name === MPD_NAME || name === MASTER_PLAYLIST_NAME) return 'manifest';
  for (let i = 0; i < configuration.representations.length; i += 1) {
    const representation = configuration.representations[i];
    if (representation === undefined) continue;
    if (name === representation.initialization) return 'init';
    if (name === representation.id + '/' + MEDIA_PLAYLIST_NAME) return 'manifest';
    const number = readNumber(representation.media, name);
    if (typeof number === 'number')
      return isInLiveWindow(configuration.schedule, EDGE_LIVE_WINDOW_SECONDS, number, nowMs) ? 'live' : 'dvr';
  }
  return 'other';
}

/**
 * `live` are inits, manifests and new segments, of which an event has but so many. Everything else is `dvr`: older
 * segments, and names that a client can invent without end (passthrough objects, packagers' manifests, events that the
 * edge does not know).
 */
export function trafficOf(requestClass: EdgeClass): Traffic {
  return requestClass === 'live' || requestClass === 'init' || requestClass === 'manifest' ? 'live' : 'dvr';
}
