import { setImmediate as turn } from 'node:timers/promises';
import { request } from 'undici';
import { createHttpServer, type HttpServer, type Route } from '../../server/http-server';
import type { HttpRequest, HttpResponse } from '../../http/message';
import type { Cancel } from '../../origin/ports/cancel';
import { systemClock } from '../../stores/system-clock';
import { RawConnection } from '../acceptance/raw-http';

const open: HttpServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close(0);
});

type Answer = (request: HttpRequest, cancel: Cancel) => Promise<HttpResponse>;

interface Served {
  readonly url: string;
  readonly statuses: number[];
  readonly logged: string[];
}

async function serve(
  answer: Answer,
  more: { bodyBytesMax?: number; bodiesBytesMax?: number } = {},
): Promise<Served> {
  const [statuses, logged]: [number[], string[]] = [[], []];
  const route = ({ headers: { owner } }: HttpRequest): Route => ({
    ...{ kind: 'take', bodyBytesMax: more.bodyBytesMax ?? 1000, answer },
    owners: owner === undefined ? [] : [owner],
  });
  const server = createHttpServer({
    route,
    clock: systemClock,
    log: { warn: (message) => logged.push(message), error: (message) => logged.push(message) },
    onAnswered: (_, status) => statuses.push(status),
    ...(more.bodiesBytesMax !== undefined && { bodiesBytesMax: more.bodiesBytesMax }),
  });
  open.push(server);
  return { url: `http://127.0.0.1:${await server.listen('127.0.0.1', 0)}`, statuses, logged };
}

const ok = (body: HttpResponse['body'] = 'fine'): HttpResponse => ({
  status: 200,
  headers: {},
  ...(body && { body }),
});

describe('what comes in', () => {
  it('is a path, its query, its headers and its body', async () => {
    let seen: HttpRequest | undefined;
    const { url } = await serve(async (message) => {
      seen = message;
      return ok();
    });
    const response = await request(`${url}/a/b?x=1&x=2&y=%20`, {
      method: 'PUT',
      headers: { 'X-One': 'a' },
      body: 'abc',
    });
    await response.body.dump();
    expect(seen).toMatchObject({
      method: 'PUT',
      path: '/a/b',
      query: { x: '2', y: ' ' },
      headers: { 'x-one': 'a' },
    });
    expect(Buffer.from(seen?.body ?? []).toString()).toBe('abc');
  });

  it('has no body beyond the limit, and 503 when there is no room for another', async () => {
    const { url } = await serve(async () => ok(), { bodyBytesMax: 10, bodiesBytesMax: 8 });
    const statusOf = async (body: string) => {
      const response = await request(url, { method: 'PUT', body });
      await response.body.dump();
      return response.statusCode;
    };
    expect([
      await statusOf('x'.repeat(8)),
      await statusOf('x'.repeat(9)),
      await statusOf('x'.repeat(11)),
    ]).toEqual([200, 503, 413]);
    // The memory of refused and answered bodies is given back.
    expect(await statusOf('x'.repeat(8))).toBe(200);
  });
});

describe('bodies that do not end', () => {
  /** PUTs a body of 100 bytes of which the last never come; resolves once it has its place. */
  async function unending(url: string, owner: string): Promise<RawConnection> {
    const client = new RawConnection(url);
    const head = `PUT / HTTP/1.1\r\nHost: x\r\nOwner: ${owner}\r\nContent-Length: 100\r\n`;
    client.write(`${head}Expect: 100-continue\r\n\r\n`);
    await client.until('100 Continue');
    client.write('begun');
    return client;
  }

  it('of one owner leave room for others: who holds is refused', async () => {
    const { url } = await serve(async () => ok(), { bodiesBytesMax: 1000 });
    const statusOf = async (owner: string) => {
      const response = await request(url, { method: 'PUT', headers: { owner }, body: 'x'.repeat(100) });
      await response.body.dump();
      return response.statusCode;
    };
    const clients: RawConnection[] = [];
    while ((await statusOf('one')) === 200 && clients.length < 20) clients.push(await unending(url, 'one'));
    expect(clients).toHaveLength(5);
    expect([await statusOf('one'), await statusOf('two'), await statusOf('three')]).toEqual([503, 200, 200]);
    for (const client of clients) client.close();
    while ((await statusOf('one')) !== 200) await turn();
  });
});

describe('what goes out', () => {
  async function* pieces(count: number, size: number, last?: Error): AsyncIterable<Uint8Array> {
    for (let index = 0; index < count; index++) {
      await turn();
      yield Buffer.alloc(size, index);
    }
    if (last !== undefined) throw last;
  }

  it('is a stream, however large, with the length that was said', async () => {
    const headers = { 'Content-Length': String(64 * 65_536) };
    const { url } = await serve(async () => ({ status: 200, headers, body: pieces(64, 65_536) }));
    const response = await request(url);
    expect((await response.body.arrayBuffer()).byteLength).toBe(64 * 65_536);
  });

  it('is torn when the stream fails, so that nobody takes the part for the whole', async () => {
    const failing = pieces(2, 1000, new Error('the disk went away'));
    const { url, logged } = await serve(async () => ({ status: 200, headers: {}, body: failing }));
    const response = await request(url);
    await expect(response.body.arrayBuffer()).rejects.toThrow();
    expect(logged).toEqual(['an answer failed while it was sent']);
  });

  it('stops reading a stream whose client has left', async () => {
    const reading = { stopped: false };
    async function* endless(): AsyncIterable<Uint8Array> {
      try {
        for (;;) {
          await turn();
          yield Buffer.alloc(65_536);
        }
      } finally {
        reading.stopped = true;
      }
    }
    const { url } = await serve(async () => ({ status: 200, headers: {}, body: endless() }));
    const client = new RawConnection(url);
    client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await client.until('200 OK');
    client.close();
    while (!reading.stopped) await turn();
    expect(reading.stopped).toBe(true);
  });

  it.each([
    ['text', ok('äöü'), '6'],
    ['bytes', ok(new Uint8Array(5)), '5'],
    ['nothing', { status: 200, headers: {} }, '0'],
    ['a length said in lower case', { status: 200, headers: { 'content-length': '2' }, body: 'ab' }, '2'],
  ])('%s has a Content-Length, once', async (_, response, length) => {
    const { url } = await serve(async () => response);
    const client = new RawConnection(url);
    client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    const lines = (await client.until('\r\n\r\n'))
      .split('\r\n')
      .filter((line) => /^content-length/i.test(line));
    client.close();
    expect(lines.map((line) => line.toLowerCase())).toEqual([`content-length: ${length}`]);
  });
});

describe('what goes wrong', () => {
  it('in a store is 503, for a moment', async () => {
    const { url, logged } = await serve(() => Promise.reject(new Error('EIO')));
    const response = await request(url);
    await response.body.dump();
    expect([response.statusCode, response.headers['retry-after'], logged]).toEqual([
      503,
      '1',
      ['a store failed'],
    ]);
  });

  it('in our own code is 500, logged, and the next request is answered', async () => {
    let calls = 0;
    const { url, logged } = await serve(async () => {
      if (++calls === 1) throw new TypeError('undefined is not a function');
      return ok();
    });
    const statuses: number[] = [];
    for (let index = 0; index < 2; index++) {
      const response = await request(url);
      statuses.push(response.statusCode);
      await response.body.dump();
    }
    expect([statuses, logged]).toEqual([[500, 200], ['an answer could not be made']]);
  });

  it('in a header that cannot be sent ends that connection alone', async () => {
    const { url, logged } = await serve(async ({ path }) =>
      path === '/bad' ? { status: 200, headers: { Broken: 'a\r\nb' }, body: '' } : ok(),
    );
    await expect(request(`${url}/bad`)).rejects.toThrow();
    expect(logged).toEqual(['an answer failed while it was sent']);
    const response = await request(url);
    await response.body.dump();
    expect(response.statusCode).toBe(200);
  });

  it('tells who waits that the client has left', async () => {
    const waiter = { started: false, cancelled: false };
    const { url, statuses } = await serve((_, cancel) => {
      waiter.started = true;
      return new Promise((resolve) =>
        cancel.onCancel(() => {
          waiter.cancelled = true;
          resolve(ok());
        }),
      );
    });
    const client = new RawConnection(url);
    client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    while (!waiter.started) await turn();
    client.close();
    while (statuses.length === 0) await turn();
    expect([waiter.cancelled, statuses]).toEqual([true, [499]]);
  });
});
