import type { APIGatewayProxyEvent, APIGatewayProxyEventV2 } from 'aws-lambda';
import { Logger } from '@aws-lambda-powertools/logger';
import type { HttpEvent, HttpResult } from '../../lambdas/http-event';
import type { MetricName } from '../../lambdas/metric-names';
import type { Subject, Telemetry } from '../../lambdas/telemetry';

export interface Sent {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** What an authorizer has said. */
  readonly authorizer?: Readonly<Record<string, string>>;
}

/** What a REST API with binary media types hands in: payload 1.0, the members that are read. */
export function restEvent({ method = 'GET', path, headers = {}, query, body, authorizer }: Sent): HttpEvent {
  const event: Partial<APIGatewayProxyEvent> = {
    httpMethod: method,
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    queryStringParameters: query ?? null,
    body: body === undefined ? null : Buffer.from(body).toString('base64'),
    isBase64Encoded: body !== undefined,
    requestContext: { path, authorizer } as unknown as APIGatewayProxyEvent['requestContext'],
  };
  return event as APIGatewayProxyEvent;
}

/** What a function URL hands in: payload 2.0. */
export function urlEvent({ method = 'GET', path, headers = {}, query = {}, body }: Sent): HttpEvent {
  const event: Partial<APIGatewayProxyEventV2> = {
    version: '2.0',
    rawPath: path,
    rawQueryString: new URLSearchParams(query).toString(),
    headers,
    ...(body !== undefined && { body: Buffer.from(body).toString('base64') }),
    isBase64Encoded: body !== undefined,
    requestContext: { http: { method } } as APIGatewayProxyEventV2['requestContext'],
  };
  return event as APIGatewayProxyEventV2;
}

export function bodyOf({ body = '', isBase64Encoded }: HttpResult): Buffer {
  return Buffer.from(body, isBase64Encoded === true ? 'base64' : 'utf8');
}

export interface Counted {
  readonly telemetry: Telemetry;
  readonly counts: [MetricName, Subject][];
  /** Class and status of each GET. */
  readonly answers: [string, number][];
}

/** Counts what is counted; the log is silent. */
export function counted(): Counted {
  const counts: [MetricName, Subject][] = [];
  const answers: [string, number][] = [];
  return {
    ...{ counts, answers },
    telemetry: {
      log: new Logger({ logLevel: 'SILENT' }),
      count: (name, subject, times = 1) => {
        for (let counted = 0; counted < times; counted++) counts.push([name, subject]);
      },
      answered: (requestClass, status) => answers.push([requestClass, status]),
    },
  };
}
