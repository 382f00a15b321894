import { createHash } from 'node:crypto';
import { jsonOf, makeEvent, media, newest, PATIENT, send, STRICT, TestEvent } from './deployment';
import type { Answer, Deployment } from './deployment';

/** docs/http-api.md, GET and HEAD: the rows of the schedule table and the headers, over HTTP from outside. */
export function serveSuite(deploy: () => Deployment): void {
  describe('GET', () => {
    let event: TestEvent;
    /** Published by both pipelines. */
    let there: number;
    beforeAll(async () => {
      event = await makeEvent(deploy());
      there = newest() - 20;
      await event.putMedia('a', there);
      await event.putMedia('b', there);
    });

    describe('the schedule table', () => {
      const cacheControl = (answer: Answer) => answer.headers['cache-control'];

      it('unknown event: 404 for 5 s', async () => {
        const answer = await new TestEvent(deploy()).getMedia(there);
        expect([answer.status, cacheControl(answer)]).toEqual([404, 'max-age=5']);
      });

      it('unknown representation: 404 for 5 s', async () => {
        const answer = await event.get(`v9/${there}.m4s`);
        expect([answer.status, cacheControl(answer)]).toEqual([404, 'max-age=5']);
      });

      it.each([
        ['leading zeros', () => `v360/00${there}.m4s`],
        ['a number too great', () => 'v360/99999999999999999.m4s'],
        ['before the initial segment', () => `v360/${newest() - 1000}.m4s`],
      ])('never, %s: 404 for a minute', async (_, path) => {
        const answer = await event.get(path());
        expect([answer.status, cacheControl(answer)]).toEqual([404, 'max-age=60']);
      });

      it('after the final segment: 404 for a minute', async () => {
        const ended = await makeEvent(deploy(), { ...PATIENT, finalSegmentNumber: newest() - 10 });
        const answer = await ended.getMedia(newest());
        expect([answer.status, cacheControl(answer)]).toEqual([404, 'max-age=60']);
      });

      it('not yet: 404 until it is next, floored to seconds, 300 at most', async () => {
        const future = newest() + 60;
        const answer = await event.getMedia(future);
        // delayMs is 0, so a number is next when its predecessor's media has ended: when its own begins.
        const nextFromMs = future * 2000;
        expect([answer.status, Number(answer.headers['headwater-expires-ms'])]).toEqual([404, nextFromMs]);
        const maxAge = Number(/^max-age=(\d+)$/.exec(cacheControl(answer) ?? '')?.[1]);
        expect(maxAge).toBeGreaterThan(60);
        expect(Date.now() + maxAge * 1000).toBeLessThan(nextFromMs + 10_000);
        const far = await event.getMedia(newest() + 100_000);
        expect(cacheControl(far)).toBe('max-age=300');
      });

      it('the next one is served as soon as it is there, however early', async () => {
        const next = newest() + 2;
        const early = await event.putMedia('a', next);
        expect(early.status).toBe(201);
        // It becomes the next while we ask, at the latest one duration from now.
        let answer = await event.getMedia(next);
        while (answer.status === 404) answer = await event.getMedia(next);
        expect(answer.status).toBe(200);
      });

      it('due, missing, before the retry deadline: 404 that nobody keeps', async () => {
        const answer = await event.getMedia(newest() - 30);
        expect([answer.status, cacheControl(answer)]).toEqual([404, 'max-age=0']);
      });

      it('past the retry deadline, still none: 410 with the reason, stored nowhere', async () => {
        const strict = await makeEvent(deploy(), STRICT);
        const answer = await strict.getMedia(newest() - 30);
        expect([answer.status, cacheControl(answer)]).toEqual([410, 'no-store']);
        expect(jsonOf(answer)['reason']).toBe('never-came');
      });

      it('older than the DVR window: 410 for a day', async () => {
        const short = await makeEvent(deploy(), { ...PATIENT, timeShiftBufferDepthSeconds: 20 });
        const answer = await short.getMedia(newest() - 50);
        expect([answer.status, cacheControl(answer)]).toEqual([410, 'max-age=86400']);
      });

      it('there: 200, immutable for the length of the DVR window', async () => {
        const answer = await event.getMedia(there);
        expect([answer.status, cacheControl(answer)]).toEqual([
          200,
          'public, max-age=60, s-maxage=600, immutable',
        ]);
      });
    });

    it('holds the next number until it is published', async () => {
      const holding = await makeEvent(deploy(), {
        ...PATIENT,
        publish: { ...PATIENT.publish, holdMs: 30_000 },
      });
      // Due 2 s ago: inside the hold for 28 s more, and each request is held for 5 s.
      const number = newest();
      const waiting = [0, 1].map((region) => holding.getMedia(number, {}, region));
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect((await holding.putMedia('a', number)).status).toBe(201);
      const [here, elsewhere] = await Promise.all(waiting);
      expect(here?.status).toBe(200);
      expect(here?.headers['cmsd-static']).toMatch(/ht=\d+/);
      // The other region asks its peers while it holds.
      expect(elsewhere?.status).toBe(200);
    });

    describe('headers of a segment', () => {
      const digest = () => createHash('sha256').update(media(there));
      it.each([
        ['etag', () => `"${digest().digest('hex')}"`],
        ['repr-digest', () => `sha-256=:${digest().digest('base64')}:`],
        ['accept-ranges', () => 'bytes'],
        ['content-type', () => 'video/mp4'],
        ['content-length', () => String(media(there).length)],
        ['access-control-allow-origin', () => '*'],
        ['timing-allow-origin', () => '*'],
      ])('%s', async (name, wanted) => {
        expect((await event.getMedia(there)).headers[name]).toBe(wanted());
      });

      it('say where the bytes come from, and what is next', async () => {
        const { headers } = await event.getMedia(there);
        const region = event.region().name;
        expect(headers['headwater-candidate']).toBe(
          `pipeline="a", replica="${region}", served="${region}", number=${there}`,
        );
        expect(headers['cmsd-static']).toContain(`n="headwater-${region}"`);
        expect(headers['cmsd-static']).toContain(`nor="${there + 1}.m4s"`);
        expect(headers['cache-tag']?.split(',')[0]).toBe(`ev:${event.tenant}/${event.name}`);
        expect(Date.parse(headers['last-modified'] ?? '')).toBeGreaterThan(Date.now() - 600_000);
        expect(headers).not.toHaveProperty('vary');
        expect(headers).not.toHaveProperty('set-cookie');
      });

      it('a region without the bytes serves those of another', async () => {
        const { status, headers, body } = await event.getMedia(there, {}, 1);
        expect(status).toBe(200);
        expect(headers['headwater-candidate']).toContain(`replica="${event.region(0).name}"`);
        expect(headers['headwater-candidate']).toContain(`served="${event.region(1).name}"`);
        expect(body.equals(media(there))).toBe(true);
      });
    });

    describe('ranges and conditions', () => {
      const size = () => media(there).length;
      it.each([
        ['bytes=0-99', 0, 100],
        ['bytes=100-', 100, undefined],
        ['bytes=-10', -10, undefined],
        ['bytes=5-999999999', 5, undefined],
      ])('%s', async (range, start, end) => {
        const answer = await event.getMedia(there, { range });
        const part = Buffer.from(media(there)).subarray(start, end);
        expect(answer.status).toBe(206);
        expect(answer.body.equals(part)).toBe(true);
        const first = start < 0 ? size() + start : start;
        expect(answer.headers['content-range']).toBe(`bytes ${first}-${first + part.length - 1}/${size()}`);
      });

      it.each(['bytes=5-1', 'items=0-1', 'bytes=0-1,3-4', 'bytes=x-'])(
        'ignores a range that is none of ours: %s',
        async (range) => expect((await event.getMedia(there, { range })).status).toBe(200),
      );

      it('416 beyond the end', async () => {
        const answer = await event.getMedia(there, { range: 'bytes=99999999-' });
        expect([answer.status, answer.headers['content-range']]).toEqual([416, `bytes */${size()}`]);
      });

      it('If-Range with another ETag gives the whole', async () => {
        const answer = await event.getMedia(there, { range: 'bytes=0-9', 'if-range': '"other"' });
        expect(answer.status).toBe(200);
      });

      it('304 by ETag, without a body', async () => {
        const { headers } = await event.getMedia(there);
        const answer = await event.getMedia(there, { 'if-none-match': `"x", W/${headers['etag'] ?? ''}` });
        expect([answer.status, answer.body.length]).toEqual([304, 0]);
        expect(answer.headers['etag']).toBe(headers['etag']);
      });
    });

    it('HEAD has the headers of GET and no body', async () => {
      const url = `${event.region().serveUrl}${event.path}/v360/${there}.m4s`;
      const [head, whole] = [await send('HEAD', url), await send('GET', url)];
      expect([head.status, head.body.length]).toEqual([200, 0]);
      for (const name of ['etag', 'content-length', 'content-type', 'cache-control', 'headwater-candidate'])
        expect([name, head.headers[name]]).toEqual([name, whole.headers[name]]);
    });

    it('OPTIONS lets any page ask with Range', async () => {
      const answer = await send('OPTIONS', `${event.region().serveUrl}${event.path}/v360/${there}.m4s`);
      expect(answer.status).toBe(204);
      expect(answer.headers['access-control-allow-headers']).toContain('Range');
    });

    it('every status carries CORS and says how long it is true', async () => {
      const paths = [
        `v360/${there}.m4s`,
        `v360/${newest() + 50}.m4s`,
        'v360/1.m4s',
        'nothing',
        'manifest.mpd',
      ];
      const statuses = new Set<number>();
      for (const path of paths) {
        const { status, headers } = await event.get(path);
        statuses.add(status);
        expect([path, headers['access-control-allow-origin']]).toEqual([path, '*']);
        expect([path, headers['cache-control']]).toEqual([path, expect.stringMatching(/max-age|no-store/)]);
        expect(headers['access-control-expose-headers']).toContain('CMSD-Static');
      }
      expect(statuses).toEqual(new Set([200, 404]));
    });

    it('nothing crosses tenants', async () => {
      const [path, url] = [`v360/${there}.m4s`, event.region().serveUrl];
      expect((await send('GET', `${url}/live/another/${event.name}/${path}`)).status).toBe(404);
    });

    it('init segments: by version for good, by the bare name for a minute', async () => {
      const [bare, versioned] = [await event.get('v360/init.mp4'), await event.get('v360/init.mp4?v=1')];
      expect([bare.status, bare.headers['cache-control']]).toEqual([200, 'public, max-age=60']);
      expect([versioned.status, versioned.headers['cache-control']]).toEqual([
        200,
        'public, max-age=31536000, immutable',
      ]);
      expect(bare.body.equals(versioned.body)).toBe(true);
      expect((await event.get('v360/init.mp4?v=7')).status).toBe(404);
    });

    it.each([
      ['manifest.mpd', 'application/dash+xml', '<MPD'],
      ['master.m3u8', 'application/vnd.apple.mpegurl', '#EXTM3U'],
    ])('%s is made from the schedule', async (name, type, text) => {
      const answer = await event.get(name);
      expect([answer.status, answer.headers['content-type']?.split(';')[0]]).toEqual([200, type]);
      expect(answer.body.toString()).toContain(text);
    });

    it('a media playlist lists what is there, up to the first that may still come', async () => {
      const begun = await makeEvent(deploy(), PATIENT, 5);
      const first = begun.initialSegment;
      for (const number of [first, first + 1, first + 3]) await begun.putMedia('a', number);
      const listed = [...(await begun.get('v360/media.m3u8')).body.toString().matchAll(/^(\d+)\.m4s$/gm)];
      expect(listed.map(([, number]) => Number(number))).toEqual([first, first + 1]);
    });

    it('a media playlist lists what came too late as the gap that it was', async () => {
      const strict = await makeEvent(deploy(), STRICT);
      const number = newest() - 3;
      await strict.putMedia('a', number);
      const lines = (await strict.get('v360/media.m3u8')).body.toString().split('\n');
      expect(lines[lines.indexOf(`${number}.m4s`) - 2]).toBe('#EXT-X-GAP');
    });

    it('/live/time is UTC, stored nowhere', async () => {
      const answer = await send('GET', `${event.region().serveUrl}/live/time`);
      expect([answer.status, answer.headers['cache-control']]).toEqual([200, 'no-store']);
      expect(Math.abs(Date.parse(answer.body.toString()) - Date.now())).toBeLessThan(30_000);
    });
  });
}
