import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * The program of a package of PyPI, installed once, in a virtual environment of the user's cache folder. Needs Python 3 and,
 * the first time, PyPI.
 * @param version pinned: the next one may behave otherwise
 */
export function pythonTool(name: string, version: string): string {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const venv = join(cache, 'headwater', `${name}-${version}`);
  const installed = join(venv, 'bin', name);
  if (existsSync(installed)) return installed;
  mkdirSync(venv, { recursive: true });
  run('python3', ['-m', 'venv', venv]);
  run(join(venv, 'bin', 'pip'), ['install', '--quiet', `${name}==${version}`]);
  return installed;
}

function run(program: string, parameters: readonly string[]): void {
  const { status, error } = spawnSync(program, parameters, { stdio: 'inherit' });
  if (status !== 0)
    throw new Error(`${program} ${parameters.join(' ')}: wanted exit status 0, got ${status ?? 'none'}`, {
      cause: error,
    });
}
