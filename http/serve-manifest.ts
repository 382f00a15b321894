import type { LiveEvent } from '../origin/events/live-event';
import type { Target } from '../origin/events/target';
import { writeMpd } from '../origin/manifests/dash';
import { writeMasterPlaylist } from '../origin/manifests/hls-master';
import { playlistStart, writeMediaPlaylist } from '../origin/manifests/hls-media';
import { hasEnded, isRecording } from '../origin/manifests/recording';
import { settledNumbers } from '../origin/manifests/settle';
import type { Origin } from '../origin/origin';
import { eventTag } from './cache-tags';
import { CACHE } from './cache-policy';
import { eventHeaders } from './common-headers';
import type { HttpRequest, HttpResponse } from './message';
import { problemResponse } from './problem';
import { wantedOf } from './range';
import { etagOf } from './segment-headers';

export type ManifestTarget = Extract<Target, { kind: 'mpd' | 'master-playlist' | 'media-playlist' }>;

const MPD_TYPE = 'application/dash+xml';
/** RFC 8216, 4: UTF-8 without a byte order mark. */
const PLAYLIST_TYPE = 'application/vnd.apple.mpegurl';

/**
 * The MPD and the HLS playlists of an event. `?dvr` on a playlist gives the whole DVR window.
 * @throws what the local candidate store throws, for a media playlist of which nothing is known yet
 */
export async function serveManifest(
  origin: Origin,
  event: LiveEvent,
  target: ManifestTarget,
  request: HttpRequest,
): Promise<HttpResponse> {
  const text = await write(origin, event, target, request);
  if (text === undefined) return emptyAnswer(event);
  const digest = origin.digester.sha256Hex(text);
  const isMpd = target.kind === 'mpd';
  const live = isMpd ? CACHE.mpd : CACHE.hls;
  const complete = isComplete(event, target, text, origin.clock.nowMs());
  const headers = {
    ...eventHeaders(event),
    'Content-Type': isMpd ? MPD_TYPE : PLAYLIST_TYPE,
    'Cache-Control': complete ? CACHE.static : live,
    ETag: etagOf(digest),
    'Cache-Tag': eventTag(event.key),
  };
  // Text this short is sent whole: of the preconditions only If-None-Match counts.
  const wanted = wantedOf(request)(digest, text.length);
  if (wanted.kind === 'none' && wanted.why === 'not-modified') return { status: 304, headers };
  return { status: 200, headers, body: text };
}

/** Whether nothing in it will change. */
function isComplete(event: LiveEvent, { kind }: ManifestTarget, text: string, nowMs: number): boolean {
  if (kind === 'mpd') return isRecording(event, nowMs);
  // A playlist is complete only when its last segment came, or its deadline passed: later than the end itself.
  return kind === 'media-playlist' ? text.endsWith('#EXT-X-ENDLIST\n') : hasEnded(event, nowMs);
}

async function write(
  origin: Origin,
  event: LiveEvent,
  target: ManifestTarget,
  { query }: HttpRequest,
): Promise<string | undefined> {
  const nowMs = origin.clock.nowMs();
  const dvr = query['dvr'] !== undefined;
  switch (target.kind) {
    case 'mpd':
      return writeMpd(event, nowMs);
    case 'master-playlist':
      return writeMasterPlaylist(event, nowMs, dvr ? '?dvr' : '');
    case 'media-playlist': {
      const view = { dvr, skip: ['YES', 'v2'].includes(query['_HLS_skip'] ?? '') };
      const { id } = target.representation.configuration;
      const settled = await settledNumbers(origin, event, id, playlistStart(event, view, nowMs));
      return writeMediaPlaylist(event, target.representation, view, settled, nowMs);
    }
  }
}

/** Nothing can be listed yet; the first init or segment may arrive any moment. */
function emptyAnswer(event: LiveEvent): HttpResponse {
  return problemResponse(
    {
      status: 404,
      title: 'Nothing to play yet',
      detail: 'No pipeline has published what this manifest would list: an init segment, or a first segment.',
    },
    { ...eventHeaders(event), 'Cache-Control': CACHE.empty },
  );
}
