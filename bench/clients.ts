import { request } from 'node:http';
import { connect, type Socket } from 'node:net';

export interface Fetched {
  readonly startedMs: number;
  readonly endedMs: number;
}

interface Asked {
  readonly url: string;
  readonly startedMs: number;
  readonly resolve: (fetched: Fetched) => void;
  readonly reject: (error: Error) => void;
}

/** Where all clients read to: nobody looks at what they read, but for the head of an answer. */
const READ = Buffer.allocUnsafeSlow(256 * 1024);

/**
 * A client with one connection, which takes as little of the machine as it can: the edge shares it, and a thousand of the usual
 * clients cost more than the answers to them.
 */
export class Client {
  readonly #server: URL;
  #socket: Socket | undefined;
  #asked: Asked | undefined;
  #head = '';
  /** Bytes of the answer's body that are still to come; undefined while its head is read. */
  #left: number | undefined;

  constructor(server: string) {
    this.#server = new URL(server);
  }

  /** One at a time. @throws when the answer is not a 200 with a length: a fast error is no result. */
  get(path: string): Promise<Fetched> {
    return new Promise((resolve, reject) => {
      this.#asked = { url: this.#server.origin + path, startedMs: now(), resolve, reject };
      // One that has been idle for long may have been closed.
      this.#socket ??= this.#connect();
      this.#socket.write(`GET ${path} HTTP/1.1\r\nHost: ${this.#server.host}\r\n\r\n`);
    });
  }

  #connect(): Socket {
    const callback = (count: number) => {
      this.#read(count);
      return true;
    };
    const { hostname: host, port } = this.#server;
    const socket = connect({ host, port: Number(port), onread: { buffer: READ, callback } });
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => {
      this.#socket = undefined;
      this.#fail(new Error('the connection was closed'));
    });
    return socket;
  }

  close(): void {
    this.#socket?.destroy();
  }

  #read(count: number): void {
    if (this.#left !== undefined) this.#take(count);
    else {
      this.#head += READ.toString('latin1', 0, count);
      const end = this.#head.indexOf('\r\n\r\n') + 4;
      if (end < 4) return;
      const [, status = 'nothing'] = /^HTTP\/1\.1 (\d{3})/.exec(this.#head) ?? [];
      const [, length] = /\r\ncontent-length: (\d+)\r\n/i.exec(this.#head) ?? [];
      const body = this.#head.length - end;
      if (status !== '200' || length === undefined) {
        this.#fail(new Error(`wanted 200 with a length, got ${status}`));
        return;
      }
      this.#head = '';
      this.#left = Number(length);
      this.#take(body);
    }
  }

  #take(count: number): void {
    this.#left = (this.#left ?? 0) - count;
    if (this.#left > 0 || this.#asked === undefined) return;
    const { startedMs, resolve } = this.#asked;
    this.#left = this.#asked = undefined;
    resolve({ startedMs, endedMs: now() });
  }

  #fail({ message }: Error): void {
    this.#asked?.reject(new Error(`${this.#asked.url}: ${message}`));
    this.#asked = undefined;
  }
}

/** @param count clients, each with a connection of its own */
export function clientsOf(server: string, count: number): readonly Client[] {
  return Array.from({ length: count }, () => new Client(server));
}

/** @returns when the origin says that it was published, and how long the PUT took. */
export function put(
  url: string,
  authorization: string,
  bytes: Buffer,
): Promise<{ publishedAtMs: number; tookMs: number }> {
  const startedMs = now();
  return new Promise((resolve, reject) => {
    const headers = { Authorization: authorization, 'Content-Length': bytes.length };
    const sent = request(url, { method: 'PUT', headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        const tookMs = now() - startedMs;
        const text = Buffer.concat(parts).toString();
        if (response.statusCode !== 201) {
          reject(new Error(`${url}: wanted 201, got ${response.statusCode ?? 'nothing'} ${text}`));
          return;
        }
        resolve({ tookMs, publishedAtMs: (JSON.parse(text) as { publishedAtMs: number }).publishedAtMs });
      });
    });
    sent.on('error', reject);
    sent.end(bytes);
  });
}

/** Epoch milliseconds, with fractions. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}

export function until(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms - now())));
}
