import { X509Certificate } from 'node:crypto';
import { controlHandler } from '../../lambdas/control/handler';
import { byIam, byToken } from '../../lambdas/control/operator-of';
import type { HttpEvent } from '../../lambdas/http-event';
import { ingestHandler } from '../../lambdas/ingest/handler';
import { byAuthorizer, byCertificate } from '../../lambdas/ingest/publisher-of';
import { authenticate } from '../../http/authenticate';
import { putEvent } from '../../origin/events/change-event';
import { replaceCredential } from '../../origin/events/replace-credential';
import { nodeDigester } from '../../stores/node-digester';
import { asset, control, DEFAULTS, deploy, jsonOf, KEY, PATH, type Deployment } from '../support/deployment';
import { CERTIFICATE_PEM, OTHER_CERTIFICATE_PEM } from './certificates';
import { counted } from './events';

const FINGERPRINT = new X509Certificate(CERTIFICATE_PEM).fingerprint256;
const INIT = `${PATH}/v360/init.mp4`;
const OTHER = { tenant: 'other', event: 'final' };

/** A PUT of an init as API Gateway hands it in, with what it found out about the caller. */
function put(path: string, context: Readonly<Record<string, unknown>>): HttpEvent {
  return {
    httpMethod: 'PUT',
    headers: {},
    body: Buffer.from(asset.init('v360')).toString('base64'),
    isBase64Encoded: true,
    requestContext: { path, ...context },
  } as unknown as HttpEvent;
}
const shown = (clientCertPem: string) => ({ identity: { clientCert: { clientCertPem } } });

async function register(
  { origin }: Deployment,
  input: Readonly<Record<string, unknown>> = {},
  at = 'pipelines/a/credential',
) {
  return control(origin, 'PUT', at, { certificateSha256: FINGERPRINT, ...input });
}

/** What the function of the mutual TLS API answers. */
async function certified({ origin }: Deployment, event: HttpEvent): Promise<number> {
  return (await ingestHandler(origin, counted().telemetry, byCertificate(origin))(event)).statusCode;
}

describe('a client certificate', () => {
  it('publishes as the pipeline it is registered for', async () => {
    const deployment = await deploy();
    expect(await certified(deployment, put(INIT, shown(CERTIFICATE_PEM)))).toBe(401);
    const answer = await register(deployment);
    expect(jsonOf(answer)).toMatchObject({
      pipeline: 'a',
      certificateSha256: FINGERPRINT.replaceAll(':', '').toLowerCase(),
    });
    expect(jsonOf(answer)).not.toHaveProperty('secret');
    expect(await certified(deployment, put(INIT, shown(CERTIFICATE_PEM)))).toBe(201);
    expect(await certified(deployment, put(INIT, shown(OTHER_CERTIFICATE_PEM)))).toBe(401);
  });

  it.each([
    ['nothing', {}],
    ['no certificate', { identity: {} }],
    ['no PEM', shown('CN=acme/final/a')],
    ['a PEM of something else', shown('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----')],
    ['a subject alone', { identity: { clientCert: { subjectDN: 'CN=acme/final/a' } } }],
    [
      'the word of an authorizer that the API has not',
      { authorizer: { ...KEY, pipeline: 'a', credential: 'a-1' } },
    ],
  ])('is what counts: %s is refused', async (_, context) => {
    const deployment = await deploy();
    await register(deployment);
    expect(await certified(deployment, put(INIT, context))).toBe(401);
  });

  it('is nothing to the function of the other API, which asks the authorizer', async () => {
    const deployment = await deploy();
    await register(deployment);
    const handler = ingestHandler(deployment.origin, counted().telemetry, byAuthorizer);
    expect((await handler(put(INIT, shown(CERTIFICATE_PEM)))).statusCode).toBe(401);
  });

  it('is registered event by event, so that nobody takes another tenant’s', async () => {
    const deployment = await deploy();
    await putEvent(deployment.origin, OTHER, DEFAULTS);
    await register(deployment, {}, '/control/v1/tenants/other/events/final/pipelines/b/credential');
    expect(await certified(deployment, put(INIT, shown(CERTIFICATE_PEM)))).toBe(401);
    await register(deployment);
    expect(await certified(deployment, put(INIT, shown(CERTIFICATE_PEM)))).toBe(201);
    expect(await certified(deployment, put('/live/other/final/v360/init.mp4', shown(CERTIFICATE_PEM)))).toBe(
      201,
    );
  });

  it('speaks for one pipeline of an event', async () => {
    const deployment = await deploy();
    const first = jsonOf(await register(deployment));
    expect((await register(deployment, {}, 'pipelines/b/credential')).status).toBe(409);
    expect(jsonOf(await register(deployment))).toMatchObject({ id: first['id'] });
  });

  it('ends when a secret takes its place, and may be registered again', async () => {
    const deployment = await deploy();
    await register(deployment);
    const previousValidUntil = new Date(deployment.clock.nowMs()).toISOString();
    await control(deployment.origin, 'PUT', 'pipelines/a/credential', { previousValidUntil });
    expect(await certified(deployment, put(INIT, shown(CERTIFICATE_PEM)))).toBe(401);
    await register(deployment);
    expect(await certified(deployment, put(INIT, shown(CERTIFICATE_PEM)))).toBe(201);
  });

  it('lets nobody in who only knows its fingerprint', async () => {
    const deployment = await deploy();
    await register(deployment);
    const plain = FINGERPRINT.replaceAll(':', '').toLowerCase();
    for (const guess of [`certificate#acme#final#${plain}`, plain, FINGERPRINT]) {
      const authorization = `Basic ${Buffer.from(`a:${guess}`).toString('base64')}`;
      expect(await authenticate(deployment.origin, authorization)).toBeUndefined();
    }
  });

  it.each(['', 'ab', 'z'.repeat(64), `${'ab:'.repeat(31)}zz`, 5])(
    'whose fingerprint is %j is refused by name',
    async (certificateSha256) => {
      const response = await register(await deploy(), { certificateSha256 });
      expect([response.status, response.body]).toEqual([400, expect.stringContaining('certificateSha256')]);
    },
  );
});

it('a replaced secret that API Gateway still lets through is refused within 2 s in every region', async () => {
  const { clock, origins } = await deploy({}, ['us-east-1', 'us-west-2']);
  const { id } = await replaceCredential(origins[0], KEY, 'a', 0, 'operator');
  const cached = { authorizer: { ...KEY, pipeline: 'a', credential: id } };
  const statuses = () =>
    Promise.all(
      origins.map(async (origin) => {
        const handler = ingestHandler(origin, counted().telemetry, byAuthorizer);
        return (await handler(put(INIT, cached))).statusCode;
      }),
    );
  expect(Math.max(...(await statuses()))).toBeLessThan(300);
  await replaceCredential(origins[0], KEY, 'a', clock.nowMs(), 'operator');
  // An origin looks at the event once a second, and waits 100 ms at most for what it finds.
  await clock.advance(1100);
  await statuses();
  await clock.advance(100);
  expect(await statuses()).toEqual([403, 403]);
});

describe('the control API', () => {
  const asked = (identity: unknown, headers: Readonly<Record<string, string>> = {}) =>
    ({
      httpMethod: 'GET',
      headers,
      body: null,
      requestContext: { path: '/control/v1/tenants/acme/events', identity },
    }) as unknown as HttpEvent;
  const ARN = 'arn:aws:sts::123456789012:assumed-role/operators/alice';

  it('with IAM takes API Gateway’s word for who signed, and no token', async () => {
    const { origin } = await deploy();
    const handler = controlHandler(origin, byIam, counted().telemetry);
    expect((await handler(asked({ userArn: ARN }))).statusCode).toBe(200);
    for (const identity of [undefined, {}, { userArn: null }, { caller: ARN }])
      expect(
        (await handler(asked(identity, { Authorization: 'Bearer token', userArn: ARN }))).statusCode,
      ).toBe(401);
    expect(
      await byIam(asked({ userArn: ARN }), { method: 'GET', path: '', query: {}, headers: {} }),
    ).toMatchObject({
      name: 'assumed-role/operators/alice',
    });
  });

  it('with tokens does not care who signed', async () => {
    const { origin } = await deploy();
    const handler = controlHandler(
      origin,
      byToken(origin, [nodeDigester.sha256Hex('token')]),
      counted().telemetry,
    );
    expect((await handler(asked({ userArn: ARN }))).statusCode).toBe(401);
    expect((await handler(asked({ userArn: ARN }, { Authorization: 'Bearer token' }))).statusCode).toBe(200);
  });
});
