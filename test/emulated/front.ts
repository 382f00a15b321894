import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FrontOptions {
  /** How the emulator knows the API: `{api}.execute-api.localhost:{port}`. */
  readonly host: string;
  readonly port: number;
  /** What the CDN would add to each request. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Front {
  /** Ends before the path. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/**
 * A port of loopback in front of one deployed API, so that clients need no names below localhost; before a serve API it
 * stands where the CDN would, and shows its credential.
 */
export async function openFront(options: FrontOptions): Promise<Front> {
  const server = createServer((incoming, outgoing) => forward(options, incoming, outgoing));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** API Gateway takes any body as binary under a media type of all; the emulator only a body whose type is named. */
const DEFAULTS = { accept: '*/*', 'content-type': 'application/octet-stream' };

function forward(options: FrontOptions, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { host, port, headers } = options;
  const onward = request({
    host: '127.0.0.1',
    port,
    method: incoming.method,
    path: incoming.url,
    headers: { ...DEFAULTS, ...incoming.headers, ...headers, host },
  });
  onward.on('response', (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  onward.on('error', (error) => outgoing.destroy(error));
  outgoing.on('close', () => onward.destroy());
  incoming.pipe(onward);
}
