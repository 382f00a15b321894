import { AFTER_NAMES, type Environment, type Table } from './environment';

export interface LedgerEntry {
  /** Relative to the region's directory. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly expiresAtMs: number;
  readonly writtenAtMs: number;
}

/**
 * Every file of a region, entered before it is written, so that no crash leaves one that retention does not know.
 * Ordered by age and by expiry. Methods that write run inside {@link Environment.write}.
 */
export class ByteLedger {
  readonly #files: Table;
  readonly #byAge: Table;
  readonly #byExpiry: Table;
  readonly #totals: Table;

  constructor(environment: Environment) {
    this.#files = environment.table('files');
    this.#byAge = environment.table('files-by-age');
    this.#byExpiry = environment.table('files-by-expiry');
    this.#totals = environment.table('totals');
  }

  /** Of all files entered. */
  get totalBytes(): number {
    return Number(this.#totals.get('bytes') ?? 0);
  }

  get(path: string): LedgerEntry | undefined {
    const value = this.#files.get(path);
    if (value === undefined) return undefined;
    return { path, ...(JSON.parse(value) as Omit<LedgerEntry, 'path'>) };
  }

  /** Enters a file; one that is there already is entered anew and keeps the later expiry. */
  enter(entry: LedgerEntry): void {
    const before = this.get(entry.path);
    if (before !== undefined) this.remove(before);
    const { path, size, writtenAtMs } = entry;
    const expiresAtMs = Math.max(entry.expiresAtMs, before?.expiresAtMs ?? 0);
    void this.#files.put(path, JSON.stringify({ size, expiresAtMs, writtenAtMs }));
    void this.#byAge.put([writtenAtMs, path], '');
    void this.#byExpiry.put([expiresAtMs, path], '');
    this.#addToTotal(size);
  }

  remove({ path, size, expiresAtMs, writtenAtMs }: LedgerEntry): void {
    void this.#files.remove(path);
    void this.#byAge.remove([writtenAtMs, path]);
    void this.#byExpiry.remove([expiresAtMs, path]);
    this.#addToTotal(-size);
  }

  /** Those that expired at or before `atMs`, the earliest first. */
  expired(atMs: number, limit: number): LedgerEntry[] {
    return this.#entries(this.#byExpiry.getKeys({ end: [atMs, AFTER_NAMES], limit }));
  }

  oldest(limit: number): LedgerEntry[] {
    return this.#entries(this.#byAge.getKeys({ limit }));
  }

  #entries(keys: Iterable<unknown>): LedgerEntry[] {
    return Array.from(keys).flatMap((key) => this.get((key as [number, string])[1]) ?? []);
  }

  #addToTotal(bytes: number): void {
    void this.#totals.put('bytes', (this.totalBytes + bytes).toString());
  }
}
