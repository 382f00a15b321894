import {
  closeSync,
  existsSync,
  fdatasync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
  write,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Clock } from '../../origin/ports/clock';
import type { ByteLedger, LedgerEntry } from './byte-ledger';
import { syncPath, type Durability, type Environment } from './environment';

const writeAsync = promisify(write);
const fdatasyncAsync = promisify(fdatasync);

/** Bytes. A file of 50 kB takes 0.09 ms when a thread does nothing of it, 0.36 ms when one writes its bytes. */
const IN_LINE_MAX = 65_536;

const TEMPORARY = 'tmp';

/**
 * The files of one region: written whole under a temporary name, then renamed, so that a name is never there with
 * half of its bytes.
 *
 * Measured (2 cores, ext4, one writer): for 500 kB, opening, closing and renaming in line with only the bytes written
 * by a thread takes 0.18 ms, all four by threads 0.38 ms; with 16 writers of 50 kB the latter costs 1.6 times the CPU.
 * Writing large bodies in line too is as fast, but each 4 MB would stop every other request for 4 to 9 ms.
 */
export class RegionFiles {
  readonly #directory: string;
  readonly #durability: Durability;
  readonly #environment: Environment;
  readonly #ledger: ByteLedger;
  readonly #clock: Clock;
  /** Paths being written: entered in the ledger, not yet renamed. */
  readonly #writing = new Map<string, number>();
  #temporaries = 0;

  constructor(
    directory: string,
    durability: Durability,
    environment: Environment,
    ledger: ByteLedger,
    clock: Clock,
  ) {
    this.#directory = directory;
    this.#durability = durability;
    this.#environment = environment;
    this.#ledger = ledger;
    this.#clock = clock;
    // Left by a process that was killed.
    rmSync(join(directory, TEMPORARY), { recursive: true, force: true });
    mkdirSync(join(directory, TEMPORARY), { recursive: true });
  }

  absolute(path: string): string {
    return join(this.#directory, path);
  }

  /** Size and times of a file that is there whole; undefined while it is being written. */
  entry(path: string): LedgerEntry | undefined {
    return existsSync(this.absolute(path)) ? this.#ledger.get(path) : undefined;
  }

  /** Durable when it resolves; an earlier file of that path is replaced as a whole. */
  async write(path: string, parts: readonly Uint8Array[], expiresAtMs: number): Promise<void> {
    const size = parts.reduce((sum, part) => sum + part.byteLength, 0);
    const entry = { path, size, expiresAtMs, writtenAtMs: this.#clock.nowMs() };
    this.#writing.set(path, (this.#writing.get(path) ?? 0) + 1);
    try {
      const [, temporary] = await Promise.all([
        this.#environment.write(() => this.#ledger.enter(entry)),
        this.#writeTemporary(parts),
      ]);
      this.#moveIntoPlace(temporary, path);
    } catch (error) {
      await this.#forgetIfAbsent(path);
      throw error;
    } finally {
      const writers = (this.#writing.get(path) ?? 1) - 1;
      if (writers === 0) this.#writing.delete(path);
      else this.#writing.set(path, writers);
    }
  }

  /**
   * Removes a file and its ledger entry, unless it is being written again. Runs inside {@link Environment.write} and
   * in one go, so that nobody can write the path in between.
   */
  remove(entry: LedgerEntry): boolean {
    if (this.#writing.has(entry.path)) return false;
    rmSync(this.absolute(entry.path), { force: true });
    this.#ledger.remove(entry);
    return true;
  }

  /** Removes the directories above `path` that are empty now. */
  prune(path: string): void {
    for (let parent = dirname(path); parent !== '.'; parent = dirname(parent)) {
      try {
        rmdirSync(this.absolute(parent));
      } catch {
        return;
      }
    }
  }

  /** A write that failed (a full disk) must not count as bytes held, unless an earlier file of that path is there. */
  async #forgetIfAbsent(path: string): Promise<void> {
    await this.#environment.write(() => {
      const entry = this.#ledger.get(path);
      if (entry !== undefined && !existsSync(this.absolute(path))) this.#ledger.remove(entry);
    });
  }

  async #writeTemporary(parts: readonly Uint8Array[]): Promise<string> {
    const temporary = this.absolute(join(TEMPORARY, (this.#temporaries += 1).toString()));
    const descriptor = openSync(temporary, 'wx');
    try {
      for (const part of parts) await writeWhole(descriptor, part);
      if (this.#durability === 'disk') await fdatasyncAsync(descriptor);
    } catch (error) {
      unlinkSync(temporary);
      throw error;
    } finally {
      closeSync(descriptor);
    }
    return temporary;
  }

  #moveIntoPlace(temporary: string, path: string): void {
    try {
      this.#rename(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
    if (this.#durability === 'disk') syncPath(dirname(this.absolute(path)));
  }

  /** Directories are made when one is found missing: a sweep may have pruned it since the last write. */
  #rename(temporary: string, path: string): void {
    const target = this.absolute(path);
    try {
      renameSync(temporary, target);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      mkdirSync(dirname(target), { recursive: true });
      renameSync(temporary, target);
      if (this.#durability === 'disk') this.#syncAncestors(dirname(path));
    }
  }

  #syncAncestors(path: string): void {
    for (let parent = dirname(path); ; parent = dirname(parent)) {
      syncPath(this.absolute(parent));
      if (parent === '.') return;
    }
  }
}

/** write(2) may take less than it was given. */
async function writeWhole(descriptor: number, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.byteLength;) {
    const left = bytes.byteLength - done;
    done +=
      left <= IN_LINE_MAX
        ? writeSync(descriptor, bytes, done, left)
        : (await writeAsync(descriptor, bytes, done, left)).bytesWritten;
  }
}
