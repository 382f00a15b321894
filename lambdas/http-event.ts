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
  const bytes =
    event.body === undefined || event.body === null || event.body === ''
      ? undefined
      : Buffer.from(event.body, event.isBase64Encoded ? 'base64' : 'utf8');
  return { ...headOf(event), ...(bytes !== undefined && { body: bytes }) };
}

function headOf(event: HttpEvent): Omit<HttpRequest, 'body'> {
  if (isVersion2(event)) {
    return {
      method: event.requestContext.http.method,
      path: event.rawPath,
      query: Object.fromEntries(new URLSearchParams(event.rawQueryString)),
      headers: joined(Object.entries(event.headers)),
    };
  }
  const { multiValueHeaders, queryStringParameters, requestContext } = event;
  // Absent in tests of the console and in some emulators, whatever the types say.
  const many = (multiValueHeaders as typeof multiValueHeaders | null) ?? {};
  const headers = Object.entries(many).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  );
  const query = Object.entries(queryStringParameters ?? {}).map(([name, value = '']) => [name, value]);
  return {
    method: event.httpMethod,
    path: requestContext.path,
    query: Object.fromEntries(query) as Record<string, string>,
    headers: joined(headers.length > 0 ? headers : Object.entries(event.headers)),
  };
}

/** API Gateway's name for the request: in its access log, in the answer's `x-amzn-requestid`, and on every line we log. */
export function requestIdOf({ requestContext }: HttpEvent): string {
  return requestContext.requestId;
}

function isVersion2(event: HttpEvent): event is APIGatewayProxyEventV2 {
  return 'version' in event && event.version === '2.0';
}

/** Lower-case names; fields of one name joined as RFC 9110, 5.2 allows. */
function joined(fields: readonly (readonly [string, string | undefined])[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of fields) {
    if (value === undefined) continue;
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
