import { defaultProvider } from '../../lambdas/environment-credentials';

const KEYS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];
const before = KEYS.map((key) => process.env[key]);

afterEach(() => {
  for (const [at, key] of KEYS.entries()) {
    if (before[at] === undefined) Reflect.deleteProperty(process.env, key);
    else process.env[key] = before[at];
  }
});

it("is the function's role, as Lambda puts it into the environment", async () => {
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'ASIA',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_SESSION_TOKEN: 'token',
  });
  expect(await defaultProvider()()).toEqual({
    ...{ accessKeyId: 'ASIA', secretAccessKey: 'secret', sessionToken: 'token' },
  });
});

it('fails by name where there is none', async () => {
  Reflect.deleteProperty(process.env, 'AWS_ACCESS_KEY_ID');
  await expect(async () => defaultProvider()()).rejects.toThrow('AWS_ACCESS_KEY_ID: wanted');
});
