import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleepMs } from 'node:timers/promises';
import { pythonTool } from '../support/python-tool';

/** Pinned: the next version may emulate something else. */
const VERSION = '1.5.33';

const START_MS_MAX = 60_000;
const STOP_MS_MAX = 5000;

export interface MiniStack {
  readonly port: number;
  /** For `AWS_ENDPOINT_URL`. */
  readonly endpoint: string;
  readonly stop: () => Promise<void>;
}

/**
 * Starts MiniStack, an emulator of AWS, on a free port of loopback. It is taken from PATH, or installed once from PyPI
 * into the user's cache folder.
 * @param workDirectory for its state and its log; the caller removes it.
 */
export async function startMiniStack(workDirectory: string): Promise<MiniStack> {
  const port = await freePort();
  const endpoint = `http://localhost:${port}`;
  const temporary = join(workDirectory, 'tmp');
  mkdirSync(temporary, { recursive: true });
  const log = openSync(join(workDirectory, 'ministack.log'), 'a');
  const child = spawn(command(), [], {
    // Its own process group: functions run as its children, and they end with it.
    detached: true,
    stdio: ['ignore', log, log],
    env: {
      ...process.env,
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: port.toString(),
      MINISTACK_HOST: 'localhost',
      LAMBDA_EXECUTOR: 'local',
      // Policies are enforced: a function may do what its role says, and no more.
      AUTH: 'true',
      STATE_DIR: join(workDirectory, 'state'),
      S3_DATA_DIR: join(workDirectory, 's3'),
      // It unpacks each function's bundle there and leaves it.
      TMPDIR: temporary,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    },
  });
  try {
    await healthy(child, `${endpoint}/_ministack/health`);
  } catch (error) {
    await stop(child);
    throw error;
  }
  return { port, endpoint, stop: () => stop(child) };
}

function command(): string {
  const found = spawnSync('ministack', ['--version'], { stdio: 'ignore' }).error === undefined;
  return found ? 'ministack' : pythonTool('ministack', VERSION);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

async function healthy(child: ChildProcess, url: string): Promise<void> {
  const untilMs = Date.now() + START_MS_MAX;
  for (;;) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok === true) return;
    if (child.exitCode !== null || Date.now() > untilMs)
      throw new Error(`${url}: wanted an answer within ${START_MS_MAX} ms, got none; see ministack.log`);
    await sleepMs(200);
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  signalGroup(child.pid, 'SIGTERM');
  await Promise.race([ended, sleepMs(STOP_MS_MAX)]);
  // Workers of functions that did not follow.
  signalGroup(child.pid, 'SIGKILL');
}

function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
