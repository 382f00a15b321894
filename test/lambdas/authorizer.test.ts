import { authorizerHandler } from '../../lambdas/authorizer/handler';
import { replaceCredential } from '../../origin/events/replace-credential';
import { deploy, KEY } from '../support/deployment';
import { counted } from './events';

describe('the authorizer', () => {
  const METHOD = 'arn:aws:execute-api:us-east-1:123456789012:abc/live/PUT';

  async function withSecret() {
    const { origin } = await deploy();
    const { secret } = await replaceCredential(origin, KEY, 'a', 0, 'operator');
    const { telemetry } = counted();
    return { origin, log: telemetry.log, handler: authorizerHandler(origin, telemetry), secret };
  }
  const basic = (user: string, secret: string) =>
    `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`;

  it.each(['Basic', 'Bearer'])('knows a pipeline by %s, and says who it is', async (scheme) => {
    const { handler, secret } = await withSecret();
    const authorizationToken = scheme === 'Basic' ? basic('a', secret) : `Bearer ${secret}`;
    const { context, policyDocument } = await handler({
      authorizationToken,
      methodArn: `${METHOD}/acme/final/x`,
    });
    expect(context).toEqual({ ...KEY, pipeline: 'a', credential: expect.any(String) as string });
    expect(policyDocument.Statement).toEqual([
      {
        Action: 'execute-api:Invoke',
        Effect: 'Allow',
        Resource: 'arn:aws:execute-api:us-east-1:123456789012:abc/live/*/acme/final/*',
      },
    ]);
  });

  it('decides alike whatever path the token came with: API Gateway keeps the answer by token', async () => {
    const { handler, secret } = await withSecret();
    const answers = await Promise.all(
      ['acme/final/v360/1.m4s', 'other/event/x', ''].map((path) =>
        handler({ authorizationToken: `Bearer ${secret}`, methodArn: `${METHOD}/${path}` }),
      ),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  });

  it.each([
    ['another secret', () => 'Bearer guess'],
    ['another pipeline', (secret: string) => basic('b', secret)],
    ['no scheme of ours', (secret: string) => `Digest ${secret}`],
  ])('turns away %s with exactly what API Gateway makes a 401 of', async (_, token) => {
    const { handler, secret } = await withSecret();
    await expect(
      handler({ authorizationToken: token(secret), methodArn: `${METHOD}/acme/final/x` }),
    ).rejects.toThrow(/^Unauthorized$/);
  });

  it('logs whom it turns away, with the pipeline where the credential was one, and never a secret', async () => {
    const { handler, log, secret } = await withSecret();
    const warned = jest.spyOn(log, 'warn');
    for (const authorizationToken of ['Bearer guess', basic('b', secret)])
      await handler({ authorizationToken, methodArn: `${METHOD}/acme/final/x` }).catch(() => undefined);
    expect(warned.mock.calls).toEqual([
      ['refused', { why: 'unknown' }],
      [
        'refused',
        { why: 'of-another-pipeline', ...KEY, pipeline: 'a', credential: expect.any(String) as string },
      ],
    ]);
    expect(JSON.stringify(warned.mock.calls)).not.toContain(secret);
  });

  it('fails, and says so, when the store does: no packager is told that its credential is wrong', async () => {
    const { origin } = await withSecret();
    const { telemetry } = counted();
    const logged = jest.spyOn(telemetry.log, 'error');
    const findByDigest = () => Promise.reject(new Error('table gone'));
    const handler = authorizerHandler(
      { ...origin, credentials: { ...origin.credentials, findByDigest } },
      telemetry,
    );
    await expect(handler({ authorizationToken: 'Bearer x', methodArn: METHOD })).rejects.toThrow(
      'table gone',
    );
    expect(logged).toHaveBeenCalledWith('store failing', expect.anything());
  });
});
