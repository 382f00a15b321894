import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { failedAnswer } from '../http/serve-plane';
import type { HttpRequest, HttpResponse } from '../http/message';
import { problemResponse } from '../http/problem';
import { tooLargeAnswer } from '../http/too-large';
import { cancelSource } from '../origin/ports/cancel';
import type { Cancel } from '../origin/ports/cancel';
import type { Clock } from '../origin/ports/clock';
import { BodyMemory } from './body-memory';
import { errorFields, type Log } from './log';
import { contentLengthOf, drainBody, hasBody, readBody } from './request-body';
import { writeResponse } from './response-writer';

/** What is to become of a request, decided from its head before any of its body is read. */
export type Route =
  /** The body is read away, then this is the answer; to `Expect: 100-continue` it is the answer at once. */
  | { readonly kind: 'refuse'; readonly response: HttpResponse }
  | {
      readonly kind: 'take';
      /** Bytes of body, beyond which the answer is 413. */
      readonly bodyBytesMax: number;
      /** Who answers for the memory that a body takes; see {@link BodyMemory}. */
      readonly owners: readonly string[];
      /** That answer; default: one that names nothing else. */
      readonly tooLarge?: HttpResponse;
      readonly answer: (request: HttpRequest, cancel: Cancel) => Promise<HttpResponse>;
      /** Where `answer` rejects because a store failed; default: an answer that knows of nothing. */
      readonly failed?: (head: HttpRequest) => HttpResponse;
    };

export type Router = (head: HttpRequest) => Promise<Route> | Route;

export interface HttpServerOptions {
  readonly route: Router;
  readonly clock: Clock;
  readonly log: Log;
  /** Called once an answer was sent, or its client was gone. */
  readonly onAnswered?: (head: HttpRequest, status: number, elapsedMs: number) => void;
  /** Called for a client that left in the middle of its body. */
  readonly onTorn?: (head: HttpRequest) => void;
  /**
   * Bytes of request bodies in memory, over all connections. Default 512 MiB: 32 of the largest segments, of which one
   * pipeline may send ten at a time and one tenant some fifteen.
   */
  readonly bodiesBytesMax?: number;
}

export interface HttpServer {
  /**
   * @param port 0: any that is free
   * @returns the port.
   * @throws node's error, with its `code`: EADDRINUSE, EACCES.
   */
  listen(host: string, port: number): Promise<number>;
  /** Takes no new connections, lets requests under way end for `graceMs` at most, then cuts them. */
  close(graceMs: number): Promise<void>;
}

/** Characters of a request target; ours have some 60. */
const TARGET_LENGTH_MAX = 2048;
const BODIES_BYTES_MAX = 512 * 2 ** 20;
/** Read away for a request that is refused from its head. */
const REFUSED_BODY_BYTES_MAX = 16 * 2 ** 20;

const LIMITS = {
  maxHeaderSize: 16_384,
  headersTimeout: 10_000,
  // ffmpeg's DASH muxer opens a request when its segment begins and ends it one duration later.
  requestTimeout: 120_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 2_000,
  noDelay: true,
} as const;
/** A socket on which nothing moves: a reader that stalled, or a client that vanished. */
const IDLE_SOCKET_MS = 30_000;
const HEADERS_MAX = 100;
const CONNECTIONS_MAX = 16_384;

/** node:http on one side, HttpRequest and HttpResponse on the other. Whatever a client sends, the process goes on. */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const memory = new BodyMemory(options.bodiesBytesMax ?? BODIES_BYTES_MAX);
  const serve = (message: IncomingMessage, response: ServerResponse, expectsContinue: boolean) => {
    const exchange = { ...options, memory, message, response, expectsContinue };
    answerRequest(exchange).catch((error: unknown) => {
      options.log.error('an answer failed while it was sent', { path: message.url, ...errorFields(error) });
      response.destroy();
    });
  };
  const server = createServer(LIMITS, (message, response) => serve(message, response, false));
  server.on('checkContinue', (message: IncomingMessage, response: ServerResponse) =>
    serve(message, response, true),
  );
  server.timeout = IDLE_SOCKET_MS;
  // node:http leaves out what is beyond, a Content-Length perhaps: one more tells that something was.
  server.maxHeadersCount = HEADERS_MAX + 1;
  server.maxConnections = CONNECTIONS_MAX;
  return {
    async listen(host, port) {
      const actual = await listen(server, host, port);
      // From now on, an accept that fails (no descriptor left) must not end the process.
      server.on('error', (error) => options.log.warn('the server failed to accept', errorFields(error)));
      return actual;
    },
    close: (graceMs) => close(server, graceMs),
  };
}

interface Exchange extends HttpServerOptions {
  readonly memory: BodyMemory;
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
  readonly expectsContinue: boolean;
}

async function answerRequest(exchange: Exchange): Promise<void> {
  const { message, response, clock } = exchange;
  const startedMs = clock.nowMs();
  const gone = cancelSource();
  response.on('close', () => {
    if (!response.writableFinished) gone.cancel();
  });
  // A torn socket also ends the response; nobody is left to hear of it.
  response.on('error', () => gone.cancel());
  const head = headOf(message);
  const answer = head === undefined ? badHead(message) : await answerOf(exchange, head, gone);
  if (answer !== undefined && !gone.cancelled) await writeResponse(response, answer);
  if (head !== undefined)
    exchange.onAnswered?.(head, gone.cancelled ? 499 : (answer?.status ?? 499), clock.nowMs() - startedMs);
}

/** @returns undefined where the client left before its body was complete. */
async function answerOf(
  exchange: Exchange,
  head: HttpRequest,
  gone: Cancel,
): Promise<HttpResponse | undefined> {
  let route: Route | undefined;
  try {
    route = await exchange.route(head);
    return route.kind === 'refuse'
      ? await refuse(exchange, route.response)
      : await take(exchange, head, route, gone);
  } catch (error) {
    if (!isBug(error)) {
      exchange.log.warn('a store failed', { path: head.path, ...errorFields(error) });
      return route?.kind === 'take' && route.failed !== undefined ? route.failed(head) : failedAnswer();
    }
    exchange.log.error('an answer could not be made', { path: head.path, ...errorFields(error) });
    return problemResponse(
      {
        status: 500,
        title: 'Internal error',
        detail: 'This is a defect of the origin; its log has the details.',
      },
      { 'Access-Control-Allow-Origin': '*', 'Cache-Control': 'no-store' },
    );
  }
}

/** Errors of the language are ours; every other comes from a disk or a network and may pass. */
function isBug(error: unknown): boolean {
  return [TypeError, RangeError, ReferenceError, SyntaxError].some((kind) => error instanceof kind);
}

async function refuse(exchange: Exchange, response: HttpResponse): Promise<HttpResponse> {
  // Instead of 100 Continue: the body has not been sent and never will be on this connection. ffmpeg's HLS muxer
  // shows its credentials only after such an answer.
  if (exchange.expectsContinue) return closing(response);
  if (!hasBody(exchange.message)) return response;
  await drainBody(exchange.message, REFUSED_BODY_BYTES_MAX, exchange.clock);
  return exchange.message.complete ? response : closing(response);
}

async function take(
  exchange: Exchange,
  head: HttpRequest,
  route: Extract<Route, { kind: 'take' }>,
  gone: Cancel,
): Promise<HttpResponse | undefined> {
  const { message, expectsContinue, memory, clock } = exchange;
  if (!hasBody(message)) return route.answer(head, gone);
  const { tooLarge = tooLargeAnswer(route.bodyBytesMax) } = route;
  if (expectsContinue) {
    if ((contentLengthOf(message) ?? 0) > route.bodyBytesMax) return closing(tooLarge);
    exchange.response.writeContinue();
  }
  const body = await readBody(message, route, memory, clock);
  try {
    switch (body.kind) {
      case 'whole':
        return await route.answer({ ...head, body: body.bytes }, gone);
      case 'too-large':
        return message.complete ? tooLarge : closing(tooLarge);
      case 'no-room':
        return message.complete ? NO_ROOM : closing(NO_ROOM);
      case 'too-slow':
        return closing(TOO_SLOW);
      case 'torn':
        exchange.onTorn?.(head);
        return undefined;
    }
  } finally {
    body.release();
  }
}

const NO_ROOM = problemResponse(
  {
    status: 503,
    title: 'No room',
    detail:
      'Bodies of yours that are not whole yet have the memory that you may have. Send fewer at once, or faster.',
  },
  { 'Access-Control-Allow-Origin': '*', 'Cache-Control': 'no-store', 'Retry-After': '1' },
);

const TOO_SLOW = problemResponse(
  {
    status: 408,
    title: 'Too slow',
    detail: 'At this pace the body would not be whole in time. Send it again.',
  },
  { 'Access-Control-Allow-Origin': '*', 'Cache-Control': 'no-store' },
);

function closing(response: HttpResponse): HttpResponse {
  return { ...response, headers: { ...response.headers, Connection: 'close' } };
}

/** @returns undefined where the target is no path, or too long, or there are too many headers. */
function headOf(message: IncomingMessage): HttpRequest | undefined {
  const target = pathOf(message.url ?? '');
  if (!target.startsWith('/') || target.length > TARGET_LENGTH_MAX || hasTooManyHeaders(message))
    return undefined;
  const mark = target.indexOf('?');
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers))
    if (value !== undefined) headers[name] = typeof value === 'string' ? value : value.join(', ');
  return {
    method: message.method ?? 'GET',
    path: mark === -1 ? target : target.slice(0, mark),
    query: mark === -1 ? {} : Object.fromEntries(new URLSearchParams(target.slice(mark + 1))),
    headers,
  };
}

/** Servers take the absolute form too (RFC 9112, 3.2.2); whose host it names is the sender's affair. */
function pathOf(target: string): string {
  return /^https?:\/\//i.test(target) ? target.replace(/^https?:\/\/[^/?#]*/i, '') : target;
}

function hasTooManyHeaders({ rawHeaders }: IncomingMessage): boolean {
  // Names and values in turn.
  return rawHeaders.length > 2 * HEADERS_MAX;
}

function badHead(message: IncomingMessage): HttpResponse {
  if (hasTooManyHeaders(message))
    return closing(
      problemResponse(
        { status: 431, title: 'Too many headers', detail: `Wanted at most ${HEADERS_MAX} headers.` },
        { 'Access-Control-Allow-Origin': '*', 'Cache-Control': 'no-store' },
      ),
    );
  const long = (message.url ?? '').length > TARGET_LENGTH_MAX;
  return closing(
    problemResponse(
      {
        status: long ? 414 : 400,
        title: long ? 'Target too long' : 'Not a path',
        detail: `Wanted a request target that begins with / and has at most ${TARGET_LENGTH_MAX} characters.`,
      },
      { 'Access-Control-Allow-Origin': '*', 'Cache-Control': 'no-store' },
    ),
  );
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

async function close(server: Server, graceMs: number): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(cut);
}
