import { parseMediaPath } from '../http/media-path';
import type { InitInspection } from '../origin/media/inspection';
import { sharedParts, trackName } from './names';
import type { Parcel } from './parcel';

export interface KnownInit {
  readonly parcel: Parcel;
  /** Absent where its boxes say nothing that could be read. */
  readonly init: InitInspection | undefined;
}

/** Several where names do not tell them apart. */
export interface LikelyInits {
  readonly inits: readonly KnownInit[];
  /** It is one, and its name has a part in common with the media's. */
  readonly isCertain: boolean;
}

/** Inits of all events together; a packager has one for each track. */
const INITS_MAX = 256;
/** Inits of one track: more than a few of equal likeness say that names tell nothing. */
const LIKELY_MAX = 8;

/** The newest init of every path, so that it can be sent again before media that need it. */
export class InitDirectory {
  readonly #inits = new Map<string, KnownInit>();

  remember(known: KnownInit): void {
    const { path } = known.parcel;
    this.#inits.delete(path);
    this.#inits.set(path, known);
    const [oldest] = this.#inits.keys();
    if (this.#inits.size > INITS_MAX && oldest !== undefined) this.#inits.delete(oldest);
  }

  get(path: string): KnownInit | undefined {
    return this.#inits.get(path);
  }

  /** The inits that may belong to a media path, by likeness of their names; none where none of its folder came. */
  likely(mediaPath: string): LikelyInits {
    const place = parseMediaPath(mediaPath);
    if (place === undefined) return { inits: [], isCertain: false };
    const { track } = trackName(place.path);
    const prefix = mediaPath.slice(0, mediaPath.length - place.path.length);
    const scored = [...this.#inits.values()]
      .filter(({ parcel }) => parcel.path.startsWith(prefix))
      .map((known) => ({ known, below: known.parcel.path.slice(prefix.length) }))
      .map(({ known, below }) => ({ known, below, score: sharedParts(below, track) }))
      .filter(({ below, score }) => score > 0 || folderOf(below) === folderOf(track));
    const best = Math.max(...scored.map(({ score }) => score));
    const inits = scored.flatMap(({ known, score }) => (score === best ? [known] : [])).slice(0, LIKELY_MAX);
    return { inits, isCertain: inits.length === 1 && best > 0 };
  }
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}
