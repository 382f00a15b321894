import { closeSync, fsyncSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { open, type Database, type Key, type RootDatabase } from 'lmdb';

/**
 * What an acknowledged write survives.
 * - `process`: the process being killed (SIGKILL). The operating system has it and writes it to disk in its own time;
 *   after a crash of the machine the region starts empty, because what was written then cannot be told from what was
 *   not.
 * - `disk`: a crash of the machine too. Every write waits for fsync, some 0.5 ms to 10 ms each.
 */
export type Durability = 'process' | 'disk';

/** Raised when the layout changes; a directory of another version is refused, never guessed at. */
const SCHEMA_VERSION = 1;

/** Sorts after every name and id: these are ASCII. Ends the range of all keys that begin alike. */
export const AFTER_NAMES = '\uffff';

/** An ordered table of strings (mostly JSON) in one LMDB environment. */
export type Table = Database<string>;

/** A directory cannot be used as it is; the message says what to do. */
export class DirectoryRefused extends Error {
  override readonly name = 'DirectoryRefused';
}

/** One LMDB environment: tables that change together. Reads are synchronous, from memory that the file is mapped to. */
export interface Environment {
  table(name: string): Table;
  /**
   * Runs `action` alone and commits all of its writes, or none when it throws. Resolves once they are durable.
   * `action` must be synchronous.
   */
  write<T>(action: () => T): Promise<T>;
  close(): Promise<void>;
}

/**
 * @param content what the directory holds, for example `region us-east-1`: another content is refused.
 * @throws {@link DirectoryRefused} when the directory was written by another version or holds something else.
 */
export function openEnvironment(directory: string, content: string, durability: Durability): Environment {
  const root = open({
    path: directory,
    encoding: 'string',
    maxDbs: 16,
    // Measured (2 cores, ext4): a commit without fsync takes 10 us and leaves the process at once, so that a killed
    // process loses nothing. With fsync, waiting for it in the commit is 0.5 ms at one writer; the overlapping kind
    // that lmdb prefers is 1.5 ms, and no faster at 16.
    noSync: durability === 'process',
    overlappingSync: false,
  });
  checkContent(root, directory, content);
  return {
    table: (name) => root.openDB<string, Key>({ name, encoding: 'string' }),
    // 9 us in line; by lmdb's writer thread 65 us, at 16 writers 120 us. With fsync the thread is what lets writers
    // share a commit and keeps the event loop free.
    write: async (action) =>
      durability === 'process' ? root.transactionSync(action) : root.transaction(action),
    async close() {
      await root.close();
      syncPath(join(directory, 'data.mdb'));
    },
  };
}

function checkContent(root: RootDatabase, directory: string, content: string): void {
  const meta = root.openDB<string, Key>({ name: 'meta', encoding: 'string' });
  const wanted = `${content}, schema ${SCHEMA_VERSION}`;
  const found = meta.get('content');
  if (found === undefined) meta.putSync('content', wanted);
  else if (found !== wanted)
    throw new DirectoryRefused(
      `directory ${directory}: wanted "${wanted}", got "${found}"; use another directory, or the version that wrote it`,
    );
}

/** Waits until a file, or the names in a directory, are on disk. */
export function syncPath(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
