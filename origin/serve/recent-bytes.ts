/**
 * The newest objects, in memory, up to a number of bytes: what is written enters, what is read stays longer, what has
 * lain longest leaves. Old objects read from disk never enter, so that a DVR reader cannot push out the live edge.
 */
export class RecentBytes {
  /** The limit of {@link RecentBytes.bytes}. */
  readonly maxBytes: number;
  /** In order of last use: a Map keeps the order of insertion. */
  readonly #objects = new Map<string, Uint8Array>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** Held now. */
  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): Uint8Array | undefined {
    const object = this.#objects.get(key);
    if (object === undefined) return undefined;
    this.#objects.delete(key);
    this.#objects.set(key, object);
    return object;
  }

  /** Keeps `object` itself, which must not change any more; one larger than the whole memory is not kept. */
  put(key: string, object: Uint8Array): void {
    this.delete(key);
    if (object.byteLength > this.maxBytes) return;
    const kept = ownMemory(object);
    this.#objects.set(key, kept);
    this.#bytes += kept.byteLength;
    for (const oldest of this.#objects.keys()) {
      if (this.#bytes <= this.maxBytes) break;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const object = this.#objects.get(key);
    if (object === undefined) return;
    this.#objects.delete(key);
    this.#bytes -= object.byteLength;
  }
}

/** A small part of a large buffer would keep all of it alive, uncounted. */
function ownMemory(object: Uint8Array): Uint8Array {
  return object.buffer.byteLength > 2 * object.byteLength ? new Uint8Array(object) : object;
}
