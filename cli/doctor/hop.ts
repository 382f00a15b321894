import { connect as connectPlain, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { Agent, request } from 'undici';

/** One request from outside and what came, read whole. */
export interface Hop {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** From the start of the request to the last byte of the answer. */
  readonly elapsedMs: number;
}

export interface Ask {
  readonly method?: 'GET' | 'HEAD' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Sends the body without a length, in pieces, as live packagers do. */
  readonly chunked?: boolean;
}

/** A held request may take 5 s, an origin's failover 10 s more. */
const PATIENCE_MS = 20_000;

/** Requests of one visit, over connections that are kept. */
export class Hops {
  readonly #agent = new Agent({ headersTimeout: PATIENCE_MS, bodyTimeout: PATIENCE_MS });

  /** @throws undici's error when nobody answers. */
  async ask(url: URL, { method = 'GET', headers = {}, body, chunked = false }: Ask = {}): Promise<Hop> {
    const startedMs = performance.now();
    const answer = await request(url, {
      ...{ method, headers, dispatcher: this.#agent },
      ...(body !== undefined && { body: chunked ? Readable.from(inPieces(body)) : body }),
    });
    const bytes = Buffer.from(await answer.body.arrayBuffer());
    const flat = Object.entries(answer.headers).map(([name, value]) => [name, String(value)] as const);
    return {
      status: answer.statusCode,
      headers: Object.fromEntries(flat),
      body: bytes,
      elapsedMs: performance.now() - startedMs,
    };
  }

  /** Ends what is under way too. */
  close(): Promise<void> {
    return this.#agent.destroy();
  }
}

const PIECE_BYTES = 16_384;

async function* inPieces(body: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < body.length; at += PIECE_BYTES) {
    yield body.subarray(at, at + PIECE_BYTES);
    // A turn of the event loop between pieces, so that they leave as chunks of their own.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/**
 * The first status line that answers `Expect: 100-continue`; no client library shows it.
 * @returns for example `HTTP/1.1 401 Unauthorized`
 */
export async function statusLineOfExpect(url: URL, bytes: number): Promise<string> {
  const secure = url.protocol === 'https:';
  const port = Number(url.port === '' ? (secure ? 443 : 80) : url.port);
  const host = url.hostname;
  const socket = secure ? connectTls({ host, port, servername: host }) : connectPlain({ host, port });
  try {
    return await firstLine(
      socket,
      `PUT ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\nExpect: 100-continue\r\nContent-Length: ${bytes}\r\nConnection: close\r\n\r\n`,
    );
  } finally {
    socket.destroy();
  }
}

function firstLine(socket: Socket, head: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    socket.setTimeout(PATIENCE_MS, () => reject(new Error('no answer')));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('closed without an answer')));
    socket.on('data', (data) => {
      received += data.toString('latin1');
      const end = received.indexOf('\r\n');
      if (end !== -1) resolve(received.slice(0, end));
    });
    socket.write(head);
  });
}
