import {
  asset,
  jsonOf,
  makeEvent,
  media,
  newest,
  until,
  type Deployment,
  type TestEvent,
} from './deployment';

/** What players are told beside media, by operators and by pipelines, on whatever answer. */
export function noticesSuite(deploy: () => Deployment): void {
  describe('notices', () => {
    let event: TestEvent;
    let number: number;
    beforeAll(async () => {
      event = await makeEvent(deploy());
      number = newest() - 50;
      await event.putMedia('a', number);
    });

    const toldAt = async (path: string, region = 0) =>
      (await event.get(path, {}, region)).headers['headwater-notices'] ?? '';

    it('of an operator are on every answer of every region, and go when they are taken back', async () => {
      const posted = await event.control('POST', '/notices', {
        ...{ type: 'ad-break', id: '17', fromSegment: number, data: { seconds: 30 } },
      });
      expect(posted.status).toBe(201);
      const { header } = jsonOf(posted) as { header: string };
      expect(header).toMatch(
        new RegExp(`^version=\\d+, notices=\\(ad-break;id="17";from=${number};seconds=30\\)$`),
      );
      const paths = [`v360/${number}.m4s`, 'v360/init.mp4', `v360/${newest() + 200}.m4s`, 'v360/1.m4s'];
      for (const region of [0, 1])
        for (const path of paths) await until(async () => (await toldAt(path, region)) === header);
      expect((await event.control('DELETE', '/notices/ad-break/17')).status).toBe(200);
      for (const region of [0, 1])
        await until(async () => (await toldAt(paths[0] ?? '', region)).endsWith('notices=()'));
    });

    it('of pipelines come with their PUTs, and are one where both say the same', async () => {
      for (const pipeline of ['a', 'b']) {
        const headers = { 'headwater-notices': 'notices=(captions-lost;lang="en")' };
        const answer = await event.put(pipeline, `v360/${number + 1}.m4s`, media(number + 1), { headers });
        expect(answer.status).toBe(201);
      }
      await until(async () =>
        (await toldAt(`v360/${number + 1}.m4s`)).endsWith('notices=(captions-lost;lang="en")'),
      );
      const { notices } = jsonOf(await event.control('GET', '/notices'));
      expect(notices).toMatchObject([{ type: 'captions-lost', data: { lang: 'en' }, by: 'a' }]);
    });

    it('that nobody can read cost no segment', async () => {
      const headers = { 'headwater-notices': 'notices=(' };
      const answer = await event.put('a', `a128/${number}.m4s`, asset.segment('a128', number), { headers });
      expect([answer.status, answer.headers['headwater-notices-refused']]).toEqual([
        201,
        expect.stringContaining('wanted'),
      ]);
    });
  });
}
