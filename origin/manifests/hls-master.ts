import type { LiveEvent } from '../events/live-event';
import { liveEdge } from '../schedule/schedule';
import { attributeList, quoted } from './hls-attributes';
import { framesPerSecond, playableTracks } from './tracks';
import type { Track } from './tracks';

type Tracks = readonly [Track, ...Track[]];

/**
 * The multivariant playlist (RFC 8216, 4.3.4), for the segment that comes next. Every picture is offered with every
 * quality of the sound; without pictures, the sound stands for itself.
 * @param query appended to each playlist's name: `?dvr` stays `?dvr`
 * @returns undefined while neither picture nor sound can be played
 */
export function writeMasterPlaylist(event: LiveEvent, nowMs: number, query: '' | '?dvr'): string | undefined {
  const number = Math.max(liveEdge(event.schedule, nowMs), event.schedule.initialSegment);
  const tracks = playableTracks(event, number);
  const ofType = (type: Track['contentType']) => tracks.filter(({ contentType }) => contentType === type);
  const [videos, sounds, texts] = [ofType('video'), audioGroups(ofType('audio')), ofType('text')];
  if (videos.length === 0 && sounds.length === 0) return undefined;
  const variants =
    videos.length > 0
      ? videos.flatMap((video) =>
          sounds.length === 0
            ? [variant(video, undefined, texts, query)]
            : sounds.map((sound) => variant(video, sound, texts, query)),
        )
      : sounds.map((sound) => variant(sound.tracks[0], sound, texts, query));
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:8',
    '#EXT-X-INDEPENDENT-SEGMENTS',
    ...sounds.flatMap((sound) =>
      renditions('AUDIO', sound.id, sound.tracks, contentsOf(ofType('audio')), query),
    ),
    ...renditions('SUBTITLES', SUBTITLES_GROUP, texts, contentsOf(texts), query),
    ...variants,
  ];
  return `${lines.join('\n')}\n`;
}

const SUBTITLES_GROUP = 'subtitles';

interface AudioGroup {
  readonly id: string;
  /** One of each language, role and label. */
  readonly tracks: Tracks;
}

/** What tells renditions of one group apart; all tracks that share it are qualities of the same. */
function contentOf({ representation: { configuration } }: Track): string {
  const { lang, role, label } = configuration;
  return JSON.stringify([lang, role, label]);
}

/** What is the same in every group. */
interface Contents {
  /** The one that is on by default, whichever of its qualities the operator named. */
  readonly wanted: string | undefined;
  readonly names: ReadonlyMap<string, string>;
}

function contentsOf(tracks: readonly Track[]): Contents {
  const chosen = tracks.find(({ representation }) => representation.configuration.default === true);
  return { wanted: chosen && contentOf(chosen), names: contentNames(tracks) };
}

/**
 * Renditions of one group are alternatives in content, never in quality (RFC 8216, 4.3.4.1.1): the best of each
 * language forms a group, then the second best of each, and so on; where a language has no more, its last stands in.
 */
function audioGroups(tracks: readonly Track[]): readonly AudioGroup[] {
  const contents = new Map<string, Track[]>();
  for (const track of tracks)
    contents.set(contentOf(track), [...(contents.get(contentOf(track)) ?? []), track]);
  const ladders = [...contents.values()].map((own) =>
    own.toSorted((left, right) => right.bandwidth - left.bandwidth),
  );
  const qualities = Math.max(0, ...ladders.map(({ length }) => length));
  return Array.from({ length: qualities }, (_, quality) => {
    const [first, ...rest] = ladders.flatMap((own) => own[quality] ?? own.at(-1) ?? []);
    return first === undefined ? [] : [{ id: `audio-${quality + 1}`, tracks: [first, ...rest] as const }];
  }).flat();
}

function renditions(
  type: 'AUDIO' | 'SUBTITLES',
  group: string,
  tracks: readonly Track[],
  { wanted, names }: Contents,
  query: string,
): readonly string[] {
  // A player must have some sound; it needs no subtitles. No more than one of a group is the default.
  const fallback = type === 'AUDIO' ? tracks[0] : undefined;
  const chosen = tracks.find((track) => contentOf(track) === wanted) ?? fallback;
  const taken = new Set<string>();
  return tracks.map((track) => {
    const name = names.get(contentOf(track)) ?? track.id;
    const own = taken.has(name) ? `${name} (${track.id})` : name;
    taken.add(own);
    const { lang } = track.representation.configuration;
    const attributes = attributeList({
      TYPE: type,
      'GROUP-ID': quoted(group),
      NAME: quoted(own),
      LANGUAGE: lang === undefined ? undefined : quoted(lang),
      DEFAULT: track === chosen ? 'YES' : 'NO',
      AUTOSELECT: 'YES',
      CHANNELS: track.channels === undefined ? undefined : quoted(track.channels.toString()),
      URI: quoted(playlistUri(track, query)),
    });
    return `#EXT-X-MEDIA:${attributes}`;
  });
}

/** A name for each content: the same in every group, and unique within one (RFC 8216, 4.3.4.1.1). */
function contentNames(tracks: readonly Track[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const track of tracks) {
    const { id, representation } = track;
    const wanted = representation.configuration.label ?? representation.configuration.lang ?? id;
    const name = [...names.values()].includes(wanted) ? `${wanted} (${id})` : wanted;
    if (!names.has(contentOf(track))) names.set(contentOf(track), name);
  }
  return names;
}

function variant(
  track: Track,
  sound: AudioGroup | undefined,
  texts: readonly Track[],
  query: string,
): string {
  const played = [track, ...(sound?.tracks ?? []), ...texts];
  const soundBandwidth = Math.max(0, ...(sound?.tracks ?? []).map(({ bandwidth }) => bandwidth));
  const { contentType, bandwidth, width, height, frameRate } = track;
  const attributes = attributeList({
    BANDWIDTH: (contentType === 'video' ? bandwidth + soundBandwidth : soundBandwidth).toString(),
    CODECS: quoted([...new Set(played.map(({ codec }) => codec))].join(',')),
    RESOLUTION: width === undefined || height === undefined ? undefined : `${width}x${height}`,
    'FRAME-RATE': frameRate === undefined ? undefined : framesPerSecond(frameRate).toFixed(3),
    AUDIO: sound === undefined ? undefined : quoted(sound.id),
    SUBTITLES: texts.length === 0 ? undefined : quoted(SUBTITLES_GROUP),
  });
  return `#EXT-X-STREAM-INF:${attributes}\n${playlistUri(track, query)}`;
}

function playlistUri({ id }: Track, query: string): string {
  return `${id}/media.m3u8${query}`;
}
