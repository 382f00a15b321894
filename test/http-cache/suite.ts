import { execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const VERSION = '0.4.5';
/** The client's one dependency; the package names npm 6 as well, for scripts that nobody runs here. */
const FETCH_VERSION = '2.7.0';

/** One test of the suite, with what came of it. */
export interface CacheTest {
  readonly id: string;
  /** Wanted by HTTP, good to have, or only asked where HTTP leaves it free. */
  readonly kind: 'required' | 'optimal' | 'check';
  /** Undefined: it passed. `Setup: ...` for what failed before its question was asked. */
  readonly failure: string | undefined;
}

interface Told {
  readonly groups: readonly {
    readonly tests: readonly { readonly id: string; readonly kind?: CacheTest['kind'] }[];
  }[];
  readonly results: Results;
}

/** As the suite writes them, by test. */
type Results = Readonly<Record<string, true | readonly [name: string, message: string]>>;

/**
 * The suite of https://cache-tests.fyi (Mark Nottingham), installed beside the project and kept in the temporary folder from
 * one run to the next.
 * @returns the package's folder
 */
export function installCacheSuite(): string {
  const folder = join(tmpdir(), `headwater-http-cache-tests-${VERSION}`);
  const installed = join(folder, 'package');
  if (existsSync(installed)) return installed;
  const unpacked = join(folder, 'unpacked');
  mkdirSync(unpacked, { recursive: true });
  const quiet = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--silent'];
  execFileSync('npm', ['install', '--prefix', folder, ...quiet, `node-fetch@${FETCH_VERSION}`]);
  const archive = `http-cache-tests-${VERSION}.tgz`;
  execFileSync('npm', ['pack', '--pack-destination', folder, '--silent', `http-cache-tests@${VERSION}`]);
  execFileSync('tar', ['-xzf', join(folder, archive), '-C', unpacked]);
  // The last step: what was interrupted before it is installed again.
  renameSync(join(unpacked, 'package'), installed);
  return installed;
}

/** The suite's server, an origin that answers as each test configures it. */
export async function startCacheOrigin(folder: string): Promise<{ readonly url: string; stop(): void }> {
  const child = spawn(process.execPath, ['server/server.mjs'], {
    cwd: folder,
    env: {
      ...process.env,
      npm_config_protocol: 'http',
      npm_config_port: '0',
      npm_config_pidfile: join(folder, 'server.pid'),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (piece: Buffer) => {
      said = (said + piece.toString()).slice(-10_000);
      const [, found] = /^Listening on .*:(\d+)\/$/m.exec(said) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`the suite's server: exit ${code}\n${said}`)));
  });
  return { url: `http://localhost:${port}`, stop: () => void child.kill() };
}

/** Runs every test against `base`. */
export async function runCacheSuite(folder: string, base: string): Promise<readonly CacheTest[]> {
  const client = join(__dirname, 'client.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [client, folder, base], {
    maxBuffer: 64 * 2 ** 20,
  });
  const { groups, results } = JSON.parse(stdout) as Told;
  return groups.flatMap(({ tests }) =>
    tests.flatMap(({ id, kind = 'required' }) => {
      const result = results[id];
      // Those for browsers alone were not run.
      if (result === undefined) return [];
      return [{ id, kind, failure: result === true ? undefined : result.join(': ') }];
    }),
  );
}

/** Ids of the tests that a cache passes by the results that come with the suite. @param cache `nginx`, `varnish`, ... */
export function publishedPasses(folder: string, cache: string): ReadonlySet<string> {
  const results = JSON.parse(readFileSync(join(folder, 'results', `${cache}.json`), 'utf8')) as Results;
  return new Set(Object.keys(results).filter((id) => results[id] === true));
}
