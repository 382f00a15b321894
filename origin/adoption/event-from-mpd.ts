import { parseConfiguration, type Fault } from '../events/configuration';
import { scheduleOf } from '../events/live-event';
import { namesOf, representationOf } from './adopted-representation';
import { fault, gridOf, type Packaged } from './grid';
import { readMpdDocument } from './mpd-document';
import { durationMs, readMpd, type MpdTrack } from './mpd-tracks';

export type { Packaged, SampleSegment } from './grid';

export type Adopted =
  | {
      readonly kind: 'adopted';
      /** A Live Event Configuration, as an operator PUTs it: defaults are left out. */
      readonly configuration: Readonly<Record<string, unknown>>;
      /** What was decided where the MPD leaves a choice, for people. */
      readonly notes: readonly string[];
    }
  | { readonly kind: 'refused'; readonly faults: readonly Fault[] };

/**
 * Makes the Live Event Configuration of a packager that runs already: its names, its grid and its tracks. Only constant
 * durations fit a schedule; what contradicts one is refused with what was wanted.
 */
export function eventFromMpd(packaged: Packaged): Adopted {
  const root = readMpdDocument(packaged.mpd);
  if (typeof root === 'string') return refused('mpd', 'an MPD (ISO/IEC 23009-1)', root);
  const mpd = readMpd(root, packaged.folder);
  const leader = mpd.tracks.find((track) => isVideo(track, packaged)) ?? mpd.tracks[0];
  if (leader === undefined) return refused('mpd', 'a Period with a Representation', 'none');
  const notes: string[] = [];
  if (mpd.periods > 1) notes.push(`Of ${mpd.periods} periods the last one was read.`);
  const grid = gridOf(mpd, leader, packaged, notes);
  if ('parameter' in grid) return { kind: 'refused', faults: [grid] };
  const names = namesOf(mpd.tracks);
  const representations = mpd.tracks.map((track) => representationOf(track, grid, packaged, names, notes));
  const faults = representations.filter((made): made is Fault => 'parameter' in made);
  if (faults.length > 0) return { kind: 'refused', faults };
  const depthMs = durationMs(mpd.attributes['timeShiftBufferDepth']);
  return checked(
    {
      availabilityStartTime: new Date(grid.startMs).toISOString().replace('.000Z', 'Z'),
      segmentTemplate: {
        timescale: Number(grid.timescale),
        duration: Number(grid.duration),
        startNumber: Number(grid.startNumber),
        ...names.shared,
      },
      ...(depthMs !== undefined &&
        depthMs >= 60_000 && { timeShiftBufferDepthSeconds: Math.floor(depthMs / 1000) }),
      pipelines: packaged.pipelines,
      representations,
    },
    notes,
  );
}

/** What was made must be what an origin takes. */
function checked(made: Readonly<Record<string, unknown>>, notes: readonly string[]): Adopted {
  const parsed = parseConfiguration(made);
  if ('faults' in parsed) return { kind: 'refused', faults: parsed.faults };
  const { startNumber } = parsed.configuration.segmentTemplate;
  if (scheduleOf({ ...parsed.configuration, initialSegmentNumber: startNumber }) !== undefined)
    return { kind: 'adopted', configuration: made, notes };
  const { duration, timescale } = parsed.configuration.segmentTemplate;
  return refused('duration', 'one whose schedule is exact in integers', `${duration}/${timescale} s`);
}

function refused(parameter: string, wanted: string, got: string): Adopted {
  return { kind: 'refused', faults: [fault(parameter, wanted, got)] };
}

function isVideo({ id, attributes }: MpdTrack, { inits }: Packaged): boolean {
  const type = inits.get(id)?.contentType ?? attributes['contentType'] ?? attributes['mimeType'] ?? '';
  return type.startsWith('video');
}
