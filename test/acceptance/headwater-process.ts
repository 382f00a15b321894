import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DeployedRegion, Deployment } from './deployment';

/** `headwater start` as a process of its own, on free ports, as a person runs it. */
export interface HeadwaterProcess extends Deployment {
  readonly output: string;
  /** Where viewers and the console go. */
  readonly edgeUrl: string;
  /** All it has written until now, its log too. */
  said(): string;
  /** Ends it. @returns the exit code, or the signal that killed it. */
  end(signal: 'SIGKILL' | 'SIGTERM' | 'SIGINT'): Promise<number | string>;
}

const STARTED_MS_MAX = 25_000;

export async function startProcess(
  dataDirectory: string,
  more: readonly string[] = [],
): Promise<HeadwaterProcess> {
  const shim = join(__dirname, '..', '..', 'bin', 'headwater.js');
  const options = ['--port', '0', '--region', 'one:0', '--region', 'two:0', '--data', dataDirectory];
  const child = spawn(process.execPath, [shim, 'start', ...options, ...more], { stdio: 'pipe' });
  const exited = new Promise<number | string>((resolve) =>
    child.on('exit', (code, signal) => resolve(code ?? signal ?? 'unknown')),
  );
  const written: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes: Buffer) => written.push(bytes.toString()));
  const output = await outputOf(child);
  const regions = [...output.matchAll(/Region +(http:\S+) +\((\w+):/g)].map(([, url = '', name = '']) =>
    regionAt(name, url),
  );
  return {
    output,
    edgeUrl: /Player +(http:.*)\/console\//.exec(output)?.[1] ?? '',
    said: () => written.join(''),
    regions,
    token: readFileSync(join(dataDirectory, 'control-token'), 'utf8').trim(),
    end(signal) {
      child.kill(signal);
      return exited;
    },
  };
}

function regionAt(name: string, url: string): DeployedRegion {
  return { name, publishUrl: url, serveUrl: url, controlUrl: url };
}

/** What it prints once it takes requests. */
function outputOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const late = setTimeout(() => reject(new Error(`wanted it to start, got ${text}`)), STARTED_MS_MAX);
    child.stderr?.on('data', (bytes: Buffer) => (text += bytes.toString()));
    child.stdout?.on('data', (bytes: Buffer) => {
      text += bytes.toString();
      if (!text.includes('Token ')) return;
      clearTimeout(late);
      resolve(text);
    });
    child.on('exit', (code) =>
      reject(new Error(`wanted it to run, got exit ${code ?? 'by signal'}: ${text}`)),
    );
  });
}
