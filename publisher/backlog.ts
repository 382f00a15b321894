import { headOf, type Parcel, type ParcelHead } from './parcel';
import type { SpoolFile, SpoolFolder, Spooled } from './spool';

export interface BacklogLimits {
  /** Bytes in memory: of all parcels, or, with a spool, of those that are not on the disk yet. */
  readonly memoryBytesMax: number;
  /** Bytes on the disk. */
  readonly spoolBytesMax: number;
}

export interface BacklogOptions extends BacklogLimits {
  /** Where bytes go; without it they stay in memory and end with the process. */
  readonly spool?: SpoolFolder;
  /** A parcel is given up: the bounds are reached and it is the oldest, or its file cannot be read. */
  readonly onLost: (head: ParcelHead) => void;
}

/** Heads are small, but not nothing: a day of 2 s segments of two tracks. */
const PARCELS_MAX = 100_000;

interface Entry {
  readonly head: ParcelHead;
  /** Until they are on the disk. */
  bytes: Uint8Array | undefined;
  file: SpoolFile | undefined;
  /** Settled or given up while its file was being written. */
  gone: boolean;
}

/** A parcel taken out; it is the caller's to settle or to put back. */
export interface Taken {
  readonly head: ParcelHead;
  /** @returns undefined where its file cannot be read: it counts as lost, and nothing is left to settle. */
  parcel(): Promise<Parcel | undefined>;
  /** It arrived, or will never be taken. */
  settle(): void;
  putBack(): void;
}

/** What one region missed. The newest goes first, since it is nearest to what viewers watch; the oldest is given up first. */
export class Backlog {
  readonly #options: BacklogOptions;
  /** In order of arrival. */
  readonly #waiting: Entry[] = [];
  #memoryBytes = 0;
  #spoolBytes = 0;

  constructor(options: BacklogOptions, found: readonly Spooled[] = []) {
    this.#options = options;
    for (const { head, file } of found) {
      this.#insert({ head, bytes: undefined, file, gone: false });
      this.#spoolBytes += head.size;
    }
    this.#enforce();
  }

  get size(): number {
    return this.#waiting.length;
  }

  get memoryBytes(): number {
    return this.#memoryBytes;
  }

  get spoolBytes(): number {
    return this.#spoolBytes;
  }

  /** Takes a parcel in; at once, so that a failing disk holds up nobody. */
  add(parcel: Parcel): void {
    const { bytes } = parcel;
    const entry: Entry = { head: headOf(parcel), bytes, file: undefined, gone: false };
    this.#memoryBytes += bytes.length;
    this.#insert(entry);
    this.#enforce();
    if (!entry.gone) void this.#write(entry);
  }

  /** @returns the newest that is wanted, undefined when there is none. */
  take(isWanted: (head: ParcelHead) => boolean = () => true): Taken | undefined {
    const at = this.#waiting.findLastIndex(({ head }) => isWanted(head));
    const [entry] = at === -1 ? [] : this.#waiting.splice(at, 1);
    if (entry === undefined) return undefined;
    return {
      head: entry.head,
      parcel: () => this.#read(entry),
      settle: () => this.#drop(entry),
      putBack: () => {
        this.#insert(entry);
        this.#enforce();
      },
    };
  }

  /** Gives up everything that would not outlive the process. */
  abandon(): void {
    while (this.#lose(({ file }) => file === undefined));
  }

  /** Resolves when what was taken in is on the disk, as far as the disk takes it; then only `spoolBytes` outlive the process. */
  async flushed(): Promise<void> {
    await this.#options.spool?.idle();
  }

  #insert(entry: Entry): void {
    const at = this.#waiting.findLastIndex(({ head }) => head.sequence < entry.head.sequence) + 1;
    this.#waiting.splice(at, 0, entry);
  }

  #enforce(): void {
    const { memoryBytesMax, spoolBytesMax } = this.#options;
    const isFull = () => this.#waiting.length > PARCELS_MAX || this.#spoolBytes > spoolBytesMax;
    while (isFull() && this.#lose(() => true));
    while (this.#memoryBytes > memoryBytesMax && this.#lose(({ bytes }) => bytes !== undefined));
  }

  /** Gives up the oldest of a kind. @returns false when there is none. */
  #lose(isOfKind: (entry: Entry) => boolean): boolean {
    const at = this.#waiting.findIndex(isOfKind);
    const [entry] = at === -1 ? [] : this.#waiting.splice(at, 1);
    if (entry === undefined) return false;
    this.#drop(entry);
    this.#options.onLost(entry.head);
    return true;
  }

  #drop(entry: Entry): void {
    if (entry.gone) return;
    entry.gone = true;
    if (entry.bytes !== undefined) this.#memoryBytes -= entry.head.size;
    entry.bytes = undefined;
    if (entry.file === undefined) return;
    this.#spoolBytes -= entry.head.size;
    this.#options.spool?.remove(entry.file);
  }

  async #write(entry: Entry): Promise<void> {
    const { spool } = this.#options;
    // Given up while others were written before it: its bytes are free, and not written any more.
    const file = await spool?.write(entry.head, () => entry.bytes);
    if (file === undefined) return;
    if (entry.gone) return spool?.remove(file);
    entry.file = file;
    entry.bytes = undefined;
    this.#memoryBytes -= entry.head.size;
    this.#spoolBytes += entry.head.size;
    this.#enforce();
  }

  async #read(entry: Entry): Promise<Parcel | undefined> {
    const { head, bytes, file } = entry;
    const read = bytes ?? (file === undefined ? undefined : await this.#options.spool?.read(file));
    if (read !== undefined) return { ...head, bytes: read };
    this.#drop(entry);
    this.#options.onLost(head);
    return undefined;
  }
}
