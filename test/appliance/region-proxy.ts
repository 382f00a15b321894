import {
  Agent,
  createServer,
  type IncomingMessage,
  request as httpRequest,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** In front of one region: notes every request of the edge, and can be taken away. */
export class RegionProxy {
  readonly name: string;
  /** Targets as they came, in order, without the probes'. */
  readonly requests: string[] = [];
  readonly #target: URL;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;
  #breaks = false;

  constructor(name: string, target: string) {
    this.name = name;
    this.#target = new URL(target);
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Opens the port, the same as before; nothing to do for one that is open. */
  async start(): Promise<this> {
    if (this.#server !== undefined) return this;
    const server = createServer((message, response) => {
      const target = message.url ?? '';
      if (target !== '/live/time') this.requests.push(target);
      const { hostname, port, host } = this.#target;
      const headers = { ...message.headers, host };
      const onward = httpRequest(
        { hostname, port, path: target, method: message.method, headers, agent: this.#agent },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          if (this.#breaks && target !== '/live/time') this.#break(answer, response);
          else answer.pipe(response);
        },
      );
      onward.on('error', () => response.destroy());
      response.on('close', () => onward.destroy());
      onward.end();
    });
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
    return this;
  }

  /** As when a region is lost: no port, no answers. `start` brings it back. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }

  /** The next answer ends in its middle. */
  breakNext(): void {
    this.#breaks = true;
  }

  #break(answer: IncomingMessage, response: ServerResponse): void {
    this.#breaks = false;
    answer.once('data', (piece: Buffer) => {
      response.write(piece.subarray(0, piece.length / 2), () => response.destroy());
      answer.destroy();
    });
  }

  /** How often a target was asked for. */
  count(target: string): number {
    return this.requests.filter((one) => one === target).length;
  }

  close(): Promise<void> {
    this.#agent.destroy();
    return this.stop();
  }
}
