import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const OWNER_ONLY = 0o600;

/** A small file of the data directory that only its owner may read; undefined when it is not there. */
export function readSecret(directory: string, name: string): string | undefined {
  try {
    return readFileSync(join(directory, name), 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Replaces it whole: a process that is killed leaves the former one. */
export function writeSecret(directory: string, name: string, text: string): void {
  const path = join(directory, name);
  writeFileSync(`${path}.new`, `${text}\n`, { mode: OWNER_ONLY });
  // A file left by an earlier attempt keeps its mode.
  chmodSync(`${path}.new`, OWNER_ONLY);
  renameSync(`${path}.new`, path);
}
