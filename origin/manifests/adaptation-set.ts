import { bytesOfBase64 } from '../encoding';
import type { LiveEvent } from '../events/live-event';
import { configurationOfChannels } from '../media/channel-configuration';
import { templateTimes } from './media-presentation-time';
import { initVersionQuery, playableTracks } from './tracks';
import type { Track } from './tracks';
import { element } from './xml';
import type { Element } from './xml';

type Tracks = readonly [Track, ...Track[]];

/** The AdaptationSets of a Period that begins with segment `first`, in the order of the configuration. */
export function adaptationSets(event: LiveEvent, first: number): readonly Element[] {
  const groups = new Map<string, [Track, ...Track[]]>();
  for (const track of playableTracks(event, first)) {
    const group = groups.get(groupOf(track));
    if (group === undefined) groups.set(groupOf(track), [track]);
    else group.push(track);
  }
  const order = [...event.representations.keys()];
  return [...groups.values()].map((tracks) =>
    adaptationSet(event, first, order.indexOf(tracks[0].id) + 1, tracks),
  );
}

/** Tracks between which a player may switch without anybody noticing: one content, one codec family. */
function groupOf({ representation, codec, channels }: Track): string {
  const { contentType, lang, role, label } = representation.configuration;
  return JSON.stringify([contentType, lang, role, label, channels, codec.split('.')[0]]);
}

const MIME_TYPE_OF = {
  video: 'video/mp4',
  audio: 'audio/mp4',
  text: 'application/mp4',
  application: 'application/mp4',
};

function adaptationSet(event: LiveEvent, first: number, id: number, tracks: Tracks): Element {
  const [{ contentType, representation }] = tracks;
  const { lang, label } = representation.configuration;
  const channels = inherited(tracks, channelConfiguration);
  const protection = inherited(tracks, contentProtection);
  const template = inherited(tracks, (track) => [segmentTemplate(event, first, track)]);
  // In the order of the schema (ISO/IEC 23009-1, 5.3.3.3 and 5.3.7.3).
  return element(
    'AdaptationSet',
    { id, contentType, mimeType: MIME_TYPE_OF[contentType], lang, segmentAlignment: true, startWithSAP: 1 },
    [
      ...channels.common,
      ...protection.common,
      ...inbandEventStreams(event, contentType),
      ...(label === undefined ? [] : [element('Label', {}, label)]),
      ...roles(tracks),
      ...template.common,
      ...tracks.map((track) =>
        representationElement(
          track,
          [channels, protection, template].flatMap((said) => said.own(track)),
        ),
      ),
    ],
  );
}

/** What all Representations of a set say alike is said once, by the set; else each says its own. */
function inherited(tracks: Tracks, say: (track: Track) => readonly Element[]) {
  const said = new Map(tracks.map((track) => [track, say(track)]));
  const [common = [], ...others] = said.values();
  const alike = others.every(
    (other) => JSON.stringify(other, textOfBigint) === JSON.stringify(common, textOfBigint),
  );
  return {
    common: alike ? common : [],
    own: (track: Track) => (alike ? [] : (said.get(track) ?? [])),
  };
}

function textOfBigint(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

function representationElement(track: Track, content: readonly Element[]): Element {
  const { id, bandwidth, codec: codecs, width, height, frameRate, sampleRate } = track;
  return element(
    'Representation',
    { id, bandwidth, codecs, width, height, frameRate, audioSamplingRate: sampleRate },
    content,
  );
}

/** Names are the configuration's own templates; an init goes by its version, so that it never changes under its name. */
function segmentTemplate(event: LiveEvent, first: number, track: Track): Element {
  const template = event.configuration.segmentTemplate;
  const own = track.representation.configuration;
  const times = templateTimes(template, first, own.presentationTimeOffset, track.timescale);
  return element('SegmentTemplate', {
    timescale: times.timescale,
    duration: times.duration,
    startNumber: first,
    presentationTimeOffset: times.presentationTimeOffset,
    initialization: (own.initialization ?? template.initialization) + initVersionQuery(track),
    media: own.media ?? template.media,
  });
}

/** 5.8.5.4. Of the two schemes the older is known to more players, which read a count in it: so it is used where both agree. */
function channelConfiguration({ channels }: Track): readonly Element[] {
  const value = channels === undefined ? undefined : configurationOfChannels(channels);
  if (value === undefined) return [];
  const schemeIdUri =
    value === channels
      ? 'urn:mpeg:dash:23003:3:audio_channel_configuration:2011'
      : 'urn:mpeg:mpegB:cicp:ChannelConfiguration';
  return [element('AudioChannelConfiguration', { schemeIdUri, value })];
}

/** ISO/IEC 23009-1, 5.8.5.2 and ISO/IEC 23001-7, 11.2: the scheme with its key, then one element for each DRM system. */
function contentProtection({ protection }: Track): readonly Element[] {
  if (protection === undefined) return [];
  const scheme = element('ContentProtection', {
    schemeIdUri: 'urn:mpeg:dash:mp4protection:2011',
    value: protection.scheme,
    'cenc:default_KID': protection.defaultKid,
  });
  const systems = protection.pssh.flatMap((box) => {
    const system = systemOf(box);
    if (system === undefined) return [];
    return [
      element('ContentProtection', { schemeIdUri: `urn:uuid:${system}` }, [element('cenc:pssh', {}, box)]),
    ];
  });
  return [scheme, ...systems];
}

/** The SystemID of a pssh box (ISO/IEC 23001-7, 8.1): 16 bytes after size, type, version and flags. */
function systemOf(pssh: string): string | undefined {
  const bytes = bytesOfBase64(pssh)?.subarray(12, 28);
  if (bytes?.length !== 16) return undefined;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** Pictures and sound may carry the event's timed events; a player drops those it has seen by their ids. */
function inbandEventStreams(event: LiveEvent, contentType: Track['contentType']): readonly Element[] {
  if (contentType === 'text') return [];
  return event.configuration.eventSchemes.map((schemeIdUri) => element('InbandEventStream', { schemeIdUri }));
}

function roles(tracks: Tracks): readonly Element[] {
  const [{ contentType, representation }] = tracks;
  const isDefault = tracks.some((track) => track.representation.configuration.default === true);
  const role = representation.configuration.role ?? (contentType === 'text' ? 'subtitle' : undefined);
  const values = new Set([...(role === undefined ? [] : [role]), ...(isDefault ? ['main'] : [])]);
  return [...values].map((value) => element('Role', { schemeIdUri: 'urn:mpeg:dash:role:2011', value }));
}
