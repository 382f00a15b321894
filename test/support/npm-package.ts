import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The folder of a package that stands beside the project: what a few tests need and is too large for everybody's
 * `npm ci`. Kept in the temporary folder from one run to the next.
 * @throws npm's error, where the registry cannot be reached.
 */
export function npmPackage(name: string, version: string): string {
  const prefix = join(tmpdir(), `headwater-${name}-${version}`);
  const folder = join(prefix, 'node_modules', name);
  if (existsSync(folder)) return folder;
  mkdirSync(prefix, { recursive: true });
  const quiet = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts'];
  execFileSync('npm', ['install', '--prefix', prefix, ...quiet, `${name}@${version}`]);
  return folder;
}
