import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { BreakableServer } from '../support/breakable-server';

/** A request that a region read to its end. */
export interface Arrived {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly remotePort: number;
}

/**
 * What a region does with a request: a status with an optional body, or the ways in which regions fail. `reset-head` and
 * `reset-body` break the connection before and in the middle of the body, `silent` never answers.
 */
export type Behaviour =
  number | { readonly status: number; readonly body: string } | 'reset-head' | 'reset-body' | 'silent';

/** A region that misbehaves on schedule. */
export class RegionDouble extends BreakableServer {
  /** Asked before the body is read; `attempt` counts requests for this path from 1. */
  behave: (path: string, attempt: number) => Behaviour = () => 201;
  /** Everything that was read whole, answered well or not. */
  readonly arrived: Arrived[] = [];
  /** By path, what was answered 2xx. */
  readonly stored = new Map<string, Buffer>();
  /** Requests begun, by path. */
  readonly attempts = new Map<string, number>();

  constructor() {
    super((incoming, response) => this.#take(incoming, response));
  }

  /** Paths as they were answered 2xx, in order. */
  order: string[] = [];

  #take(incoming: IncomingMessage, response: ServerResponse): void {
    const path = incoming.url ?? '';
    const attempt = (this.attempts.get(path) ?? 0) + 1;
    this.attempts.set(path, attempt);
    const behaviour = this.behave(path, attempt);
    incoming.on('error', () => undefined);
    if (behaviour === 'reset-head') return void incoming.socket.destroy();
    const pieces: Buffer[] = [];
    incoming.on('data', (piece: Buffer) => {
      pieces.push(piece);
      if (behaviour === 'reset-body') incoming.socket.destroy();
    });
    incoming.on('end', () => {
      if (behaviour === 'reset-body') return;
      const body = Buffer.concat(pieces);
      const { method = '', headers } = incoming;
      this.arrived.push({ method, path, headers, body, remotePort: incoming.socket.remotePort ?? 0 });
      if (behaviour === 'silent') return;
      const status = typeof behaviour === 'number' ? behaviour : behaviour.status;
      if (status < 300) {
        this.stored.set(path, body);
        this.order.push(path);
      }
      response.writeHead(status).end(typeof behaviour === 'number' ? undefined : behaviour.body);
    });
  }
}

const started: RegionDouble[] = [];

/** A region that is up; gone after each test. */
export async function regionDouble(): Promise<RegionDouble> {
  const region = new RegionDouble();
  await region.up();
  started.push(region);
  return region;
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((region) => region.down()));
});
