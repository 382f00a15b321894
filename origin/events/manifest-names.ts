/** Manifests of ours, relative to the event; in the dialect of edges (edge/guard). */
export const MPD_NAME = 'manifest.mpd';
export const MASTER_PLAYLIST_NAME = 'master.m3u8';
/** Relative to the representation. */
export const MEDIA_PLAYLIST_NAME = 'media.m3u8';
