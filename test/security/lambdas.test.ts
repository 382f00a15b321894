import type { APIGatewayProxyEvent } from 'aws-lambda';
import fc from 'fast-check';
import { authorizerHandler } from '../../lambdas/authorizer/handler';
import { controlHandler } from '../../lambdas/control/handler';
import type { HttpEvent, HttpResult } from '../../lambdas/http-event';
import { byIam, byToken } from '../../lambdas/control/operator-of';
import { ingestHandler } from '../../lambdas/ingest/handler';
import { byAuthorizer, byCertificate } from '../../lambdas/ingest/publisher-of';
import { bufferedHandler, responder } from '../../lambdas/serve/handler';
import { EDGE_CREDENTIAL_HEADER } from '../../lambdas/serve/environment';
import { replaceCredential } from '../../origin/events/replace-credential';
import { nodeDigester } from '../../stores/node-digester';
import { deploy, KEY, PATH, publishInit } from '../support/deployment';
import { counted } from '../lambdas/events';

/** Values where API Gateway hands in something else, nothing, or what a client chose. */
const odd = fc.oneof(
  fc.constantFrom(
    undefined,
    null,
    '',
    0,
    -1,
    NaN,
    true,
    [],
    {},
    '__proto__',
    'constructor',
    '%',
    '\0',
    '{}',
    '2.0',
  ),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.dictionary(
    fc.string({ maxLength: 20 }),
    fc.oneof(fc.string(), fc.constant(undefined), fc.constant(null)),
  ),
  fc.array(fc.string(), { maxLength: 3 }),
);
const path = fc.oneof(
  fc.constantFrom(
    `${PATH}/v360/1.m4s`,
    `${PATH}/v360/init.mp4`,
    PATH,
    '/live/time',
    '/control/v1/tokens',
    '/control/v1/tenants/acme/events/final',
  ),
  fc.webPath(),
  odd,
);
const method = fc.oneof(fc.constantFrom('GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'PATCH'), odd);
const body = fc.oneof(
  fc.constantFrom('{}', '[', '{"finalSegment":-1}', 'AAAA', '====', '\ufffd'),
  fc.base64String(),
  odd,
);
const headers = fc.oneof(
  fc.record(
    {
      Authorization: fc.oneof(fc.constantFrom('Bearer token', 'Bearer ', 'Basic OjpC'), odd),
      [EDGE_CREDENTIAL_HEADER]: fc.oneof(fc.constant('current'), odd),
      Range: fc.oneof(fc.constantFrom('bytes=0-', 'bytes=-1', 'bytes=9-1', 'bytes=0-0,1-1'), odd),
      'If-Match': odd,
      'Content-Digest': odd,
      'Segment-Inspection': odd,
      'Headwater-Notices': odd,
    },
    { requiredKeys: [] },
  ),
  odd,
);
const authorizer = fc.oneof(fc.constant({ ...KEY, pipeline: 'a', credential: 'a-1' }), odd);

const version1 = fc.record(
  {
    httpMethod: method,
    headers,
    multiValueHeaders: fc.oneof(fc.dictionary(fc.string(), odd), odd),
    queryStringParameters: odd,
    body,
    isBase64Encoded: fc.oneof(fc.boolean(), odd),
    requestContext: fc.oneof(fc.record({ path, authorizer, identity: odd }, { requiredKeys: [] }), odd),
  },
  { requiredKeys: [] },
);
const version2 = fc.record(
  {
    version: fc.constant('2.0'),
    rawPath: path,
    rawQueryString: odd,
    headers,
    body,
    isBase64Encoded: fc.oneof(fc.boolean(), odd),
    requestContext: fc.oneof(
      fc.record({ http: fc.oneof(fc.record({ method }), odd) }, { requiredKeys: [] }),
      odd,
    ),
  },
  { requiredKeys: [] },
);
const events = fc.oneof(version1, version2, odd) as fc.Arbitrary<unknown>;

async function handlers(): Promise<Readonly<Record<string, (event: HttpEvent) => Promise<HttpResult>>>> {
  const { origin } = await deploy({ publish: { delayMs: 0, holdMs: 0, retryDeadlineMs: 0 } });
  await publishInit(origin);
  const { telemetry } = counted();
  return {
    ingest: ingestHandler(origin, telemetry, byAuthorizer),
    'ingest by certificate': ingestHandler(origin, telemetry, byCertificate(origin)),
    'control by IAM': controlHandler(origin, byIam, telemetry),
    serve: bufferedHandler(responder(origin, [nodeDigester.sha256Hex('current')], telemetry)),
    control: controlHandler(origin, byToken(origin, [nodeDigester.sha256Hex('token')]), telemetry),
  };
}

it.each(['ingest', 'ingest by certificate', 'serve', 'control', 'control by IAM'])(
  '%s answers whatever API Gateway hands in, and never throws',
  async (name) => {
    const handler = (await handlers())[name];
    await fc.assert(
      fc.asyncProperty(events, async (event) => {
        const { statusCode } = await handler!(event as HttpEvent);
        expect(statusCode).toBeGreaterThanOrEqual(200);
        expect(statusCode).toBeLessThan(500);
      }),
      { numRuns: 2000 },
    );
  },
);

it('the authorizer says Unauthorized, and nothing else, to whatever it is handed', async () => {
  const { origin } = await deploy();
  await replaceCredential(origin, KEY, 'a', 0, 'operator');
  const handler = authorizerHandler(origin, counted().telemetry);
  const event = fc.oneof(fc.record({ authorizationToken: odd, methodArn: odd }, { requiredKeys: [] }), odd);
  await fc.assert(
    fc.asyncProperty(event, (each) =>
      expect(handler(each as unknown as Parameters<typeof handler>[0])).rejects.toThrow(/^Unauthorized$/),
    ),
    { numRuns: 1000 },
  );
});

it('ingest believes nobody but the authorizer: headers, body and query name no publisher', async () => {
  const handler = (await handlers())['ingest'];
  const claimed = { ...KEY, pipeline: 'a', credential: 'a-1' };
  const event = {
    httpMethod: 'PUT',
    headers: { ...claimed, authorizer: JSON.stringify(claimed) },
    multiValueHeaders: null,
    queryStringParameters: claimed,
    body: JSON.stringify({ requestContext: { authorizer: claimed } }),
    isBase64Encoded: false,
    authorizer: claimed,
    requestContext: {
      path: `${PATH}/v360/init.mp4`,
      identity: { ...claimed, clientCert: { subjectDN: 'CN=a' } },
    },
  } as unknown as APIGatewayProxyEvent;
  expect((await handler!(event)).statusCode).toBe(401);
});
