import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

export interface Server {
  readonly url: string;
  /** Resolves once the process has ended. */
  readonly stop: () => Promise<void>;
}

const START_MS_MAX = 20_000;

/** Waits until something answers, whatever it says. */
export async function untilAnswers(url: string): Promise<void> {
  const giveUp = performance.now() + START_MS_MAX;
  for (;;) {
    const answered = await fetch(url).then(
      () => true,
      () => false,
    );
    if (answered) return;
    if (performance.now() > giveUp) throw new Error(`nothing answers at ${url}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export const CONTROL_TOKEN = 'bench-control-token-of-no-value';

/** The embedded run with one region, as `npx headwater start` starts it. */
export async function startHeadwater(
  directory: string,
  edgePort: number,
  port: number,
): Promise<Server & { edge: string }> {
  const args = ['start', '--data', directory, '--port', `${edgePort}`, '--region', `local:${port}`];
  const child = spawn(
    process.execPath,
    [join(__dirname, '../bin/headwater.js'), ...args, '--control-token', CONTROL_TOKEN],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  await untilAnswers(`http://127.0.0.1:${port}/healthz`);
  await untilAnswers(`http://127.0.0.1:${edgePort}/healthz`);
  return {
    url: `http://127.0.0.1:${port}`,
    edge: `http://127.0.0.1:${edgePort}`,
    stop: () => ended(child),
  };
}

/** `headwater edge` before `region`. */
export async function startEdge(region: string, port: number): Promise<Server> {
  const child = spawn(
    process.execPath,
    [join(__dirname, '../bin/headwater.js'), 'edge', '--origin', region, '--port', `${port}`],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, HEADWATER_CONTROL_TOKEN: CONTROL_TOKEN },
    },
  );
  const url = `http://127.0.0.1:${port}`;
  await untilAnswers(`${url}/live/time`);
  return { url, stop: () => ended(child) };
}

export function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}
