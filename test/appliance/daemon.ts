import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

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

/** A port of loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
