import {
  createServer,
  request,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the suite has at `/test/` is an event's for an edge. */
const SUITE = '/test/';
const EVENT = '/live/suite/tests/';

/**
 * The suite's URLs on both sides of an edge: `/test/{uuid}` of the client is an object of an event, and `/test/{uuid}` again at
 * the suite's server. What client and server arrange beside their tests passes by the edge.
 */
export class PathMap {
  readonly #origin: string;
  readonly #servers: Server[] = [];
  /** By test, the number of the client's request under way. The server asks for it, and edges pass no header of a client on. */
  readonly #numbers = new Map<string, string>();

  /** @param origin URL of the suite's server */
  constructor(origin: string) {
    this.#origin = origin;
  }

  /** @returns the URL of a region, for the edge. */
  startRegion(): Promise<string> {
    return this.#listen((message, response) => {
      const target = message.url ?? '';
      // Probes and questions about the event: a region that is well, and knows none.
      if (!target.startsWith(EVENT)) response.writeHead(target === '/live/time' ? 200 : 404).end();
      else {
        const number = this.#numbers.get(testOf(target, EVENT)) ?? '1';
        this.#pass(message, response, this.#origin + target.replace(EVENT, SUITE), { 'req-num': number });
      }
    });
  }

  /** @returns the base URL for the suite's client. */
  startClientSide(edge: string): Promise<string> {
    return this.#listen((message, response) => {
      const target = message.url ?? '';
      if (!target.startsWith(SUITE)) this.#pass(message, response, this.#origin + target);
      else {
        this.#numbers.set(testOf(target, SUITE), String(message.headers['req-num']));
        this.#pass(message, response, edge + target.replace(SUITE, EVENT));
      }
    });
  }

  close(): void {
    for (const server of this.#servers) {
      server.closeAllConnections();
      server.close();
    }
  }

  async #listen(answer: RequestListener): Promise<string> {
    const server = createServer(answer);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.#servers.push(server);
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** Headers go through as they are, repeated ones too: what is tested is the edge. */
  #pass(
    message: IncomingMessage,
    response: ServerResponse,
    url: string,
    more: OutgoingHttpHeaders = {},
  ): void {
    const { method, headers } = message;
    const onward = request(
      url,
      // Some answers have a length that is not theirs: no other test may meet what is left of them.
      {
        method,
        headers: { ...headers, ...more, host: new URL(url).host, connection: 'close' },
        agent: false,
      },
      (answer) => {
        response.sendDate = false;
        response.writeHead(answer.statusCode ?? 502, answer.statusMessage, answer.rawHeaders);
        answer.pipe(response);
        answer.on('error', () => response.destroy());
      },
    );
    onward.on('error', () => response.destroy());
    message.pipe(onward);
  }
}

function testOf(target: string, prefix: string): string {
  return target.slice(prefix.length).split(/[/?]/, 1)[0] ?? '';
}
