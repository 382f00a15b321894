import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Load {
  readonly url: string;
  readonly script: 'put.lua' | 'get.lua';
  readonly connections: number;
  readonly seconds: number;
  /** What the script reads: BENCH_*. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface LoadResult {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/**
 * One bounded run of wrk (one thread, loopback).
 * @throws when wrk is missing or any request failed: a fast error is no result.
 */
export async function wrk({ url, script, connections, seconds, environment }: Load): Promise<LoadResult> {
  const args = [
    '-t1',
    `-c${connections}`,
    `-d${seconds}s`,
    '--timeout',
    '10s',
    '-s',
    join(__dirname, script),
    url,
  ];
  const { stdout } = await run('wrk', args, { cwd: __dirname, env: { ...process.env, ...environment } });
  const [, rate = '', errors = '', p50 = '', p99 = ''] =
    /^BENCH (\S+) (\d+) (\S+) (\S+)$/m.exec(stdout) ?? [];
  if (rate === '' || errors !== '0')
    throw new Error(`${script} at ${url}: ${errors} failed requests\n${stdout}`);
  return { requestsPerSecond: Number(rate), p50Ms: Number(p50), p99Ms: Number(p99) };
}
