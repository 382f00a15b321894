import type { LiveEvent } from '../origin/events/live-event';
import type { Target } from '../origin/events/target';
import type { Origin } from '../origin/origin';
import { CACHE } from './cache-policy';
import { eventHeaders } from './common-headers';
import type { HttpRequest, HttpResponse } from './message';
import { problemResponse } from './problem';

export type ManifestTarget = Extract<Target, { kind: 'mpd' | 'master-playlist' | 'media-playlist' }>;

/** The MPD and the HLS playlists of an event, made from its schedule. */
export function serveManifest(
  _origin: Origin,
  event: LiveEvent,
  _target: ManifestTarget,
  _request: HttpRequest,
): Promise<HttpResponse> {
  return Promise.resolve(emptyAnswer(event));
}

/** Nothing can be listed yet; the first init or segment may arrive any moment. */
function emptyAnswer(event: LiveEvent): HttpResponse {
  return problemResponse(
    { status: 404, title: 'Nothing to play yet', detail: 'No pipeline has published an init segment yet.' },
    { ...eventHeaders(event), 'Cache-Control': CACHE.empty },
  );
}
