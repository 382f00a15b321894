import type { Headwater } from '../../embedded';
import { get, makeEvent, media, newest, PATIENT, until, type Deployment, type TestEvent } from './deployment';

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

    it('a change of the configuration is a new cache version', async () => {
      await event.putMedia('a', number);
      await event.putMedia('b', number);
      expect((await viaEdge(`v360/${number}.m4s`)).headers['headwater-candidate']).toContain('pipeline="a"');
      await event.control('POST', '/masks', {
        pipeline: 'a',
        fromSegment: number,
        toSegment: number,
        reason: 'x',
      });
      await until(async () =>
        String((await viaEdge(`v360/${number}.m4s`)).headers['headwater-candidate']).includes('pipeline="b"'),
      );
      expect((await viaEdge(`v360/${number}.m4s`)).headers['headwater-candidate']).toContain('pipeline="b"');
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
