import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent, request } from 'undici';

/** What happens to one request on its way. */
export type Fault =
  | 'none'
  /** The connection breaks while the body is on its way: the region sees nothing of it. */
  | 'reset'
  /** The region has it, and the connection breaks before its answer. */
  | 'reset-after'
  | 503;

/** A bad way to a good region: what stands before it fails as networks and gateways do. */
export class FaultyWay {
  readonly #region: URL;
  readonly #agent = new Agent();
  readonly #faultOf: (count: number) => Fault;
  readonly counts = { none: 0, reset: 0, 'reset-after': 0, 503: 0 };
  #server: Server | undefined;
  #port = 0;
  #count = 0;

  /** @param faultOf the fault of the `count`-th request, from 1 */
  constructor(region: URL, faultOf: (count: number) => Fault) {
    this.#region = region;
    this.#faultOf = faultOf;
  }

  get url(): URL {
    return new URL(`http://127.0.0.1:${this.#port}`);
  }

  async up(): Promise<void> {
    this.#server = createServer((incoming, response) => void this.#pass(incoming, response));
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Connections break; new ones are refused. */
  async down(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  async close(): Promise<void> {
    await this.down();
    await this.#agent.close();
  }

  async #pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const fault = this.#faultOf(++this.#count);
    this.counts[fault]++;
    incoming.on('error', () => undefined);
    if (fault === 'reset') return void incoming.once('data', () => incoming.socket.destroy());
    try {
      const pieces: Buffer[] = [];
      for await (const piece of incoming) pieces.push(piece as Buffer);
      if (fault === 503) return void response.writeHead(503, { 'Retry-After': '1' }).end();
      const ofThisHop = new Set(['host', 'connection', 'transfer-encoding', 'keep-alive']);
      const headers = Object.fromEntries(
        Object.entries(incoming.headers).filter(([name]) => !ofThisHop.has(name)),
      );
      const method = incoming.method as 'PUT';
      const url = new URL(incoming.url ?? '', this.#region);
      const options = { method, headers, body: Buffer.concat(pieces), dispatcher: this.#agent };
      const answer = await request(url, options);
      const body = Buffer.from(await answer.body.arrayBuffer());
      if (fault === 'reset-after') incoming.socket.destroy();
      else response.writeHead(answer.statusCode).end(body);
    } catch {
      incoming.socket.destroy();
    }
  }
}
