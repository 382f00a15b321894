import { isNote, type Defect } from '../origin/media/defect';
import type { ParcelHead } from './parcel';
import type { RegionOutcome } from './region-sender';

/** Parcels of one track in one region, by what became of them. */
export interface RegionCounts {
  ok: number;
  /** Arrived, but after the budget. */
  late: number;
  refused: number;
  lost: number;
}

/** One representation as the publisher saw it. */
export interface TrackStatus {
  readonly track: string;
  /** Number of the newest segment, or the counter of its name. */
  readonly last: string | undefined;
  readonly segments: number;
  /** From the end of the newest segment's media to its arrival here; absent where media time tells no wall time. */
  readonly delayMs: number | undefined;
  /** Segments with a defect above a note. */
  readonly defective: number;
  /** What the newest of them had. */
  readonly lastDefects: readonly string[];
  /** In the order of the regions given. */
  readonly regions: Readonly<Record<string, Readonly<RegionCounts>>>;
}

/** What a segment shows at its arrival. */
export interface Arrival {
  readonly track: string;
  readonly number: string | undefined;
  readonly defects: readonly Defect[];
  readonly delayMs: number | undefined;
}

interface Mutable extends TrackStatus {
  last: string | undefined;
  segments: number;
  delayMs: number | undefined;
  defective: number;
  lastDefects: readonly string[];
  readonly regions: Record<string, RegionCounts>;
}

/** Tracks told apart; names that count elsewhere than expected must not fill the memory. */
const TRACKS_MAX = 256;
const OTHER_TRACKS = '(others)';

/** Counts per track and region, for the live lines, the metrics and tests. */
export class Tracks {
  readonly #regions: readonly string[];
  readonly #tracks = new Map<string, Mutable>();

  constructor(regions: readonly string[]) {
    this.#regions = regions;
  }

  arrived({ track, number, defects, delayMs }: Arrival): void {
    const status = this.#of(track);
    const named = defects.filter((found) => !isNote(found)).map(({ name }) => name);
    status.segments++;
    status.last = number ?? status.last;
    status.delayMs = delayMs;
    if (named.length === 0) return;
    status.defective++;
    status.lastDefects = named;
  }

  outcome({ kind, track }: ParcelHead, region: string, outcome: RegionOutcome): void {
    if (kind !== 'segment' && kind !== 'other') return;
    const counts = this.#of(track).regions[region];
    if (counts !== undefined && outcome.kind !== 'waiting') counts[outcome.kind]++;
  }

  snapshot(): readonly TrackStatus[] {
    return [...this.#tracks.values()]
      .map((status) => ({
        ...status,
        regions: Object.fromEntries(
          this.#regions.map((region) => [region, { ...(status.regions[region] ?? noCounts()) }]),
        ),
      }))
      .sort((left, right) => (left.track < right.track ? -1 : 1));
  }

  #of(name: string): Mutable {
    const track = this.#tracks.has(name) || this.#tracks.size < TRACKS_MAX ? name : OTHER_TRACKS;
    const known = this.#tracks.get(track) ?? {
      ...{ track, last: undefined, segments: 0, delayMs: undefined, defective: 0, lastDefects: [] },
      regions: Object.fromEntries(this.#regions.map((region) => [region, noCounts()])),
    };
    this.#tracks.set(track, known);
    return known;
  }
}

function noCounts(): RegionCounts {
  return { ok: 0, late: 0, refused: 0, lost: 0 };
}
