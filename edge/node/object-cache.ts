import type { ServedSegment } from './invalidations';

/** A whole response as an edge keeps it. */
export interface EdgeObject {
  readonly status: number;
  /** Names in lower case, without those of the connection. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
  readonly receivedAtMs: number;
  readonly freshUntilMs: number;
  /** Until then it may stand in while every origin fails. */
  readonly staleUntilMs: number;
  /** Undefined for what is no segment: manifests, inits. */
  readonly served: ServedSegment | undefined;
}

/** What an entry costs beside its bytes: key, headers, bookkeeping. An estimate, so that empty answers count too. */
const ENTRY_BYTES = 2048;

/** Responses in memory, the least recently used forgotten first. */
export class ObjectCache {
  readonly #bytesMax: number;
  readonly #objects = new Map<string, EdgeObject>();
  #bytes = 0;

  /** @param bytesMax of all entries; one takes an eighth of that at most */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): EdgeObject | undefined {
    const object = this.#objects.get(key);
    if (object === undefined) return undefined;
    // The map's order is the order of use.
    this.#objects.delete(key);
    this.#objects.set(key, object);
    return object;
  }

  put(key: string, object: EdgeObject): void {
    this.delete(key);
    const cost = costOf(object);
    if (cost > this.#bytesMax / 8) return;
    this.#objects.set(key, object);
    this.#bytes += cost;
    for (const oldest of this.#objects.keys()) {
      if (this.#bytes <= this.#bytesMax) break;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const object = this.#objects.get(key);
    if (object === undefined) return;
    this.#objects.delete(key);
    this.#bytes -= costOf(object);
  }

  /**
   * Soft: every fresh entry that `matches` is fetched again before it is used, and stands in only while nobody can be asked.
   * Linear in the entries: for purges, not for requests.
   */
  expireWhere(
    matches: (object: EdgeObject, key: string) => boolean,
    nowMs: number,
    standInUntilMs: number,
  ): void {
    for (const [key, object] of this.#objects)
      if (object.freshUntilMs > nowMs && matches(object, key))
        this.#objects.set(key, { ...object, freshUntilMs: nowMs, staleUntilMs: standInUntilMs });
  }
}

function costOf(object: EdgeObject): number {
  return object.bytes.length + ENTRY_BYTES;
}
