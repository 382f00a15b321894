import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';

/** Where Debian has daemons; not every user's PATH goes there. */
const FOLDERS = ['/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin'];

/** @throws when the machine has no such program: a suite that needs it must not pass without it. */
export function programPath(name: string): string {
  const found = FOLDERS.map((folder) => `${folder}/${name}`).find(existsSync);
  if (found === undefined) throw new Error(`${name}: wanted in ${FOLDERS.join(', ')}, got nothing`);
  return found;
}

export function modulePath(): string {
  const path = '/usr/lib/nginx/modules/ngx_http_js_module.so';
  if (!existsSync(path)) throw new Error(`${path}: wanted libnginx-mod-http-js, got nothing`);
  return path;
}

/** One program in the foreground, ended by its own id. */
export class Daemon {
  readonly #child: ChildProcess;
  readonly #name: string;
  #said = '';

  constructor(name: string, args: readonly string[]) {
    this.#name = name;
    this.#child = spawn(programPath(name), args, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (text: Buffer) => (this.#said = (this.#said + text.toString()).slice(-20_000)));
  }

  /** @throws what it said, when it has ended. */
  expectRunning(): void {
    if (this.#child.exitCode !== null)
      throw new Error(`${this.#name}: wanted it to run, got exit ${this.#child.exitCode}\n${this.#said}`);
  }

  /** SIGSTOP and SIGCONT, for silence without an end. */
  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGTERM');
    await ended;
  }
}

/** Below those that the system gives to outgoing connections, one of which may be anywhere a moment later. */
const PORTS = { first: 20_000, count: 12_000 };

/** A port of loopback that is free, and that nothing but another test would take. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = PORTS.first + Math.floor(Math.random() * PORTS.count);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
