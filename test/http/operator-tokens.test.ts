import { ADMINISTRATOR, authenticateOperator } from '../../http/authenticate-operator';
import { isAmong } from '../../http/authenticate';
import type { Operator } from '../../http/control-call';
import type { OperatorToken, OperatorTokenStore } from '../../origin/ports/operator-token-store';
import { nodeDigester } from '../../stores/node-digester';
import { control, deploy, jsonOf, type Deployment } from '../support/deployment';
import { NOW_MS } from '../support/samples';

const TOKENS = '/control/v1/tokens';
const ROOT_TOKEN = 'the-token-of-the-deployment';
const DIGESTS = [nodeDigester.sha256Hex(ROOT_TOKEN), nodeDigester.sha256Hex('the-one-before')];
const DESK = { name: 'desk', tenants: ['acme'], access: 'write' } as const;

async function create(
  { origin }: Deployment,
  wanted: Readonly<Record<string, unknown>> = DESK,
): Promise<{ readonly id: string; readonly token: string }> {
  const response = await control(origin, 'POST', TOKENS, wanted, {}, ADMINISTRATOR);
  expect(response.status).toBe(201);
  return jsonOf(response) as unknown as { id: string; token: string };
}

const whoIs = ({ origin }: Deployment, authorization: string | undefined): Promise<Operator | undefined> =>
  authenticateOperator(origin, DIGESTS, authorization);

it('a token made for a tenant speaks for it until it expires', async () => {
  const deployment = await deploy();
  const expiresAt = new Date(NOW_MS + 1000).toISOString();
  const { id, token } = await create(deployment, { ...DESK, expiresAt });
  const operator = { name: id, tenants: ['acme'], write: true };
  expect(await whoIs(deployment, `Bearer ${token}`)).toEqual(operator);
  await deployment.clock.advance(999);
  expect(await whoIs(deployment, `Bearer ${token}`)).toEqual(operator);
  await deployment.clock.advance(1);
  expect(await whoIs(deployment, `Bearer ${token}`)).toBeUndefined();
});

it.each([
  ['the administrator’s token', `Bearer ${ROOT_TOKEN}`, ADMINISTRATOR],
  ['the one before it', 'Bearer the-one-before', ADMINISTRATOR],
  ['its digest', `Bearer ${DIGESTS[0] ?? ''}`, undefined],
  ['part of it', `Bearer ${ROOT_TOKEN.slice(0, -1)}`, undefined],
  ['it as a password', `Basic ${Buffer.from(`operator:${ROOT_TOKEN}`).toString('base64')}`, undefined],
  ['nothing', undefined, undefined],
])('%s', async (_, authorization, operator) => {
  expect(await whoIs(await deploy(), authorization)).toBe(operator);
});

it('a revoked token is refused by the next request', async () => {
  const deployment = await deploy();
  const { id, token } = await create(deployment);
  const revoke = () => control(deployment.origin, 'DELETE', `${TOKENS}/${id}`, undefined, {}, ADMINISTRATOR);
  expect((await revoke()).status).toBe(200);
  expect(await whoIs(deployment, `Bearer ${token}`)).toBeUndefined();
  expect((await revoke()).status).toBe(404);
});

it('a token is told once: neither the store nor the list has it', async () => {
  const deployment = await deploy();
  const { id, token } = await create(deployment);
  const list = await control(deployment.origin, 'GET', TOKENS, undefined, {}, ADMINISTRATOR);
  expect(list.body).toContain(id);
  const kept = JSON.stringify(await deployment.origin.operatorTokens.list(10));
  for (const text of [list.body, kept]) expect(text).not.toContain(token);
  expect(list.body).not.toContain(nodeDigester.sha256Hex(token));
  // 192 bits.
  expect(Buffer.from(token, 'base64url')).toHaveLength(24);
});

it.each<[string, Operator]>([
  ['a reader of all tenants', { name: 'x', tenants: '*', write: false }],
  ['a writer of all tenants', { name: 'x', tenants: '*', write: true }],
  ['a writer of one', { name: 'x', tenants: ['acme'], write: true }],
])('%s makes, lists and revokes no tokens', async (_, operator) => {
  const deployment = await deploy();
  const { id } = await create(deployment);
  for (const [method, path, body] of [
    ['POST', TOKENS, DESK],
    ['GET', TOKENS, undefined],
    ['DELETE', `${TOKENS}/${id}`, undefined],
  ] as const)
    expect((await control(deployment.origin, method, path, body, {}, operator)).status).toBe(403);
  expect(await deployment.origin.operatorTokens.list(10)).toHaveLength(1);
});

it.each<[string, unknown, string]>([
  ['no name', { ...DESK, name: undefined }, 'name'],
  ['a name of signs', { ...DESK, name: '../desk' }, 'name'],
  ['a name too long for an id', { ...DESK, name: 'a'.repeat(49) }, 'name'],
  ['no tenants', { ...DESK, tenants: [] }, 'tenants'],
  ['a tenant that no path can name', { ...DESK, tenants: ['a/b'] }, 'tenants'],
  ['another access', { ...DESK, access: 'admin' }, 'access'],
  ['an end in the past', { ...DESK, expiresAt: new Date(NOW_MS).toISOString() }, 'expiresAt'],
  ['an end that is no instant', { ...DESK, expiresAt: 'tomorrow' }, 'expiresAt'],
  ['a member of its own', { ...DESK, administers: true }, 'administers'],
])('refuses %s by name', async (_, wanted, parameter) => {
  const { origin } = await deploy();
  const response = await control(origin, 'POST', TOKENS, wanted, {}, ADMINISTRATOR);
  expect(response.status).toBe(400);
  expect(JSON.stringify(jsonOf(response)['faults'])).toContain(`"parameter":"${parameter}`);
  expect(await origin.operatorTokens.list(10)).toEqual([]);
});

it('holds a thousand tokens, and says so', async () => {
  const { origin } = await deploy();
  const full: OperatorTokenStore = {
    ...origin.operatorTokens,
    list: (limit) => Promise.resolve(Array.from({ length: limit }, () => ({}) as OperatorToken)),
  };
  const response = await control(
    { ...origin, operatorTokens: full },
    'POST',
    TOKENS,
    DESK,
    {},
    ADMINISTRATOR,
  );
  expect(response.status).toBe(409);
});

it.each([
  ['the first', ['ab', 'cd'], 'ab', true],
  ['the last', ['ab', 'cd'], 'cd', true],
  ['one character off', ['ab'], 'aa', false],
  ['a prefix', ['ab'], 'a', false],
  ['longer', ['ab'], 'abc', false],
  ['nothing known', [], '', false],
])('a digest is among others: %s', (_, known, digest, expected) => {
  expect(isAmong(known, digest)).toBe(expected);
});
