export interface SharedReadOptions {
  /** Of the whole object: a source that brings another number of bytes has failed. */
  readonly size: number;
  /** Called once the source ended: with the whole object, or without it after a failure. */
  readonly onEnd: (whole: Uint8Array | undefined) => void;
  /** Called when the object begins to take memory, and when neither the source nor a reader needs it any more. */
  readonly onUse: (isUsed: boolean) => void;
}

/**
 * One read of an object that any number of readers share: each sees it from its beginning at its own pace, and none
 * waits for another.
 */
export class SharedRead {
  readonly #pieces: Uint8Array[] = [];
  readonly #options: SharedReadOptions;
  #bytes = 0;
  /** Readers that have begun, and the source. */
  #users = 0;
  #failure: { readonly error: unknown } | undefined;
  #moved: Promise<void>;
  #move: () => void = () => undefined;

  constructor(source: AsyncIterable<Uint8Array>, options: SharedReadOptions) {
    this.#options = options;
    this.#moved = this.#nextMove();
    void this.#fill(source);
  }

  /** The bytes `start` to `end - 1` as they come. @throws what the source threw, in the middle too. */
  async *part(start: number, end: number): AsyncGenerator<Uint8Array> {
    this.#enter();
    try {
      let at = 0;
      for (let index = 0; at < end; index += 1) {
        const piece = await this.#piece(index);
        const wanted = piece.subarray(Math.max(0, start - at), Math.max(0, end - at));
        at += piece.byteLength;
        if (wanted.byteLength > 0) yield wanted;
      }
    } finally {
      this.#leave();
    }
  }

  async #piece(index: number): Promise<Uint8Array> {
    for (;;) {
      const piece = this.#pieces[index];
      if (piece !== undefined) return piece;
      if (this.#failure !== undefined) throw this.#failure.error;
      await this.#moved;
    }
  }

  async #fill(source: AsyncIterable<Uint8Array>): Promise<void> {
    const { size, onEnd } = this.#options;
    this.#enter();
    try {
      for await (const piece of source) {
        this.#bytes += piece.byteLength;
        if (this.#bytes > size) break;
        this.#pieces.push(piece);
        this.#wake();
      }
      if (this.#bytes !== size) throw new Error(`object: wanted ${size} bytes, got ${this.#bytes}`);
      onEnd(this.#joined());
    } catch (error) {
      this.#failure = { error };
      onEnd(undefined);
    } finally {
      this.#wake();
      this.#leave();
    }
  }

  #enter(): void {
    this.#users += 1;
    if (this.#users === 1) this.#options.onUse(true);
  }

  #leave(): void {
    this.#users -= 1;
    if (this.#users === 0) this.#options.onUse(false);
  }

  #wake(): void {
    const move = this.#move;
    this.#moved = this.#nextMove();
    move();
  }

  #nextMove(): Promise<void> {
    return new Promise((resolve) => (this.#move = resolve));
  }

  #joined(): Uint8Array {
    const [only] = this.#pieces;
    if (this.#pieces.length === 1 && only !== undefined) return only;
    const whole = new Uint8Array(this.#bytes);
    let at = 0;
    for (const piece of this.#pieces) {
      whole.set(piece, at);
      at += piece.byteLength;
    }
    return whole;
  }
}
