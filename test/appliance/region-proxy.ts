import {
  Agent,
  createServer,
  type IncomingMessage,
  request as httpRequest,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Certificate } from './certificates';

/** In front of one region: notes every request of the edge, and can be taken away. */
export class RegionProxy {
  readonly name: string;
  /** Targets as they came, in order, without the probes'. */
  readonly requests: string[] = [];
  /** By what name each connection asked for a certificate (SNI). */
  readonly serverNames: (string | false | null)[] = [];
  readonly #target: URL;
  readonly #certificate: Certificate | undefined;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #sockets = new Set<Socket>();
  readonly #used = new WeakSet<Socket>();
  #server: Server | undefined;
  #port = 0;
  #breaks = false;
  #closesKept = false;
  #isSilent: ((target: string) => boolean) | undefined;

  /** @param certificate with one it speaks TLS */
  constructor(name: string, target: string, certificate?: Certificate) {
    this.name = name;
    this.#target = new URL(target);
    this.#certificate = certificate;
  }

  get url(): string {
    return this.#certificate === undefined
      ? `http://127.0.0.1:${this.#port}`
      : `https://localhost:${this.#port}`;
  }

  /** Opens the port, the same as before; nothing to do for one that is open. */
  async start(): Promise<this> {
    if (this.#server !== undefined) return this;
    const answer: RequestListener = (message, response) => {
      const target = message.url ?? '';
      if (this.#closesKept && this.#isKept(message.socket)) return void message.socket.destroy();
      if (target !== '/live/time') {
        this.requests.push(target);
        if (this.#isSilent?.(target) === true) return;
      }
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
    };
    const server =
      this.#certificate === undefined ? createServer(answer) : createTlsServer(this.#certificate, answer);
    server.on('secureConnection', ({ servername }: TLSSocket) => this.serverNames.push(servername));
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

  /** From now on no answer to what a test is true of, the probe's aside; undefined: to everything again. */
  silentFor(isSilent: ((target: string) => boolean) | undefined): void {
    this.#isSilent = isSilent;
  }

  /** As a server whose patience with idle connections ends just as the next request comes. */
  closeKept(isClosing: boolean): void {
    this.#closesKept = isClosing;
  }

  /** Whether a request came on this connection before. */
  #isKept(socket: Socket): boolean {
    const isKept = this.#used.has(socket);
    this.#used.add(socket);
    return isKept;
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
