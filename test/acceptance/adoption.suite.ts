import { asset, jsonOf, media, newest, TestEvent, until, type Deployment } from './deployment';

/** What a packager of the demo's loop would write. */
function mpdOf(number: number): string {
  const set = (id: string, mimeType: string) =>
    `<AdaptationSet><Representation id="${id}" mimeType="${mimeType}" bandwidth="100000">
      <SegmentTemplate timescale="1000" duration="2000" startNumber="${number}" presentationTimeOffset="${number * 2000}"
        initialization="$RepresentationID$/init.mp4" media="$RepresentationID$/$Number$.m4s"/>
    </Representation></AdaptationSet>`;
  return `<?xml version="1.0"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="dynamic" availabilityStartTime="1970-01-01T00:00:00Z">
  <Period start="PT${number * 2}S">${set('v360', 'video/mp4')}${set('a128', 'audio/mp4')}</Period>
</MPD>`;
}

/** An event that knows its pipelines alone, made by the first MPD. */
export function adoptionSuite(deploy: () => Deployment): void {
  describe('an event that adopts', () => {
    const create = async () => {
      const event = new TestEvent(deploy());
      const publish = { delayMs: 0, holdMs: 0, retryDeadlineMs: 600_000 };
      const made = await event.control('PUT', '', { adopt: true, pipelines: ['a', 'b'], publish });
      expect([made.status, jsonOf(made)['configuration']]).toMatchObject([201, { adopt: true, publish }]);
      // Each origin looks for new events once a second, or remembers for five that there was none.
      for (const region of [0, 1])
        await until(async () =>
          (await event.get('manifest.mpd', {}, region)).body.includes('Nothing to play'),
        );
      return event;
    };

    it.each([
      ['before', ['v360', 'a128', 'mpd'], [202, 202, 201]],
      ['after', ['mpd', 'v360', 'a128'], [202, 202, 200]],
      ['around', ['v360', 'mpd', 'a128'], [202, 202, 200]],
    ])('has its media when the inits come %s the MPD', async (_, order, statuses) => {
      const event = await create();
      const number = newest();
      const early = await event.putMedia('a', number);
      expect([early.status, early.headers['headwater-ignored']]).toEqual([200, 'before-adoption']);
      const answers: number[] = [];
      for (const each of order)
        answers.push(
          (each === 'mpd'
            ? await event.put('a', 'manifest.mpd', mpdOf(number))
            : await event.put('a', `${each}/init.mp4`, asset.init(each))
          ).status,
        );
      expect(answers).toEqual(statuses);

      const configured = async () => jsonOf(await event.control('GET', ''))['configuration'] as object;
      // Another function than the one that adopted answers by what it knew for a second.
      await until(async () => 'representations' in (await configured()));
      const configuration = await configured();
      expect(configuration).toMatchObject({
        segmentTemplate: { timescale: 1000, duration: 2000, media: '$RepresentationID$/$Number$.m4s' },
        representations: [
          { id: 'v360', contentType: 'video', timescale: 12_800 },
          { id: 'a128', contentType: 'audio', timescale: 48_000 },
        ],
      });
      const next = (configuration as { initialSegmentNumber: number }).initialSegmentNumber;
      expect(Math.abs(next - number)).toBeLessThan(30);
      await until(async () => newest() >= next);
      await until(async () => (await event.putMedia('b', next)).status === 201);
      for (const region of [0, 1])
        await until(async () =>
          (await event.getMedia(next, {}, region)).body.equals(Buffer.from(media(next))),
        );
      const manifest = await event.get('manifest.mpd');
      expect([manifest.status, manifest.body.toString()]).toEqual([
        200,
        expect.stringContaining('id="v360"'),
      ]);
      const own = await event.get('packager/a/manifest.mpd');
      expect([own.status, own.body.toString()]).toEqual([200, mpdOf(number)]);
    });

    it('says what no event can be made of', async () => {
      const event = await create();
      const refused = await event.put('a', 'manifest.mpd', '<MPD><Period/></MPD>');
      expect([refused.status, jsonOf(refused)]).toMatchObject([400, { faults: [{ parameter: 'mpd' }] }]);
    });
  });
}
