import { mkdirSync } from 'node:fs';
import { open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Digester } from '../origin/ports/digester';
import type { ParcelHead } from './parcel';

/** Name of a file in its folder. */
export type SpoolFile = string;

export interface Spooled {
  readonly head: ParcelHead;
  readonly file: SpoolFile;
}

const headSchema = v.object({
  kind: v.picklist(['init', 'segment', 'document', 'other']),
  path: v.string(),
  track: v.string(),
  headers: v.record(v.string(), v.string()),
  digest: v.string(),
  receivedAtMs: v.number(),
  sequence: v.number(),
  size: v.number(),
});

const SUFFIX = '.parcel';
const NEWLINE = 10;
/** A head with its headers; a file without a line end so far down is none of ours. */
const HEAD_BYTES_MAX = 16_384;
const FAILURES_KEPT = 1;

/**
 * A folder of parcels: a line of JSON, then the bytes. Files are renamed into place and checked against their digest, so
 * that a process killed at any moment leaves whole parcels or nothing.
 */
export class SpoolFolder {
  readonly #folder: string;
  readonly #digester: Digester;
  readonly #onError: (error: unknown) => void;
  #last: Promise<unknown> = Promise.resolve();
  #failures = 0;

  /** @throws node's error when the folder cannot be made. */
  constructor(folder: string, digester: Digester, onError: (error: unknown) => void) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#folder = folder;
    this.#digester = digester;
    this.#onError = onError;
  }

  /** Resolves when everything asked so far is done. */
  async idle(): Promise<void> {
    await this.#last;
  }

  /**
   * One after another, in the order asked.
   * @param name replaces what has the same; unique unless given
   * @param bytes asked when its turn has come; undefined: it is not wanted any more
   * @returns undefined when it was not written.
   */
  write(
    head: ParcelHead,
    bytes: () => Uint8Array | undefined,
    name = `${head.sequence}-${head.digest.slice(0, 8)}`,
  ): Promise<SpoolFile | undefined> {
    return this.#inOrder(async () => {
      const wanted = bytes();
      if (wanted === undefined) return undefined;
      const file = name + SUFFIX;
      const path = join(this.#folder, file);
      await writeFile(`${path}.new`, [`${JSON.stringify(head)}\n`, wanted]);
      await rename(`${path}.new`, path);
      return file;
    });
  }

  remove(file: SpoolFile): void {
    void this.#inOrder(() => rm(join(this.#folder, file), { force: true }));
  }

  /** @returns undefined for what is not there, or not what was written. */
  async read(file: SpoolFile): Promise<Uint8Array | undefined> {
    try {
      const content = await readFile(join(this.#folder, file));
      const { head, end } = headOf(content) ?? {};
      const bytes = content.subarray(end);
      return head?.digest === this.#digester.sha256Hex(bytes) ? bytes : undefined;
    } catch (error) {
      this.#failed(error);
      return undefined;
    }
  }

  /** What an earlier process left, in order of arrival; what is torn is removed. */
  async load(): Promise<readonly Spooled[]> {
    const found: Spooled[] = [];
    for (const file of await readdir(this.#folder)) {
      const head = file.endsWith(SUFFIX) ? await this.#headOf(file) : undefined;
      if (head !== undefined) found.push({ head, file });
      else if (file.includes(SUFFIX)) this.remove(file);
    }
    return found.sort((left, right) => left.head.sequence - right.head.sequence);
  }

  async #headOf(file: SpoolFile): Promise<ParcelHead | undefined> {
    const handle = await open(join(this.#folder, file));
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES_MAX), 0, HEAD_BYTES_MAX, 0);
      const { head, end = 0 } = headOf(buffer.subarray(0, bytesRead)) ?? {};
      return head !== undefined && (await handle.stat()).size === end + head.size ? head : undefined;
    } finally {
      await handle.close();
    }
  }

  #inOrder<T>(task: () => Promise<T | undefined>): Promise<T | undefined> {
    const done = this.#last.then(task).catch((error: unknown) => {
      this.#failed(error);
      return undefined;
    });
    this.#last = done;
    return done;
  }

  /** A full disk fails with every parcel: it is said once. */
  #failed(error: unknown): void {
    if (this.#failures++ < FAILURES_KEPT) this.#onError(error);
  }
}

/** @returns undefined for what is no head of ours; `end`: where the bytes begin. */
function headOf(content: Buffer): { readonly head: ParcelHead; readonly end: number } | undefined {
  const end = content.subarray(0, HEAD_BYTES_MAX).indexOf(NEWLINE);
  if (end === -1) return undefined;
  try {
    const head = v.safeParse(headSchema, JSON.parse(content.toString('utf8', 0, end)));
    return head.success ? { head: head.output, end: end + 1 } : undefined;
  } catch {
    return undefined;
  }
}
