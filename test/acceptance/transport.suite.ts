import { makeEvent, media, newest, type Deployment, type TestEvent } from './deployment';
import { RawConnection } from './raw-http';

/** How bytes come in: what real packagers do on the wire (docs/packagers.md), and what hostile ones do. */
export function transportSuite(deploy: () => Deployment): void {
  describe('PUT on the wire', () => {
    let event: TestEvent;
    let number: number;
    let connection: RawConnection;
    beforeAll(async () => {
      event = await makeEvent(deploy());
      number = newest() - 90;
    });
    beforeEach(() => {
      number++;
      connection = new RawConnection(event.region().publishUrl);
    });
    afterEach(() => connection.close());

    const head = async (lines: readonly string[], credential = true) =>
      [
        `PUT ${event.path}/v360/${number}.m4s HTTP/1.1`,
        'Host: packager',
        ...(credential ? [`Authorization: ${await event.basic('a')}`] : []),
        ...lines,
        '\r\n',
      ].join('\r\n');

    it('takes a chunked body, in pieces of any size', async () => {
      const bytes = media(number);
      connection.write(await head(['Transfer-Encoding: chunked']));
      for (let at = 0; at < bytes.length; at += 7001) {
        const piece = bytes.subarray(at, at + 7001);
        connection.write(`${piece.length.toString(16)}\r\n`);
        connection.write(piece);
        connection.write('\r\n');
      }
      connection.write('0\r\n\r\n');
      expect(await connection.until('\r\n\r\n')).toMatch(/^HTTP\/1.1 201 /);
      expect((await event.getMedia(number)).body.equals(bytes)).toBe(true);
    });

    it('answers Expect: 100-continue without a credential by 401 instead of 100', async () => {
      connection.write(await head(['Expect: 100-continue', 'Transfer-Encoding: chunked'], false));
      const answer = await connection.untilEnd();
      expect(answer).toMatch(/^HTTP\/1.1 401 /);
      expect(answer).toMatch(/WWW-Authenticate: Basic realm=/i);
    });

    it('answers Expect: 100-continue with a credential by 100, then takes the body', async () => {
      const bytes = media(number);
      connection.write(await head(['Expect: 100-continue', `Content-Length: ${bytes.length}`]));
      expect(await connection.until('100 Continue\r\n\r\n')).toMatch(/^HTTP\/1.1 100 /);
      connection.write(bytes);
      expect(await connection.until('HTTP/1.1 201 ')).toContain('HTTP/1.1 201 ');
    });

    it('reads the body of a refused request, so that the connection serves the next one', async () => {
      connection.write(await head(['Content-Length: 100000'], false));
      connection.write(new Uint8Array(100_000));
      expect(await connection.until('\r\n\r\n')).toMatch(/^HTTP\/1.1 401 /);
      const bytes = media(number);
      connection.write(await head([`Content-Length: ${bytes.length}`]));
      connection.write(bytes);
      expect(await connection.until('HTTP/1.1 201 ')).toContain('HTTP/1.1 201 ');
    });

    it('answers 413 beyond the limit, once the body has been read, and names the hand-off', async () => {
      const size = 16 * 2 ** 20 + 1;
      connection.write(await head([`Content-Length: ${size}`]));
      connection.write(new Uint8Array(size));
      expect(await connection.until('"upload":"?upload"')).toMatch(/^HTTP\/1.1 413 /);
    });

    it('leaves nothing of a body that ends in the middle', async () => {
      connection.write(await head([`Content-Length: ${media(number).length}`]));
      connection.write(media(number).subarray(0, 5000));
      connection.close();
      expect((await event.getMedia(number)).status).toBe(404);
      expect((await event.putMedia('a', number)).status).toBe(201);
    });

    it.each([
      ['a chunk size that is none', 'Transfer-Encoding: chunked', 'zz\r\n', 400],
      ['two lengths that disagree', 'Content-Length: 3\r\nContent-Length: 4', 'abc', 400],
      ['a length beside chunks', 'Content-Length: 3\r\nTransfer-Encoding: chunked', '0\r\n\r\n', 400],
      ['headers without end', `Filler: ${'a'.repeat(40_000)}`, '', 431],
    ])('refuses %s, and goes on', async (_, lines, body, status) => {
      connection.write(await head([lines]));
      connection.write(body);
      expect(await connection.untilEnd()).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
      expect((await event.putMedia('a', number)).status).toBe(201);
    });

    it.each([
      ['a path of 3,000 characters', `GET /live/${'a'.repeat(3000)} HTTP/1.1`, 414],
      ['percent-encoding', 'GET /live/acceptance/%65/v360/1.m4s HTTP/1.1', 404],
      ['dot segments', 'GET /live/acceptance/../../etc/passwd HTTP/1.1', 404],
      ['a NUL', 'GET /live/acceptance/e/%00 HTTP/1.1', 404],
      ["JavaScript's own names", 'GET /live/__proto__/constructor/toString HTTP/1.1', 404],
      ['the absolute form', 'GET http://elsewhere/live/time HTTP/1.1', 200],
    ])('answers %s', async (_, line, status) => {
      connection.write(`${line}\r\nHost: player\r\n\r\n`);
      expect(await connection.until('\r\n\r\n')).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    });
  });
}
