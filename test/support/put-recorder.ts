import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it came over the wire, its body whole. */
export interface Recorded {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Tells connections apart. */
  readonly remotePort: number;
}

/** What the recorder answers: a status, or `'reset'` to break the connection instead. */
export type Answer = number | 'reset';

/** A real HTTP server that keeps what packagers send. */
export interface PutRecorder {
  readonly url: URL;
  readonly requests: readonly Recorded[];
  close(): Promise<void>;
}

/** @param answer decides once the body is there, as an origin does; 201 for everything by default. */
export async function startPutRecorder(
  answer: (request: Recorded) => Answer | Promise<Answer> = () => 201,
): Promise<PutRecorder> {
  const requests: Recorded[] = [];
  const server = createServer((incoming, response) => {
    const pieces: Buffer[] = [];
    incoming.on('data', (piece: Buffer) => pieces.push(piece));
    incoming.on('end', () => {
      const request: Recorded = {
        method: incoming.method ?? '',
        path: incoming.url ?? '',
        headers: incoming.headers,
        body: Buffer.concat(pieces),
        remotePort: incoming.socket.remotePort ?? 0,
      };
      requests.push(request);
      void Promise.resolve(answer(request)).then((status) => {
        if (status === 'reset') incoming.socket.destroy();
        else response.writeHead(status).end();
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    requests,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Resolves once `condition` holds; the test's own time limit is the bound. */
export async function eventually(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}
