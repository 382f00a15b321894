import { createHash } from 'node:crypto';
import { asTrack, truncate } from '../../demo/damage';
import { asset, cut, jsonOf, makeEvent, media, newest, padded, send, STRICT, TestEvent } from './deployment';
import type { Answer, Headers } from './deployment';
import type { Deployment } from './deployment';
import { PATIENT, until } from './deployment';

/** docs/http-api.md, PUT: the rows of its table, over HTTP from outside. */
export function publishSuite(deploy: () => Deployment): void {
  describe('PUT', () => {
    let event: TestEvent;
    /** A number of its own for each test. */
    let number: number;
    beforeAll(async () => {
      event = await makeEvent(deploy());
      number = newest() - 90;
    });
    beforeEach(() => {
      number++;
    });

    describe('201', () => {
      it('is a candidate that is stored and readable at once', async () => {
        const put = await event.putMedia('a', number);
        expect(put.status).toBe(201);
        const digest = createHash('sha256').update(media(number)).digest('hex');
        expect(jsonOf(put)).toMatchObject({
          pipeline: 'a',
          number,
          digest,
          size: media(number).length,
          defects: [],
        });
        expect(put.headers['headwater-defects']).toBeUndefined();
        const got = await event.getMedia(number);
        expect(got.status).toBe(200);
        expect(got.body.equals(media(number))).toBe(true);
      });

      it('names the defects that were found', async () => {
        const put = await event.putMedia('a', number, cut(number));
        expect(put.status).toBe(201);
        expect(put.headers['headwater-defects']).toContain('short;missing=5');
      });

      it('takes POST as it takes PUT', async () => {
        expect((await event.putMedia('a', number, media(number), { method: 'POST' })).status).toBe(201);
      });

      it('takes a digest that is right', async () => {
        const digest = createHash('sha256').update(media(number)).digest('base64');
        const headers = { 'content-digest': `sha-256=:${digest}:` };
        expect((await event.putMedia('a', number, media(number), { headers })).status).toBe(201);
      });

      it('replaces a defective copy by a less severe one', async () => {
        expect((await event.putMedia('a', number, cut(number))).status).toBe(201);
        expect((await event.putMedia('a', number)).status).toBe(201);
        expect((await event.getMedia(number)).body.equals(media(number))).toBe(true);
      });

      it('believes the defects that the publisher reports', async () => {
        const headers = { 'segment-inspection': 'defects=(discontinuity)' };
        const put = await event.putMedia('a', number, media(number), { headers });
        expect(put.headers['headwater-defects']).toContain('discontinuity');
      });
    });

    describe('200', () => {
      it('is the same bytes again', async () => {
        await event.putMedia('a', number);
        const again = await event.putMedia('a', number);
        expect(again.status).toBe(200);
        expect(jsonOf(again)).toMatchObject({ number, pipeline: 'a' });
      });

      it('is the same init again', async () => {
        expect((await event.put('a', 'v360/init.mp4', asset.init('v360'))).status).toBe(200);
      });

      it('is an empty body, and nothing is stored', async () => {
        const put = await event.putMedia('a', number, new Uint8Array());
        expect(put.status).toBe(200);
        expect((await event.getMedia(number)).status).toBe(404);
      });

      it('is DELETE, and nothing is removed', async () => {
        await event.putMedia('a', number);
        const deleted = await event.putMedia('a', number, new Uint8Array(), { method: 'DELETE' });
        expect(deleted.status).toBe(200);
        expect((await event.getMedia(number)).status).toBe(200);
      });

      it.each([
        ['before-initial', { initialSegmentNumber: newest() - 10 }, newest() - 20],
        ['after-final', { finalSegmentNumber: newest() - 20 }, newest() - 10],
        ['expired', { timeShiftBufferDepthSeconds: 20 }, newest() - 50],
      ])('is a number outside the event, ignored: %s', async (why, configuration, outside) => {
        const bounded = await makeEvent(deploy(), { ...PATIENT, ...configuration });
        const put = await bounded.putMedia('a', outside);
        expect([put.status, put.headers['headwater-ignored']]).toEqual([200, why]);
        expect((await bounded.getMedia(outside)).status).not.toBe(200);
      });
    });

    describe('400', () => {
      it.each([
        ['truncated', (bytes: Uint8Array) => truncate(bytes, bytes.length - 100)],
        ['wrong-track', (bytes: Uint8Array) => asTrack(bytes, 77)],
        ['malformed', () => new Uint8Array(500).fill(0x41)],
      ])('is a fatal defect, never served: %s', async (name, damage) => {
        const put = await event.putMedia('a', number, damage(media(number)));
        expect(put.status).toBe(400);
        expect(put.headers['content-type']).toBe('application/problem+json');
        expect(JSON.stringify(jsonOf(put)['defects'])).toContain(name);
        expect((await event.getMedia(number)).status).toBe(404);
      });

      it.each(['content-digest', 'repr-digest'])('is a body that is not what its %s says', async (header) => {
        const headers = { [header]: `sha-256=:${createHash('sha256').update('other').digest('base64')}:` };
        const put = await event.putMedia('a', number, media(number), { headers });
        expect(put.status).toBe(400);
        expect(jsonOf(put)['type']).toBe('/problems/digest-mismatch');
        expect((await event.getMedia(number)).status).toBe(404);
      });

      it('is a name with leading zeros', async () => {
        expect((await event.put('a', `v360/0${number}.m4s`, media(number))).status).toBe(400);
      });
    });

    describe('401 and 403', () => {
      const url = () => `${event.region().publishUrl}${event.path}/v360/${number}.m4s`;

      it.each([
        ['none', () => undefined],
        ['a wrong secret', () => `Basic ${Buffer.from('a:wrong').toString('base64')}`],
        ['an empty one', () => 'Basic '],
        ['no scheme of ours', () => 'Digest username="a"'],
      ])('challenges a credential that is %s', async (_, authorization) => {
        const value = authorization();
        const put = await send(
          'PUT',
          url(),
          value === undefined ? {} : { authorization: value },
          media(number),
        );
        expect(put.status).toBe(401);
        expect(put.headers['www-authenticate']).toMatch(/^Basic realm=/);
        expect((await event.getMedia(number)).status).toBe(404);
      });

      it("refuses a secret under another pipeline's name", async () => {
        const secret = await event.secretOf('a');
        const authorization = `Basic ${Buffer.from(`b:${secret}`).toString('base64')}`;
        expect((await send('PUT', url(), { authorization }, media(number))).status).toBe(401);
      });

      it('takes the secret as Bearer', async () => {
        const authorization = `Bearer ${await event.secretOf('a')}`;
        expect((await send('PUT', url(), { authorization }, media(number))).status).toBe(201);
      });

      it('refuses the credential of another event', async () => {
        const other = await makeEvent(deploy());
        const authorization = await other.basic('a');
        expect((await send('PUT', url(), { authorization }, media(number))).status).toBe(403);
      });
    });

    it('401 or 404: an event that has been deleted takes its credentials along', async () => {
      const deleted = await makeEvent(deploy());
      await deleted.secretOf('a');
      expect((await deleted.control('DELETE', '')).status).toBeLessThan(300);
      // Origins look at events once a second; an authorizer that remembers the credential leaves it to ingest to say 404.
      let status = 0;
      for (let tries = 0; tries < 100 && status !== 401 && status !== 404; tries++) {
        ({ status } = await deleted.putMedia('a', number));
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      expect([401, 404]).toContain(status);
    });

    describe('409', () => {
      it('is other bytes for a number of which this pipeline has a valid copy', async () => {
        await event.putMedia('a', number);
        const put = await event.putMedia('a', number, cut(number));
        expect(put.status).toBe(409);
        expect((await event.getMedia(number)).body.equals(media(number))).toBe(true);
      });

      it('is a number far ahead, and names the one expected now', async () => {
        const put = await event.putMedia('a', newest() + 1000);
        expect(put.status).toBe(409);
        const expected = Number(jsonOf(put)['expectedNumber']);
        expect(Math.abs(expected - newest())).toBeLessThan(10);
      });

      it('is an init of another identity; media of that pipeline are wrong-init from then on', async () => {
        const put = await event.put('b', 'v360/init.mp4', asset.init('v720'));
        expect(put.status).toBe(409);
        const segment = await event.putMedia('b', number);
        expect(segment.headers['headwater-defects']).toContain('wrong-init');
        await event.putMedia('a', number);
        expect((await event.getMedia(number)).headers['headwater-candidate']).toContain('pipeline="a"');
      });
    });

    it('412: media before its init, when the configuration gives no timescale either', async () => {
      const blank = new TestEvent(deploy());
      const representations = [{ id: 'v360', contentType: 'video' }];
      await blank.configure({ ...PATIENT, representations, initialSegmentNumber: newest() - 50 });
      expect((await blank.putMedia('a', newest())).status).toBe(412);
      expect((await blank.put('a', 'v360/init.mp4', asset.init('v360'))).status).toBe(201);
      expect((await blank.putMedia('a', newest())).status).toBe(201);
    });

    it('415: a media type that the event does not take', async () => {
      expect((await event.put('a', 'pictures/1.bmp', 'x')).status).toBe(415);
    });

    describe('a hand-off', () => {
      const handOff = async (bytes: Uint8Array, query: string, body = '') => {
        const digest = createHash('sha256').update(bytes).digest('base64');
        const headers = { 'repr-digest': `sha-256=:${digest}:`, 'content-type': 'application/json' };
        return event.put('a', `v360/${number}.m4s${query}`, body, { headers, method: 'POST' });
      };
      const ask = (bytes: Uint8Array) => handOff(bytes, '?upload', JSON.stringify({ length: bytes.length }));
      /** PUTs to the place that an answer names, without a credential. */
      const upload = (asked: Answer, bytes: Uint8Array, headers?: Headers) => {
        const place = jsonOf(asked) as unknown as { readonly url: string; readonly headers: Headers };
        const url = new URL(place.url, `${event.region().publishUrl}${event.path}/v360/${number}.m4s`);
        return send('PUT', url.href, headers ?? place.headers, bytes);
      };

      it('brings a segment past the limits of a PUT; it is there once it is complete', async () => {
        const bytes = padded(media(number), 6_000_000);
        const asked = await ask(bytes);
        expect(asked.status).toBe(200);
        expect((await upload(asked, bytes)).status).toBe(200);
        expect((await event.getMedia(number)).status).toBe(404);
        const completed = await handOff(bytes, '?upload=complete');
        expect([completed.status, jsonOf(completed)]).toEqual([
          201,
          expect.objectContaining({ pipeline: 'a', number, size: bytes.length, defects: [] }),
        ]);
        const got = await event.getMedia(number);
        expect([got.status, got.body.equals(bytes)]).toEqual([200, true]);
        expect((await handOff(bytes, '?upload=complete')).status).toBe(200);
      });

      it('takes the bytes that were asked for, once', async () => {
        const asked = await ask(media(number));
        expect((await upload(asked, cut(number))).status).toBeGreaterThanOrEqual(400);
        expect((await handOff(media(number), '?upload=complete')).status).toBe(409);
        expect((await upload(asked, media(number))).status).toBe(200);
        expect((await upload(asked, media(number))).status).toBe(412);
      });

      it('follows the rules of a PUT: 401, 409, 413', async () => {
        const url = `${event.region().publishUrl}${event.path}/v360/${number}.m4s?upload`;
        expect((await send('POST', url, {}, '{"length":1}')).status).toBe(401);
        const large = await handOff(media(number), '?upload', '{"length":1000000000}');
        expect([large.status, jsonOf(large)['upload']]).toEqual([413, undefined]);
        await event.putMedia('a', number);
        expect((await ask(cut(number))).status).toBe(409);
      });
    });

    it('late: past the retry deadline it is taken, and ends the 410', async () => {
      const strict = await makeEvent(deploy(), STRICT);
      expect((await strict.getMedia(number)).status).toBe(410);
      const put = await strict.putMedia('a', number);
      expect(put.status).toBe(201);
      // Half a second where nobody tells an instance of changes (docs/overload.md).
      await until(async () => (await strict.getMedia(number)).status === 200);
      expect((await strict.getMedia(number)).headers['etag']).toMatch(/^"[0-9a-f]{64}"$/);
    });

    describe("a packager's own files", () => {
      it.each([
        ['live.mpd', 'live.mpd', 'application/dash+xml'],
        ['v360/media.m3u8', 'v360_media.m3u8', 'application/vnd.apple.mpegurl'],
      ])('%s is kept apart from ours', async (name, kept, type) => {
        const text = `the packager's ${name}`;
        expect((await event.put('a', name, text)).status).toBe(201);
        const got = await event.get(`packager/a/${kept}`);
        expect([got.status, got.headers['content-type'], got.body.toString()]).toEqual([200, type, text]);
        expect(got.headers['cache-control']).toContain('max-age=1');
      });

      it('passthrough objects are served as they are, the last write wins', async () => {
        const open = await makeEvent(deploy(), { ...PATIENT, passthrough: ['thumbs/*.jpg'] });
        await open.put('a', 'thumbs/1.jpg', 'first');
        await open.put('b', 'thumbs/1.jpg', 'second');
        const got = await open.get('thumbs/1.jpg');
        expect([got.status, got.body.toString()]).toEqual([200, 'second']);
      });
    });
  });
}
