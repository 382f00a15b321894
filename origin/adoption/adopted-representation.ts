import type { Fault } from '../events/configuration';
import { NAME_PATTERN } from '../events/name-pattern';
import { anchorOf, fault, templateTimescale, type Grid, type Packaged } from './grid';
import { whole, type MpdTrack } from './mpd-tracks';

/** Names of segments, as a configuration has them. */
interface Names {
  readonly initialization: string;
  readonly media: string;
  readonly ingestMedia?: string;
}

/** Names of the event, and what each representation has of its own. */
export interface AdoptedNames {
  readonly shared: Names;
  /** By the MPD's id. */
  readonly own: ReadonlyMap<string, { readonly id: string; readonly names: Partial<Names> }>;
}

/** Encoders begin up to so many frames early (priming) or end so late: such audio is on the grid of the video. */
const PRIMING_FRAMES_MAX = 3n;
const AAC_FRAME_TICKS = 1024n;
/** A frame of HE-AAC at its full rate, the longest in use. */
const FRAME_TICKS_MAX = 2048n;
/** The part of a segment by which sound may lie beside the pictures and still be theirs: as far as `$Time$` names may. */
const BESIDE_GRID_PART = 8n;

/** Templates that all tracks share stand at the event, others at their representation, as DASH inherits them. */
export function namesOf(tracks: readonly MpdTrack[]): AdoptedNames {
  const folders = foldersAsIds(tracks);
  const all = tracks.map((track) => {
    const id = folders?.get(track.id) ?? track.id;
    return { mpdId: track.id, id, names: namesOfTrack(track, id) };
  });
  const shared = all[0]?.names ?? { initialization: '', media: '' };
  const own = all.map(({ mpdId, id, names }) => {
    const others = Object.entries(names).filter(([member, name]) => shared[member as keyof Names] !== name);
    return [mpdId, { id, names: Object.fromEntries(others) }] as const;
  });
  return { shared, own: new Map(own) };
}

/** Packagers number their tracks; where each has a folder of its own and its id is in no name, the folder says more. */
function foldersAsIds(tracks: readonly MpdTrack[]): ReadonlyMap<string, string> | undefined {
  const folders = new Map<string, string>();
  for (const { id, template, basePath } of tracks) {
    const [media = '', initialization = ''] = [template['media'], template['initialization']];
    const folder = /^([^/$]+)\//.exec(basePath + media)?.[1] ?? '';
    const isIts = (basePath + initialization).startsWith(`${folder}/`) && NAME_PATTERN.test(folder);
    if (!isIts || `${media}${initialization}`.includes('$RepresentationID$')) return undefined;
    folders.set(id, folder);
  }
  return new Set(folders.values()).size === tracks.length ? folders : undefined;
}

/** `$Bandwidth$` is a constant of the track; `$Time$` is for PUT only, viewers ask by `$Number$`. */
function namesOfTrack({ template, attributes, basePath }: MpdTrack, id: string): Names {
  // A query names the same object (our own MPD has one on inits); it is no part of a path.
  const named = (name = '') =>
    asTemplate(
      (basePath + name).replaceAll('$Bandwidth$', attributes['bandwidth'] ?? '').replace(/\?.*$/, ''),
      id,
    );
  const initialization = named(template['initialization']);
  const media = named(template['media']);
  if (!media.includes('$Time')) return { initialization, media };
  return { initialization, media: numbered(media), ingestMedia: media };
}

/** A number under a name of its own, or a time would be taken for one. */
function numbered(byTime: string): string {
  const slash = byTime.lastIndexOf('/') + 1;
  return `${byTime.slice(0, slash)}n${byTime.slice(slash)}`.replace(/\$Time(?:%0\d+d)?\$/, '$$Number$$');
}

/** A folder that is called like its track stands for all tracks. */
function asTemplate(name: string, id: string): string {
  const parts = name.split('/');
  return parts
    .map((part, at) => (part === id && at < parts.length - 1 ? '$RepresentationID$' : part))
    .join('/');
}

/** One representation of the configuration, or what about the track fits none. */
export function representationOf(
  track: MpdTrack,
  grid: Grid,
  packaged: Packaged,
  names: AdoptedNames,
  notes: string[],
): Readonly<Record<string, unknown>> | Fault {
  const { attributes, channels, role, label } = track;
  const { id, names: ownNames = {} } = names.own.get(track.id) ?? { id: track.id };
  const at = `Representation ${id}`;
  if (!NAME_PATTERN.test(id)) return fault(at, 'an id of 1-64 letters, digits, _ or -', id);
  if (track.template['media'] === undefined || track.template['initialization'] === undefined)
    return fault(at, 'a SegmentTemplate with initialization and media', 'none');
  const init = packaged.inits.get(track.id);
  const contentType = init?.contentType ?? contentTypeOf(track);
  if (contentType === undefined)
    return fault(at, 'video, audio, text or application', attributes['mimeType'] ?? '');
  const wrong = durationFault(track, grid, contentType === 'audio');
  if (wrong !== undefined) return wrong;
  const { offset, tolerance } = placeOf(track, grid, packaged, contentType, notes);
  const frameRate = contentType === 'video' ? frameRateOf(attributes['frameRate']) : undefined;
  const codecs = init?.codec ?? attributes['codecs'];
  const sampleRate = init?.sampleRate ?? numberOf(attributes['audioSamplingRate']);
  const channelCount = init?.channels ?? channels;
  const width = init?.width ?? numberOf(attributes['width']);
  const height = init?.height ?? numberOf(attributes['height']);
  const bandwidth = numberOf(attributes['bandwidth']);
  const lang = attributes['lang'];
  return {
    id,
    contentType,
    ...(bandwidth !== undefined && { bandwidth }),
    ...(codecs !== undefined && { codecs }),
    ...(frameRate !== undefined && { frameRate }),
    ...(contentType === 'video' && width !== undefined && { width }),
    ...(contentType === 'video' && height !== undefined && { height }),
    ...(contentType === 'audio' && sampleRate !== undefined && { sampleRate }),
    ...(contentType === 'audio' && channelCount !== undefined && { channels: channelCount }),
    ...(lang !== undefined && lang !== 'und' && { lang }),
    ...(role !== undefined && { role }),
    ...(label !== undefined && label !== '' && { label }),
    ...(init !== undefined && { timescale: init.timescale }),
    ...(offset !== 0n && { presentationTimeOffset: Number(offset) }),
    ...(tolerance !== undefined && {
      tolerance: { startTicks: Number(tolerance), durationTicks: Number(tolerance) },
    }),
    ...ownNames,
  };
}

function contentTypeOf({ attributes }: MpdTrack): string | undefined {
  const codecs = attributes['codecs'] ?? '';
  if (/^(wvtt|stpp)/.test(codecs)) return 'text';
  const type = attributes['contentType'] ?? attributes['mimeType']?.split('/')[0];
  return ['video', 'audio', 'text', 'application'].find((known) => known === type);
}

/**
 * All tracks share one grid: audio may be off by the frame that no duration is a multiple of, and by what its first segment is
 * shorter where a packager cuts it beside the pictures.
 */
function durationFault(track: MpdTrack, grid: Grid, isSound: boolean): Fault | undefined {
  const timescale = templateTimescale(track);
  const declared = whole(track.template['duration']);
  const runs =
    track.timeline.length > 0 ? track.timeline : declared === undefined ? [] : [{ d: declared, count: 1 }];
  const count = runs.reduce((sum, run) => sum + BigInt(run.count), 0n);
  const total = runs.reduce((sum, run) => sum + run.d * BigInt(run.count), 0n);
  const off = absolute(total * grid.timescale - count * grid.duration * timescale);
  if (off < PRIMING_FRAMES_MAX * AAC_FRAME_TICKS * grid.timescale) return undefined;
  if (isSound && off * BESIDE_GRID_PART < grid.duration * timescale) return undefined;
  const wanted = `segments of ${grid.duration}/${grid.timescale} s, as the leading track has`;
  return fault(`Representation ${track.id}`, wanted, `${total}/${timescale} s in ${count} segments`);
}

/** Where a track lies beside the leading one. */
interface Place {
  /** Where segment `startNumber` begins, ticks of the track. */
  readonly offset: bigint;
  /** Ticks by which its segments may lie beside the grid, where that is more than a frame. */
  readonly tolerance?: bigint;
}

/**
 * Sound that lies a little beside the pictures is cut so by its packager (ffmpeg cuts it where B-frames are decoded): on the
 * axis of the pictures it is heard in time, on one of its own it would be out of sync.
 */
function placeOf(
  track: MpdTrack,
  grid: Grid,
  packaged: Packaged,
  contentType: string,
  notes: string[],
): Place {
  const { number, ticks, timescale } = anchorOf(track, packaged);
  const leading = (grid.origin.ticks * timescale) / grid.origin.timescale;
  const step = (count: bigint) => (count * grid.duration * timescale) / grid.timescale;
  const nearest = (at: bigint) => (2n * (at - leading) + step(1n)) / (2n * step(1n));
  const offset = ticks - step(number === undefined ? nearest(ticks) : number - grid.startNumber);
  const off = absolute(offset - leading);
  const end = endOf(track.timeline, timescale, templateTimescale(track));
  const endsOff = end === undefined ? 0n : absolute(end - leading - step(nearest(end)));
  const isPriming = off <= PRIMING_FRAMES_MAX * AAC_FRAME_TICKS;
  if (contentType !== 'video' && isPriming && (contentType !== 'audio' || endsOff < AAC_FRAME_TICKS))
    return { offset: leading };
  const beside = off > endsOff ? off : endsOff;
  if (beside > 0n && beside < step(1n))
    notes.push(`Representation ${track.id} lies ${beside} ticks beside the leading track.`);
  if (contentType === 'audio' && beside < step(1n) / BESIDE_GRID_PART)
    return { offset: leading, tolerance: beside + FRAME_TICKS_MAX };
  return { offset: offset < 0n ? leading : offset };
}

/** Where the last segment of a timeline ends, ticks of the track. */
function endOf(timeline: MpdTrack['timeline'], inTrack: bigint, timescale: bigint): bigint | undefined {
  const last = timeline.at(-1);
  return last && ((last.t + last.d * BigInt(last.count)) * inTrack) / timescale;
}

/** "12800/512" is "25". */
function frameRateOf(text: string | undefined): string | undefined {
  const [frames, seconds = '1'] = text?.split('/') ?? [];
  const [numerator, denominator] = [whole(frames), whole(seconds)];
  if (numerator === undefined || denominator === undefined || numerator * denominator === 0n)
    return undefined;
  const common = greatestCommonDivisor(numerator, denominator);
  const reduced = denominator / common;
  return reduced === 1n ? `${numerator / common}` : `${numerator / common}/${reduced}`;
}

function greatestCommonDivisor(left: bigint, right: bigint): bigint {
  return right === 0n ? left : greatestCommonDivisor(right, left % right);
}

function numberOf(text: string | undefined): number | undefined {
  const value = whole(text);
  return value === undefined || value === 0n ? undefined : Number(value);
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}
