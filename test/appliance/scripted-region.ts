import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** What a region sends for one request: bytes, and whether the connection ends behind them. */
export type Script = (socket: Socket) => unknown;

/** A region that is well by its probe and answers all else by a script, in bytes: what no HTTP server would send. */
export class ScriptedRegion {
  /** For every request but the probe's. */
  script: Script = (socket) => socket.destroy();
  /** Targets as they came. */
  readonly requests: string[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor() {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      // Whoever tears a connection is what a test is about.
      socket.on('error', () => undefined);
      let head = '';
      socket.on('data', (piece: Buffer) => {
        head += piece.toString('latin1');
        if (!head.endsWith('\r\n\r\n')) return;
        const [, target = ''] = head.split(' ', 2);
        head = '';
        this.#answer(target, socket);
      });
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #answer(target: string, socket: Socket): void {
    // The event that startAppliance asks for.
    if (target === '/live/no/body/x') return void socket.end(plain('404 Not Found', 'max-age=5', ''));
    if (target === '/live/time') return void socket.end(plain('200 OK', 'no-store', 'now'));
    this.requests.push(target);
    this.script(socket);
  }
}

/** One answer with its length; the connection is to be closed. */
export function plain(status: string, cacheControl: string, body: string, more = ''): string {
  return (
    `HTTP/1.1 ${status}\r\nConnection: close\r\nCache-Control: ${cacheControl}\r\n${more}` +
    `Content-Length: ${body.length}\r\n\r\n${body}`
  );
}
