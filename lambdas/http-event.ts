import type {
  APIGatewayProxyEvent,
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
} from 'aws-lambda';
import type { HttpRequest, HttpResponse } from '../http/message';

/** What API Gateway's REST APIs (payload 1.0) and function URLs (payload 2.0) hand to a function. */
export type HttpEvent = APIGatewayProxyEvent | APIGatewayProxyEventV2;

/** What both take back for an answer that comes whole. */
export type HttpResult = APIGatewayProxyStructuredResultV2 & { readonly statusCode: number };

/**
 * A request in the form that http/ takes, its body byte for byte. The path is that of the client: it has the stage,
 * which is the first part of the contract's paths.
 */
export function decodeRequest(event: HttpEvent): HttpRequest {
  const members = membersOf(event);
  const body = textOf(members['body']);
  const encoding = members['isBase64Encoded'] === true ? 'base64' : 'utf8';
  return { ...headOf(members), ...(body !== '' && { body: Buffer.from(body, encoding) }) };
}

function headOf(event: Members): Omit<HttpRequest, 'body'> {
  const context = membersOf(event['requestContext']);
  if (event['version'] === '2.0')
    return {
      method: textOf(membersOf(context['http'])['method']),
      path: textOf(event['rawPath']),
      query: Object.fromEntries(new URLSearchParams(textOf(event['rawQueryString']))),
      headers: joined(fieldsOf(event['headers'])),
    };
  // Absent in tests of the console and in some emulators, whatever the types say.
  const many = fieldsOf(event['multiValueHeaders']);
  return {
    method: textOf(event['httpMethod']),
    path: textOf(context['path']),
    query: Object.fromEntries(fieldsOf(event['queryStringParameters'])),
    headers: joined(many.length > 0 ? many : fieldsOf(event['headers'])),
  };
}

/** API Gateway's name for the request: in its access log, in the answer's `x-amzn-requestid`, and on every line we log. */
export function requestIdOf(event: HttpEvent): string {
  return textOf(membersOf(membersOf(event)['requestContext'])['requestId']);
}

/** What an authorizer said of the caller: text by name; empty where none was asked. */
export function authorizerContextOf(event: HttpEvent): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(fieldsOf(membersOf(membersOf(event)['requestContext'])['authorizer']));
}

/** The client certificate (PEM) of a mutual TLS connection, by API Gateway; empty where there was none. */
export function clientCertificateOf(event: HttpEvent): string {
  const identity = identityOf(event);
  return textOf(membersOf(identity['clientCert'])['clientCertPem']);
}

/** The IAM identity (an ARN) that signed the request, as API Gateway found it; empty where it asked for none. */
export function callerArnOf(event: HttpEvent): string {
  return textOf(identityOf(event)['userArn']);
}

function identityOf(event: HttpEvent): Members {
  return membersOf(membersOf(membersOf(event)['requestContext'])['identity']);
}

/** An event is taken for what it is, not for what its type promises: no event makes a handler throw. */
type Members = Readonly<Record<string, unknown>>;

function membersOf(value: unknown): Members {
  return typeof value === 'object' && value !== null ? (value as Members) : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Names with their values, one for each of a list; what is no text is left out. */
function fieldsOf(value: unknown): (readonly [string, string])[] {
  return Object.entries(membersOf(value)).flatMap(([name, values]: [string, unknown]) =>
    (Array.isArray(values) ? (values as readonly unknown[]) : [values])
      .filter((each) => typeof each === 'string')
      .map((each) => [name, each] as const),
  );
}

/** Lower-case names; fields of one name joined as RFC 9110, 5.2 allows. */
function joined(fields: readonly (readonly [string, string])[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of fields) {
    const lower = name.toLowerCase();
    const before = headers[lower];
    headers[lower] = before === undefined ? value : `${before}, ${value}`;
  }
  return headers;
}

/** The whole answer as base64, which API Gateway turns back into bytes. */
export async function encodeResponse(response: HttpResponse): Promise<HttpResult> {
  const { status, headers, body } = response;
  return {
    statusCode: status,
    headers: { ...headers },
    body: (await collect(body)).toString('base64'),
    isBase64Encoded: true,
  };
}

async function collect(body: HttpResponse['body']): Promise<Buffer> {
  if (body === undefined) return Buffer.alloc(0);
  if (typeof body === 'string') return Buffer.from(body);
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces);
}
