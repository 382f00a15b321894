import { media, newest, send } from '../acceptance/deployment';
import { nodeDigester } from '../../stores/node-digester';
import { controlCalls, makeToken, mediaNames, openScene, type Scene } from './scene';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.close());

const bearer = (secret: string) => `Bearer ${secret}`;
const basic = (user: string, secret: string) =>
  `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`;
const statusOf = async (method: string, url: string, authorization: string | undefined, body?: Uint8Array) =>
  (await send(method, url, authorization === undefined ? {} : { authorization }, body)).status;

/** What strangers show on every route. */
function strangers(): readonly (readonly [string, string | undefined])[] {
  const { headwater } = scene;
  return [
    ['nothing', undefined],
    ['an empty header', ''],
    ['no scheme', headwater.token],
    ['another scheme', `Digest ${headwater.token}`],
    ['a guess', bearer('guess')],
    ['the digest of the token', bearer(nodeDigester.sha256Hex(headwater.token))],
    ['part of the token', bearer(headwater.token.slice(1))],
    ['the token twice', `${bearer(headwater.token)}, ${bearer(headwater.token)}`],
    ['the token in other letters', bearer(swapCase(headwater.token))],
    ['a header of 8,000 characters', bearer('a'.repeat(8000))],
    ["JavaScript's own names", bearer('__proto__')],
  ];
}

const swapCase = (text: string) =>
  text.replace(/[a-z]/gi, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  );

describe('the control plane', () => {
  const ports = () => [
    scene.headwater.regions[0]!.controlUrl,
    scene.headwater.regions[1]!.controlUrl,
    scene.headwater.edgeUrl,
  ];

  it('answers 401 to strangers on every route of every port', async () => {
    const calls = controlCalls(scene.own.tenant, scene.own.name);
    const secrets = ['the pipeline’s secret', 'another tenant’s secret'].map(
      (name) => [name, bearer(scene.secrets.get(name) ?? '')] as const,
    );
    const answers: string[] = [];
    for (const url of ports())
      for (const { method, path } of calls)
        for (const [who, authorization] of [...strangers(), ...secrets])
          if ((await statusOf(method, url + path, authorization)) !== 401)
            answers.push(`${who}: ${method} ${url}${path}`);
    expect(answers).toEqual([]);
    expect(calls.length).toBeGreaterThan(15);
  });

  it('answers 401 to an expired token and to a revoked one, on every route', async () => {
    const expiresAt = new Date(Date.now() + 1500).toISOString();
    const expired = await makeToken(scene, 'short', { tenants: '*', access: 'write', expiresAt });
    const revoked = await makeToken(scene, 'revoked', { tenants: '*', access: 'write' });
    const admin = { authorization: bearer(scene.headwater.token) };
    const [url = ''] = ports();
    const { body } = await send('GET', `${url}/control/v1/tokens`, admin);
    const { tokens } = JSON.parse(body.toString()) as { tokens: { id: string; name: string }[] };
    const id = tokens.find(({ name }) => name === 'revoked')?.id ?? '';
    const path = `/control/v1/tenants/${scene.own.tenant}/events`;
    expect([
      await statusOf('GET', url + path, bearer(expired)),
      await statusOf('GET', url + path, bearer(revoked)),
    ]).toEqual([200, 200]);
    expect((await send('DELETE', `${url}/control/v1/tokens/${id}`, admin)).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, Date.parse(expiresAt) - Date.now() + 50));
    for (const port of ports())
      for (const call of controlCalls(scene.own.tenant, scene.own.name))
        for (const token of [expired, revoked])
          expect([call.path, await statusOf(call.method, port + call.path, bearer(token))]).toEqual([
            call.path,
            401,
          ]);
  });

  it('answers 403 to another tenant’s operator, and to a reader who writes, on every route', async () => {
    const stranger = await makeToken(scene, 'neighbour', { tenants: ['neighbour'], access: 'write' });
    const reader = await makeToken(scene, 'reader', { tenants: [scene.own.tenant], access: 'read' });
    for (const url of ports())
      for (const { method, path, writes, administers } of controlCalls(scene.own.tenant, scene.own.name)) {
        expect([method, path, await statusOf(method, url + path, bearer(stranger))]).toEqual([
          method,
          path,
          403,
        ]);
        const status = await statusOf(method, url + path, bearer(reader));
        expect([method, path, status === 403]).toEqual([method, path, writes || administers]);
      }
  });
});

describe('the media plane', () => {
  it('lets nobody PUT, POST or DELETE without the credential of the pipeline', async () => {
    const number = newest() - 50;
    const operator = await makeToken(scene, 'operator', { tenants: '*', access: 'write' });
    const shown: readonly (readonly [string, string | undefined, number])[] = [
      ...strangers().map(([who, authorization]) => [who, authorization, 401] as const),
      ['the administrator’s token', bearer(scene.headwater.token), 401],
      ['an operator’s token', bearer(operator), 401],
      ['an operator’s token as password', basic('a', operator), 401],
      ['another pipeline’s user', basic('b', scene.secrets.get('the pipeline’s secret') ?? ''), 401],
      ['another tenant’s secret', bearer(scene.secrets.get('another tenant’s secret') ?? ''), 403],
      ['another tenant’s, as Basic', basic('a', scene.secrets.get('another tenant’s secret') ?? ''), 403],
    ];
    for (const { publishUrl } of scene.headwater.regions)
      for (const name of mediaNames(number))
        for (const method of ['PUT', 'POST', 'DELETE'])
          for (const query of ['', '?upload', '?upload=complete'])
            for (const [who, authorization, wanted] of shown) {
              const url = `${publishUrl}${scene.own.path}/${name}${query}`;
              const status = await statusOf(method, url, authorization, media(number));
              expect([who, method, url, status]).toEqual([who, method, url, wanted]);
            }
    expect((await scene.own.getMedia(number)).status).toBe(404);
  });

  it('refuses a replaced secret at once where no time is left to it, in every region', async () => {
    const before = await scene.own.secretOf('b');
    const number = newest() - 60;
    expect((await scene.own.putMedia('b', number)).status).toBe(201);
    const previousValidUntil = new Date(Date.now()).toISOString();
    const answer = await scene.own.control('PUT', '/pipelines/b/credential', { previousValidUntil });
    const { secret } = JSON.parse(answer.body.toString()) as { readonly secret: string };
    scene.secrets.set('the new secret', secret);
    for (const [index, { publishUrl }] of scene.headwater.regions.entries()) {
      const url = `${publishUrl}${scene.own.path}/v360/${number + 1 + index}.m4s`;
      expect([401, 403]).toContain(await statusOf('PUT', url, bearer(before), media(number + 1 + index)));
      expect(await statusOf('PUT', url, bearer(secret), media(number + 1 + index))).toBe(201);
    }
  });

  it('goes on with a replaced secret until its time is over', async () => {
    const before = await scene.foreign.secretOf('b');
    const number = newest() - 70;
    const previousValidUntil = new Date(Date.now() + 2000).toISOString();
    await scene.foreign.control('PUT', '/pipelines/b/credential', { previousValidUntil });
    const url = `${scene.foreign.region().publishUrl}${scene.foreign.path}/v360/${number}.m4s`;
    expect(await statusOf('PUT', url, bearer(before), media(number))).toBe(201);
    await new Promise((resolve) => setTimeout(resolve, Date.parse(previousValidUntil) - Date.now() + 50));
    expect(await statusOf('PUT', url, bearer(before), media(number))).toBe(401);
  });
});

it('writes no secret to its log, its metrics or an answer', async () => {
  const { headwater, secrets } = scene;
  const answers: string[] = [];
  for (const { controlUrl } of headwater.regions)
    for (const path of [
      '/metrics',
      '/healthz',
      ...controlCalls(scene.own.tenant, scene.own.name)
        .filter(({ method }) => method === 'GET')
        .map((call) => call.path),
    ])
      answers.push(
        (await send('GET', controlUrl + path, { authorization: bearer(headwater.token) })).body.toString(),
      );
  expect(answers.join('')).toContain(scene.own.name);
  for (const [what, secret] of secrets)
    for (const text of [headwater.said(), ...answers]) {
      expect([what, text.includes(secret)]).toEqual([what, false]);
      expect([what, text.includes(nodeDigester.sha256Hex(secret))]).toEqual([what, false]);
    }
});
