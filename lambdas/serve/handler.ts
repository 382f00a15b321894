import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isAmong } from '../../http/authenticate';
import { CORS_HEADERS } from '../../http/common-headers';
import type { HttpResponse } from '../../http/message';
import { problemResponse } from '../../http/problem';
import { failedServe, type Served, servePlane } from '../../http/serve-plane';
import type { Origin } from '../../origin/origin';
import { NEVER } from '../../origin/ports/cancel';
import { decodeRequest, encodeResponse, type HttpEvent, type HttpResult, requestIdOf } from '../http-event';
import type { Telemetry } from '../telemetry';
import { EDGE_CREDENTIAL_HEADER } from './environment';

export type Respond = (event: HttpEvent) => Promise<HttpResponse>;

/**
 * GETs of the CDN. Whoever shows none of `edgeCredentialDigests` is turned away: what bypasses the cache would reach
 * the stores.
 */
export function responder(
  origin: Origin,
  edgeCredentialDigests: readonly string[],
  telemetry: Telemetry,
): Respond {
  return async (event) => {
    telemetry.log.setCorrelationId(requestIdOf(event));
    const request = decodeRequest(event);
    const shown = request.headers[EDGE_CREDENTIAL_HEADER];
    if (shown === undefined || !isAmong(edgeCredentialDigests, origin.digester.sha256Hex(shown)))
      return notTheCdn(shown);
    try {
      // A function never learns that its client has left.
      const startedMs = origin.clock.nowMs();
      const served = await servePlane(origin, request, NEVER);
      report(telemetry, served, request.path);
      const elapsedMs = origin.clock.nowMs() - startedMs;
      telemetry.answered(served.requestClass ?? 'unknown', served.response.status, elapsedMs);
      return served.response;
    } catch (error) {
      telemetry.log.error('store failing', { path: request.path, error });
      // CloudFront turns to the other region on 500, not on 503, which also sheds load.
      return failedServe(origin, request, 500);
    }
  };
}

function notTheCdn(shown: string | undefined): HttpResponse {
  const fault = {
    parameter: EDGE_CREDENTIAL_HEADER,
    wanted: 'an edge credential that is in force',
    got: shown === undefined ? 'none' : 'another',
  };
  const detail = 'This API answers the CDN only. Ask there.';
  return problemResponse(
    { status: 403, title: 'Not allowed', detail, faults: [fault] },
    { ...CORS_HEADERS, 'Cache-Control': 'no-store' },
  );
}

function report({ log, count }: Telemetry, { event, outcome, response }: Served, path: string): void {
  if (event !== undefined && outcome?.kind === 'selected')
    count('Selected', { ...event.key, pipeline: outcome.copy.pipeline });
  if (event !== undefined && outcome?.kind === 'shed') count('Shed', event.key);
  log.debug('served', { path, status: response.status, outcome: outcome?.kind });
}

export function bufferedHandler(respond: Respond) {
  return async (event: HttpEvent): Promise<HttpResult> => encodeResponse(await respond(event));
}

/** What Node's Lambda runtime offers for streamed answers; nothing publishes types for it. */
export interface StreamingRuntime {
  readonly streamifyResponse: (
    handler: (event: HttpEvent, stream: NodeJS.WritableStream) => Promise<void>,
  ) => (event: HttpEvent) => Promise<void>;
  readonly HttpResponseStream: {
    from(
      stream: NodeJS.WritableStream,
      head: { readonly statusCode: number; readonly headers: Readonly<Record<string, string>> },
    ): NodeJS.WritableStream;
  };
}

/** An answer that breaks off is shorter than its `Content-Length`, by which caches and players know it; here it is logged. */
export function streamedHandler(
  respond: Respond,
  runtime: StreamingRuntime,
  { log }: Pick<Telemetry, 'log'>,
) {
  return runtime.streamifyResponse(async (event, stream) => {
    const { status, headers, body } = await respond(event);
    const known = typeof body === 'string' ? Buffer.from(body) : body;
    // API Gateway streams without a length unless it is told one.
    const length = known instanceof Uint8Array ? { 'Content-Length': known.byteLength.toString() } : {};
    const out = runtime.HttpResponseStream.from(stream, {
      statusCode: status,
      headers: { ...length, ...headers },
    });
    // Status and headers leave with the first write, so there must be one.
    out.write('');
    try {
      await pipeline(Readable.from(known instanceof Uint8Array ? [known] : (known ?? [])), out);
    } catch (error) {
      log.error('an answer broke off', { path: decodeRequest(event).path, error });
      throw error;
    }
  });
}
