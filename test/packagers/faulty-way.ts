import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, request } from 'undici';
import { BreakableServer } from '../support/breakable-server';

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
  readonly #server = new BreakableServer((incoming, response) => void this.#pass(incoming, response));
  #count = 0;

  /** @param faultOf the fault of the `count`-th request, from 1 */
  constructor(region: URL, faultOf: (count: number) => Fault) {
    this.#region = region;
    this.#faultOf = faultOf;
  }

  get url(): URL {
    return this.#server.url;
  }

  up(): Promise<void> {
    return this.#server.up();
  }

  down(): Promise<void> {
    return this.#server.down();
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
