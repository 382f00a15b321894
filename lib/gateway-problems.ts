import { type GatewayResponseOptions, ResponseType } from 'aws-cdk-lib/aws-apigateway';
import { CORS_HEADERS } from '../http/common-headers';
import { CONTROL_BODY_MAX } from '../http/control-plane';
import type { HttpResponse } from '../http/message';
import { problemResponse, type Problem } from '../http/problem';
import { forbiddenAnswer, unauthorizedAnswer } from '../http/publish-answers';
import { tooLargeAnswer } from '../http/too-large';
import { PUT_BYTES_MAX, UPLOAD_BYTES_MAX } from '../stores/aws/schema';
import type { OriginApi } from './rest-api';

/** An answer that API Gateway gives by itself, before or instead of a function, in the form of ours. */
interface GatewayProblem {
  readonly type: ResponseType;
  /** Undefined: the status is API Gateway's, because the entry covers several. */
  readonly status: number | undefined;
  readonly answer: HttpResponse;
}

/** Packagers offer their credential only once `WWW-Authenticate` asks for it. */
const UNAUTHORIZED = entry(ResponseType.UNAUTHORIZED, unauthorizedAnswer());
const ACCESS_DENIED = entry(
  ResponseType.ACCESS_DENIED,
  forbiddenAnswer('The credential is for another event.'),
);

/** API Gateway turns away 10 MB, and what the function's 6 MB of base64 do not hold; the hand-off goes past both. */
const REQUEST_TOO_LARGE = entry(
  ResponseType.REQUEST_TOO_LARGE,
  tooLargeAnswer(PUT_BYTES_MAX, UPLOAD_BYTES_MAX),
);

const CONTROL_TOO_LARGE = entry(ResponseType.REQUEST_TOO_LARGE, tooLargeAnswer(CONTROL_BODY_MAX));

const THROTTLED = entry(
  ResponseType.THROTTLED,
  problem(
    {
      status: 429,
      title: 'Too many requests',
      detail: 'The account is over its request quota in this region.',
    },
    { 'Retry-After': '1' },
  ),
);

const OTHER_4XX = severalStatuses(ResponseType.DEFAULT_4XX, {
  title: 'Refused by the gateway',
  detail: 'The request did not reach the origin.',
});

/** A failing or late function; publishers try again at once. */
const NOT_STORED = entry(
  ResponseType.DEFAULT_5XX,
  problem(
    { status: 503, title: 'Store failing', detail: 'Nothing was half-written. Send it again.' },
    { 'Retry-After': '1' },
  ),
);

/** Keeps its status: a CDN turns to the other region on 500, 502 and 504, never on 503. */
const ORIGIN_FAILED = severalStatuses(ResponseType.DEFAULT_5XX, {
  title: 'Origin failed',
  detail: 'The origin of this region failed. Ask another region.',
});

export const PUBLISH_PROBLEMS = [
  UNAUTHORIZED,
  ACCESS_DENIED,
  REQUEST_TOO_LARGE,
  THROTTLED,
  OTHER_4XX,
  NOT_STORED,
];
export const SERVE_PROBLEMS = [THROTTLED, OTHER_4XX, ORIGIN_FAILED];
export const CONTROL_PROBLEMS = [CONTROL_TOO_LARGE, THROTTLED, OTHER_4XX, NOT_STORED];

export function addGatewayProblems(api: OriginApi, problems: readonly GatewayProblem[]): void {
  for (const each of problems) api.addGatewayResponse(each.type.responseType, gatewayResponse(each));
}

function problem(value: Problem, headers: Readonly<Record<string, string>> = {}): HttpResponse {
  return problemResponse(value, { 'Cache-Control': 'no-store', ...headers });
}

function entry(type: ResponseType, answer: HttpResponse): GatewayProblem {
  return { type, status: answer.status, answer };
}

/** RFC 9457 lets `status` be left out of the body; here no single one would be true. */
function severalStatuses(type: ResponseType, { title, detail }: Omit<Problem, 'status'>): GatewayProblem {
  const answer = problem({ status: 0, title, detail });
  const body = textOf(answer).replace('"status":0,', '');
  return { type, status: undefined, answer: { ...answer, body } };
}

function gatewayResponse({ type, status, answer }: GatewayProblem): GatewayResponseOptions {
  const { 'Content-Type': contentType = '', ...headers } = { ...answer.headers, ...CORS_HEADERS };
  return {
    type,
    ...(status !== undefined && { statusCode: status.toString() }),
    // Single quotes make a literal of a mapping expression.
    responseHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, `'${value}'`])),
    // The only template is used whatever the client accepts, and names the content type of the answer.
    templates: { [contentType]: textOf(answer) },
  };
}

/** Problems are text; streams belong to segments. */
function textOf({ body }: HttpResponse): string {
  if (typeof body !== 'string') throw new Error('body of a gateway response: wanted text, got bytes');
  return body;
}
