import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { guardBoxes } from '../origin/media/box-guard';
import type { Clock } from '../origin/ports/clock';
import { pausesOn } from './pauses';
import { kindOf } from './verdict';

export interface WatcherOptions {
  readonly directory: string;
  /** Larger files are left alone. */
  readonly fileBytesMax: number;
  readonly clock: Clock;
  /** A complete file, and each time it was written anew; `path` is relative, with slashes. */
  readonly onFile: (path: string, bytes: Uint8Array) => void;
  readonly isWanted: (path: string) => boolean;
  readonly onError: (error: unknown) => void;
  /** How long size and time must stay as they are. Default 500. */
  readonly settleMs?: number;
}

export interface Watcher {
  /** Resolves when the look under way has ended; nothing is handed over after. */
  stop(): Promise<void>;
}

interface Seen {
  readonly size: number;
  readonly mtimeMs: number;
  readonly inode: number;
  readonly sinceMs: number;
  done: boolean;
}

const SETTLE_MS = 500;
/** From one look to the next; longer where the looks themselves take long. */
const LOOK_MS = 200;
const LOOK_SHARE = 5;
/** A file that breaks off within a box is waited for longer: its packager writes in pieces. */
const BROKEN_SETTLES = 10;
const FILES_MAX = 20_000;
const INIT_BYTES_MAX = 65_536;
/** What packagers call a file that is not complete. */
const UNFINISHED = /(^|\/)\.|\.(tmp|part|new)$|~$/;

/**
 * Looks into a directory, again and again: file systems of a network tell no changes. A file is complete when it was
 * renamed from an unfinished name, or when it has not changed for a while and its boxes are whole. What is there at the
 * start was published by somebody before, except for inits, which whatever comes next needs.
 */
export function startWatcher(options: WatcherOptions): Watcher {
  const look = new DirectoryLook(options);
  const pauses = pausesOn(options.clock);
  const ended = (async () => {
    await look.first();
    while (!pauses.stopped) {
      const startedMs = options.clock.nowMs();
      await look.next();
      const tookMs = options.clock.nowMs() - startedMs;
      await pauses.sleepUntil(options.clock.nowMs() + Math.max(LOOK_MS, LOOK_SHARE * tookMs));
    }
  })();
  return {
    async stop() {
      pauses.stop();
      look.stop();
      await ended;
    },
  };
}

class DirectoryLook {
  readonly #options: WatcherOptions;
  #seen = new Map<string, Seen>();
  #unfinished = new Set<number>();
  #stopped = false;

  constructor(options: WatcherOptions) {
    this.#options = options;
  }

  stop(): void {
    this.#stopped = true;
  }

  async first(): Promise<void> {
    await this.next((path, size) => this.#isInit(path, size));
  }

  /** @param isNew for what was not there before: whether it is to be sent. */
  async next(isNew?: (path: string, size: number) => Promise<boolean>): Promise<void> {
    const before = this.#seen;
    const unfinishedBefore = this.#unfinished;
    this.#seen = new Map();
    this.#unfinished = new Set();
    for (const path of await this.#files()) {
      if (this.#stopped) return;
      const now = await this.#statusOf(path);
      if (now === undefined) continue;
      if (UNFINISHED.test(path)) {
        this.#unfinished.add(now.inode);
        continue;
      }
      const known = before.get(path);
      const same = known?.size === now.size && known.mtimeMs === now.mtimeMs && known.inode === now.inode;
      const seen = same ? known : now;
      if (!same && isNew !== undefined) seen.done = !(await isNew(path, now.size));
      this.#seen.set(path, seen);
      if (!seen.done && now.size > 0) await this.#offer(path, seen, unfinishedBefore.has(now.inode));
    }
  }

  async #files(): Promise<readonly string[]> {
    const { directory, isWanted, onError } = this.#options;
    try {
      const entries = await readdir(directory, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile()).slice(0, FILES_MAX);
      return files
        .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join('/'))
        .filter((path) => UNFINISHED.test(path) || isWanted(path))
        .sort();
    } catch (error) {
      onError(error);
      return [];
    }
  }

  async #statusOf(path: string): Promise<Seen | undefined> {
    try {
      const { size, mtimeMs, ino } = await stat(join(this.#options.directory, path));
      const sinceMs = this.#options.clock.nowMs();
      return { size, mtimeMs, inode: ino, sinceMs, done: size > this.#options.fileBytesMax };
    } catch {
      // Gone since the directory was read: packagers remove what slides out of their window.
      return undefined;
    }
  }

  async #offer(path: string, seen: Seen, renamed: boolean): Promise<void> {
    const { clock, settleMs = SETTLE_MS, onFile, onError } = this.#options;
    const stillMs = clock.nowMs() - seen.sinceMs;
    if (!renamed && stillMs < settleMs) return;
    try {
      const bytes = await readFile(join(this.#options.directory, path));
      if (bytes.length !== seen.size) return;
      if (!renamed && stillMs < BROKEN_SETTLES * settleMs && isBroken(path, bytes)) return;
      seen.done = true;
      onFile(path, bytes);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') onError(error);
    }
  }

  async #isInit(path: string, size: number): Promise<boolean> {
    if (size > INIT_BYTES_MAX) return false;
    try {
      return kindOf(path, await readFile(join(this.#options.directory, path))) === 'init';
    } catch {
      return false;
    }
  }
}

function isBroken(path: string, bytes: Uint8Array): boolean {
  const kind = kindOf(path, bytes);
  return (kind === 'init' || kind === 'segment') && guardBoxes(bytes).kind === 'refused';
}
