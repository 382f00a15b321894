import fc from 'fast-check';
import { authenticate, parseAuthorization } from '../../http/authenticate';
import { nodeDigester } from '../../stores/node-digester';
import { FakeClock } from '../support/fake-clock';
import { memoryEvents } from '../support/memory-stores';
import { NOW_MS } from '../support/samples';

const SECRET = 'k3yOf_pipeline-a';
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

async function whoIs(authorization: string | undefined, nowMs = NOW_MS) {
  const clock = new FakeClock(nowMs);
  const { credentials } = memoryEvents(clock);
  const base = { tenant: 'acme', event: 'final' };
  const secretDigest = nodeDigester.sha256Hex(SECRET);
  await credentials.put({ ...base, pipeline: 'a', id: 'a-1', secretDigest, validUntilMs: NOW_MS + 1000 });
  const found = await authenticate({ clock, credentials, digester: nodeDigester }, authorization);
  return found?.credential;
}

it.each<[string, string | undefined, string | undefined]>([
  ['Basic, user and secret', basic(`a:${SECRET}`), 'a-1'],
  ['Bearer, the secret alone', `Bearer ${SECRET}`, 'a-1'],
  ['a scheme in other letters', `bEARER ${SECRET}`, 'a-1'],
  ['another pipeline’s user', basic(`b:${SECRET}`), undefined],
  ['no user', basic(`:${SECRET}`), undefined],
  ['the secret as user', basic(SECRET), undefined],
  ['another secret', basic('a:wrong'), undefined],
  ['part of the secret', `Bearer ${SECRET.slice(0, -1)}`, undefined],
  ['the digest instead of the secret', `Bearer ${nodeDigester.sha256Hex(SECRET)}`, undefined],
  ['no header', undefined, undefined],
  ['an empty header', '', undefined],
  ['another scheme', `Digest ${SECRET}`, undefined],
  ['no base64', 'Basic a:b', undefined],
  ['base64 of the wrong length', 'Basic YTpi=', undefined],
  ['two values', `Bearer ${SECRET} ${SECRET}`, undefined],
  ['an endless header', `Bearer ${'a'.repeat(5000)}`, undefined],
])('%s', async (_, authorization, expected) => {
  expect(await whoIs(authorization)).toBe(expected);
});

it.each([
  [999, 'a-1'],
  [1000, undefined],
])('a credential is refused from its end on: %d ms of 1000', async (afterMs, expected) => {
  expect(await whoIs(`Bearer ${SECRET}`, NOW_MS + afterMs)).toBe(expected);
});

it('a secret may have colons, a user may not', () => {
  expect(parseAuthorization(basic('a:b:c'))).toEqual({ user: 'a', secret: 'b:c' });
});

it('reads any header without failing', () => {
  const header = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.base64String().map((text) => `Basic ${text}`),
  );
  fc.assert(fc.property(header, (text) => void parseAuthorization(text)));
});
