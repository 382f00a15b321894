import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { HttpResponse } from '../http/message';

/**
 * Sends a response, streams under backpressure. Resolves when the last byte was handed to the socket or the client is
 * gone; a stream that fails in the middle tears the connection, so that no client takes the part for the whole.
 * @throws what the stream threw, and node:http's error for headers that cannot be sent; nothing was sent then.
 */
export async function writeResponse(response: ServerResponse, answer: HttpResponse): Promise<void> {
  const { status, headers, body } = answer;
  const isHead = response.req.method === 'HEAD';
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    response.writeHead(status, withLength(status, headers, bytes, isHead));
    response.end(bytes);
    return;
  }
  response.writeHead(status, headers);
  try {
    for await (const piece of body) {
      if (response.destroyed) return;
      if (!response.write(piece)) await drained(response);
    }
    response.end();
  } catch (error) {
    response.destroy();
    throw error;
  }
}

function withLength(
  status: number,
  headers: HttpResponse['headers'],
  bytes: Uint8Array | undefined,
  isHead: boolean,
): Record<string, string> {
  const hasNone = status === 204 || status === 304 || (isHead && bytes === undefined);
  const declared = Object.keys(headers).some((name) => name.toLowerCase() === 'content-length');
  if (hasNone || declared) return { ...headers };
  return { ...headers, 'Content-Length': (bytes?.length ?? 0).toString() };
}

async function drained(response: ServerResponse): Promise<void> {
  if (response.destroyed) return;
  // The signal takes both listeners off again: a long body meets this many times.
  const settled = new AbortController();
  const either = ['drain', 'close'].map((event) => once(response, event, { signal: settled.signal }));
  await Promise.race(either.map((wait) => wait.catch(() => undefined)));
  settled.abort();
}
