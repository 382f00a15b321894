import { request } from 'undici';
import type { Headwater } from '../../embedded';
import { get, makeEvent, media, newest, PATIENT, until, type Deployment } from './deployment';

/** Connections at once: enough for a storm, few enough for a small machine. */
const CLIENTS = 150;

/** Storms on the port of a region, without an edge before it. */
export function stormSuite(deploy: () => Deployment, headwater: () => Headwater): void {
  describe('a storm on one region', () => {
    const HOLDING = { ...PATIENT, publish: { ...PATIENT.publish, holdMs: 30_000 } };
    const held = () => headwater().regions[0]!.origin.serving.holds.held;
    /** Reads of GETs that memory could not answer, by kind, so far. */
    const storeCalls = async () => {
      const text = (await get(`${headwater().regions[0]!.url}/metrics`)).body.toString();
      const calls = { candidates: 0, bytes: 0 };
      for (const [, call, count] of text.matchAll(/^headwater_store_calls_total\{call="(\w+)",.*\} (\d+)$/gm))
        calls[call as keyof typeof calls] += Number(count);
      return calls;
    };

    it('clients that leave while they are held leave nothing behind', async () => {
      const event = await makeEvent(deploy(), HOLDING);
      const url = `${event.region().serveUrl}${event.path}/v360/${newest()}.m4s`;
      const leaving = new AbortController();
      const asked = Array.from({ length: CLIENTS }, async () => request(url, { signal: leaving.signal }));
      const ends = Promise.allSettled(asked);
      await until(async () => Promise.resolve(held() === CLIENTS));
      leaving.abort();
      await ends;
      await until(async () => Promise.resolve(held() === 0));
      expect(held()).toBe(0);
    });

    it('held clients are woken by one publication, which is read from no store', async () => {
      const event = await makeEvent(deploy(), HOLDING);
      const number = newest();
      const waiting = Array.from({ length: CLIENTS }, () => event.getMedia(number));
      await until(async () => Promise.resolve(held() === CLIENTS));
      const before = await storeCalls();
      await event.putMedia('a', number);
      const answers = await Promise.all(waiting);
      expect(answers.every(({ status, body }) => status === 200 && body.equals(media(number)))).toBe(true);
      expect(answers.every(({ headers }) => /(^|,)ht=\d+/.test(headers['cmsd-static']!))).toBe(true);
      const { candidates, bytes } = await storeCalls();
      // One query of the candidates for all of them: the bytes are in memory since they were PUT.
      expect([candidates - before.candidates, bytes - before.bytes]).toEqual([1, 0]);
      expect(held()).toBe(0);
    });

    it('outside the schedule touches no store', async () => {
      const event = await makeEvent(deploy());
      const paths = [`v360/${newest() + 90}.m4s`, 'v360/1.m4s', `v360/0${newest()}.m4s`, 'v999/1.m4s'];
      const before = await storeCalls();
      const answers = await Promise.all(
        Array.from({ length: CLIENTS }, (_, client) => event.get(paths[client % paths.length]!)),
      );
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([404]));
      expect(await storeCalls()).toEqual(before);
    });

    it('of the end of an event: what is held is answered at once', async () => {
      const event = await makeEvent(deploy(), HOLDING);
      const number = newest();
      const waiting = Array.from({ length: 50 }, () => event.getMedia(number));
      await until(async () => Promise.resolve(held() === 50));
      await event.control('POST', '/end', { finalSegment: number - 1 });
      const answers = await Promise.all(waiting);
      expect(answers.map(({ status, headers }) => [status, headers['cache-control']])).toEqual(
        answers.map(() => [404, 'max-age=60']),
      );
    });
  });
}
