import type { Headwater } from '../../embedded';
import {
  get,
  jsonOf,
  makeEvent,
  media,
  newest,
  other,
  PATIENT,
  until,
  type Deployment,
  type TestEvent,
} from './deployment';

/** The edge of the embedded run: fewer requests upstream than come in, and no gap when a region is lost. */
export function edgeSuite(deploy: () => Deployment, headwater: () => Headwater): void {
  describe('the edge', () => {
    let event: TestEvent;
    let number: number;
    beforeAll(async () => {
      event = await makeEvent(deploy());
      number = newest() - 90;
    });
    beforeEach(() => {
      number++;
    });

    const viaEdge = (path: string, headers = {}) =>
      get(`${headwater().edgeUrl}${event.path}/${path}`, headers);
    /** Requests that the edge has sent to the regions so far. */
    const fetches = async () => {
      const text = (await get(`${headwater().edgeUrl}/metrics`)).body.toString();
      const counts = [...text.matchAll(/^headwater_edge_fetches_total\{.*\} (\d+)$/gm)];
      return counts.reduce((sum, [, count]) => sum + Number(count), 0);
    };

    it('serves the bytes of the origin, once fetched, to all', async () => {
      await event.putMedia('a', number);
      const before = await fetches();
      const answers = await Promise.all(Array.from({ length: 100 }, () => viaEdge(`v360/${number}.m4s`)));
      expect(answers.every(({ body }) => body.equals(media(number)))).toBe(true);
      expect((await fetches()) - before).toBe(1);
      const hit = await viaEdge(`v360/${number}.m4s`);
      expect(hit.headers['cache-status']).toMatch(/^headwater-edge; hit; ttl=\d+$/);
      expect(hit.headers['headwater-candidate']).toContain('pipeline="a"');
    });

    it('answers what cannot exist without asking anybody', async () => {
      await viaEdge(`v360/${number}.m4s`);
      const before = await fetches();
      const early = await viaEdge(`v360/${newest() + 60}.m4s`);
      expect([early.status, early.headers['cache-status']]).toEqual([404, 'headwater-edge; detail=guard']);
      expect((await viaEdge(`v360/0${number}.m4s`)).status).toBe(404);
      expect((await viaEdge('v360/1.m4s')).status).toBe(404);
      expect(await fetches()).toBe(before);
    });

    it('holds a hundred clients with one request', async () => {
      const publish = { ...PATIENT.publish, holdMs: 30_000 };
      const holding = await makeEvent(deploy(), { ...PATIENT, publish });
      const due = newest();
      const url = `${headwater().edgeUrl}${holding.path}/v360/${due}.m4s`;
      const before = await fetches();
      const waiting = Array.from({ length: 100 }, () => get(url));
      await until(async () => (await fetches()) === before);
      await new Promise((resolve) => setTimeout(resolve, 300));
      await holding.putMedia('a', due);
      const answers = await Promise.all(waiting);
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
      expect((await fetches()) - before).toBe(1);
    });

    it('cuts ranges from whole objects and answers conditions itself', async () => {
      await event.putMedia('a', number);
      const whole = await viaEdge(`v360/${number}.m4s`);
      const before = await fetches();
      const part = await viaEdge(`v360/${number}.m4s`, { range: 'bytes=10-19' });
      expect([part.status, part.body.equals(Buffer.from(media(number).subarray(10, 20)))]).toEqual([
        206,
        true,
      ]);
      const same = await viaEdge(`v360/${number}.m4s`, { 'if-none-match': whole.headers['etag'] ?? '' });
      expect([same.status, same.body.length]).toEqual([304, 0]);
      expect(await fetches()).toBe(before);
    });

    it('fetches exactly what is invalidated again: of pipeline a, and from b once a is masked', async () => {
      const numbers = [0, 1, 2, 3, 4].map((offset) => number + offset);
      const [first = 0, second = 0, third = 0, fourth = 0, last = 0] = numbers;
      for (const each of [first, second, third, last]) await event.putMedia('a', each);
      // Of the fourth there is only b's copy.
      for (const each of numbers) await event.putMedia('b', each, other(each));
      const pipelineAt = async (each: number) => {
        const { status, headers, body } = await viaEdge(`v360/${each}.m4s`);
        const pipeline = /pipeline="(.)"/.exec(headers['headwater-candidate'] ?? '')?.[1] ?? '';
        expect([status, body.equals(pipeline === 'a' ? media(each) : other(each))]).toEqual([200, true]);
        const cached = headers['cache-status']?.includes('; hit') === true ? 'hit' : 'fetched';
        return `${pipeline} ${cached}`;
      };
      const all = async () => Promise.all(numbers.map(pipelineAt));
      expect(await all()).toEqual(['a fetched', 'a fetched', 'a fetched', 'b fetched', 'a fetched']);
      expect(await all()).toEqual(['a hit', 'a hit', 'a hit', 'b hit', 'a hit']);

      const range = { pipeline: 'a', fromSegment: second, toSegment: fourth };
      expect((await event.control('POST', '/invalidations', range)).status).toBe(201);
      expect(await all()).toEqual(['a hit', 'a fetched', 'a fetched', 'b hit', 'a hit']);

      const before = await viaEdge(`v360/${third}.m4s`);
      expect((await event.control('POST', '/masks', range)).status).toBe(201);
      // The region that the edge asks was told first.
      expect(await all()).toEqual(['a hit', 'b fetched', 'b fetched', 'b hit', 'a hit']);
      expect(await all()).toEqual(['a hit', 'b hit', 'b hit', 'b hit', 'a hit']);

      // A player that began with a's bytes gets all of b's, not the rest of them.
      const rest = { range: 'bytes=100-', 'if-range': before.headers['etag'] ?? '' };
      const resumed = await viaEdge(`v360/${third}.m4s`, rest);
      expect([resumed.status, resumed.body.equals(other(third))]).toEqual([200, true]);
      expect(resumed.headers['headwater-version']).toBe(before.headers['headwater-version']);
    });

    it('a configuration that is replaced is a new cache version', async () => {
      await event.putMedia('a', number + 10);
      await event.putMedia('b', number + 10);
      const path = `v360/${number + 10}.m4s`;
      expect((await viaEdge(path)).headers['headwater-candidate']).toContain('pipeline="a"');
      const { initialSegment } = event;
      await event.configure({ ...PATIENT, initialSegmentNumber: initialSegment, pipelines: ['b', 'a'] });
      await until(async () =>
        String((await viaEdge(path)).headers['headwater-candidate']).includes('pipeline="b"'),
      );
      await event.configure({ ...PATIENT, initialSegmentNumber: initialSegment });
    });

    it('says the newest notices on what it cached before them', async () => {
      await event.putMedia('a', number);
      const path = `v360/${number}.m4s`;
      await viaEdge(path);
      const { header } = jsonOf(await event.control('POST', '/notices', { type: 'news' })) as {
        header: string;
      };
      await until(async () => (await viaEdge(path)).headers['headwater-notices'] === header);
      const hit = await viaEdge(path);
      expect(hit.headers['cache-status']).toContain('; hit');
      const early = await viaEdge(`v360/${newest() + 60}.m4s`);
      expect([early.status, early.headers['headwater-notices']]).toEqual([404, header]);
    });

    it('is read-only', async () => {
      const url = `${headwater().edgeUrl}${event.path}/v360/${number}.m4s`;
      const answer = await fetch(url, { method: 'PUT', body: 'x' });
      expect(answer.status).toBe(405);
    });

    it.each([0, 1])('goes on while region %d is lost, and has it back', async (index) => {
      const region = headwater().regions[index];
      await event.putMedia('a', number, media(number), { region: 0 });
      await event.putMedia('b', number, media(number), { region: 1 });
      await region?.stop(0);
      try {
        const answer = await viaEdge(`v360/${number}.m4s`);
        expect([answer.status, answer.body.equals(media(number))]).toEqual([200, true]);
        expect((await get(`${headwater().edgeUrl}/healthz`)).status).toBe(200);
        // The region that is left cannot hear the other: what it says is provisional when nothing of its own settles it.
        const other = event.region(1 - index);
        expect((await get(`${other.serveUrl}${event.path}/v360/${number}.m4s`)).status).toBe(200);
      } finally {
        await region?.start();
      }
      const back = await event.getMedia(number, {}, index);
      expect([back.status, back.body.equals(media(number))]).toEqual([200, true]);
    });
  });
}
