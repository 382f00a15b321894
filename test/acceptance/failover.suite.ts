import { cutFrames, shiftTime, truncate } from '../../demo/damage';
import { cut, jsonOf, makeEvent, media, newest, PATIENT, until } from './deployment';
import type { Deployment, TestEvent } from './deployment';

/** What the house is for: a pipeline fails, and viewers get the other one's segment. */
export function failoverSuite(deploy: () => Deployment): void {
  describe('a pipeline fails', () => {
    let event: TestEvent;
    let number: number;
    beforeAll(async () => {
      event = await makeEvent(deploy());
      number = newest() - 90;
    });
    beforeEach(() => {
      number++;
    });

    const pipelineOf = async (region = 0) => {
      const { status, headers } = await event.getMedia(number, {}, region);
      return [status, /pipeline="(.)"/.exec(headers['headwater-candidate'] ?? '')?.[1]];
    };
    /** One segment of the track: 2 s at its timescale. */
    const SEGMENT_TICKS = 25_600n;

    it('both are good: the first in order', async () => {
      await event.putMedia('b', number);
      await event.putMedia('a', number);
      expect(await pipelineOf()).toEqual([200, 'a']);
    });

    it.each([
      ['withheld', undefined],
      ['five frames cut', (bytes: Uint8Array) => cutFrames(bytes, 5)],
      ['tfdt shifted by one segment', (bytes: Uint8Array) => shiftTime(bytes, SEGMENT_TICKS)],
      ['truncated', (bytes: Uint8Array) => truncate(bytes, bytes.length >> 1)],
    ])('a is %s: every region answers from b, without a word of defects', async (_, damage) => {
      if (damage !== undefined) await event.putMedia('a', number, damage(media(number)));
      expect((await event.putMedia('b', number)).status).toBe(201);
      for (const region of [0, 1]) {
        const { status, headers, body } = await event.getMedia(number, {}, region);
        expect([status, body.equals(media(number))]).toEqual([200, true]);
        expect(headers['headwater-candidate']).toContain('pipeline="b"');
        expect(headers['headwater-defects']).toBeUndefined();
      }
    });

    it('both are bad: the less severe one, its defects named, cached for one duration', async () => {
      await event.putMedia('a', number, shiftTime(media(number), SEGMENT_TICKS));
      await event.putMedia('b', number, cut(number));
      const { status, headers } = await event.getMedia(number);
      expect(status).toBe(200);
      expect(headers['headwater-candidate']).toContain('pipeline="b"');
      expect(headers['headwater-defects']).toContain('short;missing=5');
      expect(headers['cache-control']).toBe('public, max-age=2');
    });

    it('both are bad and the event rejects those: 404 while one may still come', async () => {
      const strict = await makeEvent(deploy(), { ...PATIENT, whenAllDefective: 'reject' });
      await strict.putMedia('a', number, cut(number));
      expect((await strict.getMedia(number)).status).toBe(404);
      await strict.putMedia('b', number);
      expect((await strict.getMedia(number)).status).toBe(200);
    });

    it('a better copy that comes later is served from then on', async () => {
      await event.putMedia('a', number, cut(number));
      expect((await event.getMedia(number)).headers['headwater-defects']).toContain('short');
      await event.putMedia('b', number);
      expect(await pipelineOf()).toEqual([200, 'b']);
    });

    it("a region that has only a's bad copy serves b's good one of another region", async () => {
      await event.putMedia('a', number, cut(number), { region: 0 });
      await event.putMedia('b', number, media(number), { region: 1 });
      expect(await pipelineOf(0)).toEqual([200, 'b']);
    });

    it('a mask takes a pipeline out within two seconds, and its removal brings it back', async () => {
      await event.putMedia('a', number);
      await event.putMedia('b', number);
      const mask = { pipeline: 'a', fromSegment: number, toSegment: number, reason: 'black picture' };
      const made = await event.control('POST', '/masks', mask);
      expect(made.status).toBeLessThan(300);
      await until(async () => (await pipelineOf())[1] === 'b' && (await pipelineOf(1))[1] === 'b');
      const explained = await event.control('GET', `/explain?path=${event.path}/v360/${number}.m4s`);
      expect(JSON.stringify(jsonOf(explained)['decision'])).toContain('black picture');
      const id = String(jsonOf(made)['id']);
      expect((await event.control('DELETE', `/masks/${id}`)).status).toBeLessThan(300);
      await until(async () => (await pipelineOf())[1] === 'a');
    });
  });
}
