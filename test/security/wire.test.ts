import { send } from '../acceptance/deployment';
import fc from 'fast-check';
import { expectQuietRefusal, openScene, raw, rawToEnd, type Scene } from './scene';

let scene: Scene;
let region: string;
beforeAll(async () => {
  scene = await openScene();
  region = scene.own.region().publishUrl;
});
afterAll(() => scene.close());

/** After whatever came before, the next client is answered. */
const expectServing = async () => {
  for (const url of [region, scene.headwater.edgeUrl])
    expect((await send('GET', `${url}/live/time`)).status).toBe(200);
};

const TRICKS = [
  '/live/acceptance/../../../etc/passwd',
  '/live/acceptance/%2e%2e/%2e%2e/etc/passwd',
  '/live/acceptance/..%2f..%2fetc%2fpasswd',
  '/live/acceptance/..%5c..%5cetc',
  '/live/acceptance/..%c0%af..%c0%afetc/passwd',
  '/live/acceptance/%252e%252e/%252e%252e/etc/passwd',
  '/live/acceptance/EVENT/./v360/init.mp4',
  '/live/acceptance/EVENT/x/../v360/init.mp4',
  '/live/acceptance/EVENT/v360//init.mp4',
  '/live//acceptance/EVENT/v360/init.mp4',
  '//live/acceptance/EVENT/v360/init.mp4',
  '/live/acceptance/EVENT/v360/init.mp4/',
  '/live/acceptance/EVENT/v360/init%2Emp4',
  '/live/acceptance/EVENT/v360%2Finit.mp4',
  '/live/acceptance%2FEVENT/v360/init.mp4',
  '/live/acceptance/EVENT/v360/init.mp4%00',
  '/live/acceptance/EVENT/v360/init.mp4;x=1',
  '/live/acceptance/EVENT/v360/INIT.MP4',
  '/LIVE/acceptance/EVENT/v360/init.mp4',
  '/live/acceptance/EVENT/v360/00001.m4s',
  '/live/acceptance/EVENT/v360/-1.m4s',
  '/live/acceptance/EVENT/v360/1e3.m4s',
  '/live/acceptance/EVENT/v360/0x10.m4s',
  '/live/acceptance/EVENT/v360/99999999999999999999.m4s',
  '/live/acceptance/EVENT/v360/%EF%BC%91.m4s',
  '/live/acceptance/EVENT/v360/%ff%fe.m4s',
  '/live/__proto__/constructor/prototype',
  '/live/acceptance/EVENT/__proto__/init.mp4',
  '/console/../../package.json',
  '/console/%2e%2e/%2e%2e/package.json',
  '/console/vendor/../../package.json',
  '/console/..%2f..%2fpackage.json',
  '/control/v1/../v1/tokens',
  '/control/v1//tokens',
  '/control/v1/tenants/%2e%2e/events',
  '/control/v1/tenants/acceptance%2fevents/events',
  '/control/v1/tenants/acceptance/events/EVENT/masks/..',
  '/control/v1/tokens/',
  '/control/v1/tokens/%00',
  '/.headwater/control-token',
  '/control-token',
  '*',
  `/live/acceptance/${'a'.repeat(4000)}`,
  `/live/${'a/'.repeat(900)}`,
] as const;

describe('a path', () => {
  it.each(TRICKS)('%s is refused on every port, to whoever asks', async (trick) => {
    const target = trick.replaceAll('EVENT', scene.own.name);
    const credentials = [
      '',
      `Authorization: Bearer ${scene.headwater.token}\r\n`,
      `Authorization: ${await scene.own.basic('a')}\r\n`,
    ];
    for (const url of [region, scene.headwater.edgeUrl])
      for (const credential of credentials)
        for (const method of ['GET', 'PUT'])
          expectQuietRefusal(
            await raw(
              url,
              `${method} ${target} HTTP/1.1\r\nHost: h\r\n${credential}Content-Length: 1\r\n\r\nx`,
            ).then(({ status = 0, text }) => ({ status, text })),
          );
  });

  it.each([
    ['the absolute form', (path: string) => `http://elsewhere.example${path}`, 200],
    ['the absolute form with a user', (path: string) => `http://user:password@elsewhere.example${path}`, 200],
    ['another scheme', (path: string) => `ftp://elsewhere.example${path}`, 400],
    ['a host alone', () => 'http://elsewhere.example', 400],
    ['no slash', (path: string) => path.slice(1), 400],
    ['a fragment', (path: string) => `${path}#x`, 404],
  ])('in %s', async (_, targetOf, status) => {
    const target = targetOf(`${scene.own.path}/v360/init.mp4`);
    expect((await raw(region, `GET ${target} HTTP/1.1\r\nHost: h\r\n\r\n`)).status).toBe(status);
  });

  it('of any characters makes no answer of 500 and more', async () => {
    const part = fc.oneof(
      fc.constantFrom(
        'live',
        'control',
        'v1',
        'tenants',
        'acceptance',
        scene.own.name,
        'v360',
        '..',
        '.',
        '',
        '%00',
        '%2e',
      ),
      fc.string({ unit: 'grapheme-ascii', maxLength: 12 }).map((text) => text.replaceAll(/[\s]/g, '')),
      fc.string({ unit: 'grapheme', maxLength: 6 }).map(encodeURIComponentSafely),
    );
    const target = fc
      .tuple(fc.array(part, { maxLength: 8 }), fc.option(part))
      .map(([parts, query]) => `/${parts.join('/')}${query === null ? '' : `?${query}`}`);
    await fc.assert(
      fc.asyncProperty(
        target,
        fc.constantFrom('GET', 'PUT', 'HEAD', 'OPTIONS', 'DELETE', 'PATCH'),
        async (path, method) => {
          const { status = 400 } = await raw(
            region,
            `${method} ${path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\nAuthorization: Bearer ${scene.headwater.token}\r\n\r\n`,
          );
          expect(status).toBeLessThan(500);
        },
      ),
      { numRuns: 300 },
    );
  });
});

function encodeURIComponentSafely(text: string): string {
  // Lone surrogates cannot be encoded; UTF-8 replaces them.
  return encodeURIComponent(Buffer.from(text).toString());
}

const manyHeaders = (count: number) =>
  Array.from({ length: count }, (_, at) => `Filler-${at}: ${at}`).join('\r\n');

describe('a request', () => {
  const put = async (lines: string) =>
    `PUT ${scene.own.path}/v360/init.mp4 HTTP/1.1\r\nHost: h\r\nAuthorization: ${await scene.own.basic('a')}\r\n${lines}\r\n\r\n`;
  /** What a proxy in front might let through inside a body, to be read as a request of its own. */
  const hidden = () =>
    `GET /control/v1/tokens HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer ${scene.headwater.token}\r\n\r\n`;

  it.each([
    ['a negative length', 'Content-Length: -1', 400],
    ['a signed length', 'Content-Length: +5', 400],
    ['a hexadecimal length', 'Content-Length: 0x5', 400],
    ['a length with an exponent', 'Content-Length: 1e3', 400],
    ['two lengths', 'Content-Length: 5\r\nContent-Length: 6', 400],
    ['a list of lengths', 'Content-Length: 5, 5', 400],
    ['a length beyond 2^64', 'Content-Length: 99999999999999999999', 400],
    ['a length beside chunks', 'Content-Length: 5\r\nTransfer-Encoding: chunked', 400],
    ['chunks beside a length', 'Transfer-Encoding: chunked\r\nContent-Length: 5', 400],
    ['an unknown coding', 'Transfer-Encoding: xchunked', 400],
    ['chunks that are not last', 'Transfer-Encoding: chunked, identity', 400],
    ['a space before the colon', 'Content-Length : 5', 400],
    ['a folded header', 'Filler: a\r\n b', 400],
    ['a bare line feed', 'Filler: a\nContent-Length: 5', 400],
    ['a carriage return in a value', 'Filler: a\rb', 400],
    ['a NUL in a value', 'Filler: a\0b', 400],
    ['a header without a name', ': value', 400],
    ['20 kB of one header', `Filler: ${'a'.repeat(20_000)}`, 431],
    ['101 headers', `${manyHeaders(100)}\r\nContent-Length: 5`, 431],
    ['20 kB of many headers', manyHeaders(1500), 431],
    ['an expectation that nobody has', 'Expect: the-impossible\r\nContent-Length: 5', 417],
  ])('with %s is refused, and nothing hidden in it is answered', async (_, lines, status) => {
    const answer = await rawToEnd(region, await put(`${lines}\r\nConnection: close`), 'abcde', hidden());
    expect(answer).toMatchObject({ status, answers: 1 });
    expect(answer.text).not.toContain('"tokens"');
    await expectServing();
  });

  it.each([
    ['no method', '\x16\x03\x01\x02\x00\x01\x00'],
    ['another version', 'GET /live/time HTTP/9.9\r\nHost: h\r\n\r\n'],
    ['HTTP/2 without asking', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['a method of its own', 'STEAL /live/time HTTP/1.1\r\nHost: h\r\n\r\n'],
    ['no host', 'GET /live/time HTTP/1.1\r\n\r\n'],
    ['a tunnel', 'CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: h\r\n\r\n'],
    ['a space in its path', 'GET /live/ti me HTTP/1.1\r\nHost: h\r\n\r\n'],
    ['bytes above ASCII in its path', 'GET /live/\xff\xfe HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n'],
  ])('with %s is refused or cut off', async (_, text) => {
    const { status = 400 } = await rawToEnd(region, Buffer.from(text, 'latin1'));
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    await expectServing();
  });

  it.each([
    ['to another protocol', 'GET', 'Connection: Upgrade\r\nUpgrade: websocket', 200],
    [
      'to HTTP/2',
      'GET',
      'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQ',
      200,
    ],
    ['to be traced', 'TRACE', 'Cookie: secret=1', 401],
  ])('%s is answered as any other', async (_, method, lines, status) => {
    const answer = await raw(region, `${method} /live/time HTTP/1.1\r\nHost: h\r\n${lines}\r\n\r\n`);
    expect(answer.status).toBe(status);
    expect(answer.text).not.toContain('secret=1');
  });

  it('that names an address to ask is not believed', async () => {
    const forwarded =
      'Host: internal.example\r\nX-Forwarded-Host: internal.example\r\nForwarded: host=internal.example';
    for (const url of [region, scene.headwater.edgeUrl]) {
      const { text } = await raw(url, `GET / HTTP/1.1\r\n${forwarded}\r\n\r\n`);
      expect(text).not.toContain('internal.example');
    }
  });
});

describe('a body', () => {
  const head = async (lines: string, credential = true) =>
    `PUT ${scene.own.path}/v360/init.mp4 HTTP/1.1\r\nHost: h\r\n${credential ? `Authorization: ${await scene.own.basic('a')}\r\n` : ''}${lines}\r\n\r\n`;
  const MEGABYTE = Buffer.alloc(2 ** 20);
  const CHUNK = Buffer.concat([
    Buffer.from(`${MEGABYTE.length.toString(16)}\r\n`),
    MEGABYTE,
    Buffer.from('\r\n'),
  ]);

  it('without end, in chunks, is 413 and cut off', async () => {
    const answer = await rawToEnd(
      region,
      await head('Transfer-Encoding: chunked'),
      ...Array.from({ length: 30 }, () => CHUNK),
    );
    expect(answer.status).toBe(413);
    await expectServing();
  });

  it('without end of a stranger is cut off', async () => {
    const answer = await rawToEnd(
      region,
      await head('Transfer-Encoding: chunked', false),
      ...Array.from({ length: 40 }, () => CHUNK),
    );
    expect([401, undefined]).toContain(answer.status);
    await expectServing();
  });

  it('of endless extensions and trailers is refused', async () => {
    const extension = await rawToEnd(
      region,
      await head('Transfer-Encoding: chunked'),
      `1;${'a'.repeat(100_000)}\r\nx\r\n0\r\n\r\n`,
    );
    expect(extension.status).toBe(413);
    const trailers = await rawToEnd(
      region,
      await head('Transfer-Encoding: chunked'),
      `1\r\nx\r\n0\r\n${'T: a\r\n'.repeat(20_000)}\r\n`,
    );
    expect([400, 431, undefined]).toContain(trailers.status);
    await expectServing();
  });

  it.each([
    ['unfinished', '['],
    ['torn', '{"a":'],
    ['null', 'null'],
    ['a string', '"x"'],
    ['a list', '[]'],
    ['no UTF-8', '\xff\xfe'],
    ['of names of JavaScript', '{"__proto__":{"write":true}}'],
    ['200,000 deep', '['.repeat(200_000)],
    ['a number of 1,000 digits', `{"a":${'1'.repeat(1000)}}`],
  ])('of a control call that is %s is 400', async (_, body) => {
    const headers = { authorization: `Bearer ${scene.headwater.token}` };
    const url = `${region}/control/v1/tenants/acceptance/events/${scene.own.name}-x`;
    expect((await send('PUT', url, headers, Buffer.from(body, 'latin1'))).status).toBe(400);
  });

  it('of a control call beyond its limit is 413', async () => {
    const headers = { authorization: `Bearer ${scene.headwater.token}` };
    const url = `${region}/control/v1/tenants/acceptance/events/${scene.own.name}-x`;
    expect((await send('PUT', url, headers, new Uint8Array(300_000))).status).toBe(413);
  });
});
