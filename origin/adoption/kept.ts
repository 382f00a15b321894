import type { Fault } from '../events/configuration';
import type { KeptEntry } from '../events/event-record';
import type { LiveEvent } from '../events/live-event';
import { segmentName } from '../events/template';
import { bytesOfBase64 } from '../encoding';
import type { InitInspection } from '../media/inspection';
import { inspectInit } from '../media/inspect-init';
import type { Digester } from '../ports/digester';
import { eventFromMpd, type Adopted } from './event-from-mpd';
import type { SampleSegment } from './grid';
import { readMpdDocument } from './mpd-document';
import { readMpd, trackName, type MpdTrack } from './mpd-tracks';

/** What the MPD of one pipeline comes to, with what the pipeline sent beside it. */
export type Proposal =
  | Extract<Adopted, { kind: 'adopted' }>
  | { readonly kind: 'refused'; readonly faults: readonly Fault[] }
  /** Without an init nobody knows in which ticks its track counts. */
  | { readonly kind: 'waiting'; readonly inits: readonly string[] };

/** A configuration has so many; what an MPD has beyond is refused there. */
const TRACKS_MAX = 64;

/**
 * The event that a pipeline's own MPD describes, as soon as all of its inits are there, in whatever order they came.
 * @param mpd its text and its path, relative to the event
 */
export function proposalOf(
  event: LiveEvent,
  pipeline: string,
  mpd: { readonly path: string; readonly text: string },
  digester: Digester,
  nowMs: number,
): Proposal {
  const own = event.kept.filter((entry) => entry.pipeline === pipeline);
  const folder = mpd.path.slice(0, mpd.path.lastIndexOf('/') + 1);
  const root = readMpdDocument(mpd.text);
  const tracks = typeof root === 'string' ? [] : readMpd(root, folder).tracks.slice(0, TRACKS_MAX);
  const inits = new Map<string, InitInspection>();
  const missing: string[] = [];
  for (const track of tracks) {
    const name = initName(track);
    const init = initOf(own, name, digester);
    if (init === undefined) missing.push(name);
    else inits.set(track.id, init);
  }
  const { pipelines } = event.configuration;
  const segments = samplesOf(own, tracks);
  const adopted = eventFromMpd({ mpd: mpd.text, folder, inits, segments, nowMs, pipelines });
  return adopted.kind === 'adopted' && missing.length > 0 ? { kind: 'waiting', inits: missing } : adopted;
}

/** A query names the same object. */
function initName(track: MpdTrack): string {
  return trackName(track, track.template['initialization'] ?? '').replace(/\?.*$/, '');
}

function initOf(kept: readonly KeptEntry[], path: string, digester: Digester): InitInspection | undefined {
  const entry = kept.find((other) => other.path === path && other.what.kind === 'init');
  const bytes = entry?.what.kind === 'init' ? bytesOfBase64(entry.what.bytes) : undefined;
  const found = bytes && inspectInit(bytes, digester);
  return found?.kind === 'init' ? found.init : undefined;
}

/** The segment of each track that came last: what the MPD claims is held against it. */
function samplesOf(
  kept: readonly KeptEntry[],
  tracks: readonly MpdTrack[],
): ReadonlyMap<string, SampleSegment> {
  const samples = new Map<string, SampleSegment>();
  for (const track of tracks) {
    const media = (track.template['media'] ?? '').replaceAll(
      '$Bandwidth$',
      track.attributes['bandwidth'] ?? '',
    );
    const { prefix, suffix } = segmentName(track.basePath + media, track.id);
    for (const { path, what } of kept) {
      if (what.kind !== 'segment' || !path.startsWith(prefix) || !path.endsWith(suffix)) continue;
      const digits = path.slice(prefix.length, path.length - suffix.length);
      if (!/^\d{1,20}$/.test(digits)) continue;
      const number = media.includes('$Time') ? undefined : BigInt(digits);
      samples.set(track.id, { number, ticks: BigInt(what.ticks) });
    }
  }
  return samples;
}

/**
 * One id for a pipeline's segments of one track, so that the next takes the place of the last: their names differ in the
 * last digits before the extension.
 */
export function keptId(pipeline: string, path: string, kind: KeptEntry['what']['kind']): string {
  const name = kind === 'segment' ? path.replace(/\d+(?=\D*(?:\.[^./]*)?$)/, '') : path;
  return `kept#${pipeline}#${kind}#${name}`;
}
