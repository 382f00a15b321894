import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HttpResponse } from '../../http/message';
import { laggingEvents } from '../../embedded/lagging-events';
import { EventDirectory } from '../../origin/events/event-directory';
import { control, deploy, eventOf, jsonOf, KEY, put, serve } from '../support/deployment';
import { settle } from '../support/settle';

const FOLDER = join(__dirname, '..', 'fixtures', 'mpd');
const read = (packager: string, file: string) => new Uint8Array(readFileSync(join(FOLDER, packager, file)));

const PACKAGERS = {
  'ffmpeg-number': ['init-stream0.m4s', 'init-stream1.m4s'],
  'ffmpeg-number-epoch': ['init-stream0.m4s', 'init-stream1.m4s'],
  'ffmpeg-time': ['init-0.mp4', 'init-1.mp4'],
  'ffmpeg-2997': ['init-stream0.m4s'],
  'shaka-number': ['v90/init.mp4', 'a32/init.mp4'],
} as const;
type PackagerName = keyof typeof PACKAGERS;
const NAMES = Object.keys(PACKAGERS) as PackagerName[];

/** An event that nobody told its media, when the packager of the fixture ran. */
async function waiting(packager: PackagerName, configuration: object = {}) {
  const deployment = await deploy({}, ['us-east-1', 'us-west-2']);
  const { origin, clock } = deployment;
  const mpd = read(packager, 'manifest.mpd');
  const [, published = ''] = /publishTime="([^"]+)"/.exec(new TextDecoder().decode(mpd)) ?? [];
  await clock.advanceTo(Date.parse(published));
  await control(origin, 'DELETE', '');
  const made = await control(origin, 'PUT', '', { adopt: true, pipelines: ['a', 'b'], ...configuration });
  const send = async (path: string, bytes: Uint8Array, pipeline = 'a') =>
    (await put(origin, path, bytes, { pipeline })).response;
  const sendInits = async (folder = '') => {
    const answers: HttpResponse[] = [];
    for (const name of PACKAGERS[packager]) answers.push(await send(folder + name, read(packager, name)));
    return answers.map(({ status }) => status);
  };
  return { ...deployment, made, mpd, send, sendInits };
}

const statusOf = ({ status }: HttpResponse) => status;

describe.each(NAMES)('an event that adopts %s', (packager) => {
  const inits = PACKAGERS[packager];

  it('has its media once the MPD comes after the inits, and the inits are in force', async () => {
    const { origin, made, mpd, send, sendInits } = await waiting(packager);
    expect(made.status).toBe(201);
    expect(await sendInits()).toEqual(inits.map(() => 202));
    const told = await send('manifest.mpd', mpd);
    expect([told.status, jsonOf(told)]).toMatchObject([201, { adopted: true }]);
    const event = await eventOf(origin);
    expect([...event.representations.values()].map((one) => one.inits.length)).toEqual(inits.map(() => 1));
    expect((await serve(origin, inits[0])).response.status).toBe(200);
    const manifest = (await serve(origin, 'manifest.mpd')).response;
    expect([manifest.status, manifest.body]).toEqual([200, expect.stringContaining('<Representation')]);
  });

  it('has its media once the last init comes after the MPD', async () => {
    const { origin, mpd, send, sendInits } = await waiting(packager);
    const told = await send('manifest.mpd', mpd);
    expect([told.status, jsonOf(told)]).toEqual([
      202,
      { path: 'manifest.mpd', adopted: false, waitingFor: inits },
    ]);
    const statuses = await sendInits();
    // The last one completes it, and is accepted as any init: it is in force already.
    expect(statuses).toEqual(inits.map((_, at) => (at === inits.length - 1 ? 200 : 202)));
    const event = await eventOf(origin);
    expect([...event.representations.values()].map((one) => one.inits.length)).toEqual(inits.map(() => 1));
  });

  it('keeps the packager’s own MPD, readable beside ours', async () => {
    const { origin, mpd, send, sendInits } = await waiting(packager);
    await send('manifest.mpd', mpd);
    const before = (await serve(origin, 'packager/a/manifest.mpd')).response;
    await sendInits();
    const after = (await serve(origin, 'packager/a/manifest.mpd')).response;
    for (const { status, body } of [before, after])
      expect([status, Buffer.from(body as Uint8Array).equals(mpd)]).toEqual([200, true]);
  });
});

it('a region whose replica lags behind adopts too: what it has written is waited for', async () => {
  const { origin, origins, clock, mpd } = await waiting('shaka-number');
  const lagging = Object.assign(laggingEvents(origin.eventStore, clock), { lagMs: 1000 });
  const eventStore = { ...origin.eventStore, read: lagging.read };
  const away = { ...origins[1]!, eventStore, events: new EventDirectory(lagging, clock, () => 0) };
  for (const name of PACKAGERS['shaka-number'])
    await put(away, name, read('shaka-number', name), { pipeline: 'a' });
  await away.events.reload(KEY);
  await clock.advance(2000);
  // Written at home just now: what is read here does not have it yet, and must not be written over it.
  await put(origin, 'v90/init.mp4', read('shaka-number', 'v90/init.mp4'), { pipeline: 'b' });
  const told = await settle(clock, put(away, 'manifest.mpd', mpd, { pipeline: 'a' }));
  expect([told.response.status, jsonOf(told.response)]).toMatchObject([201, { adopted: true }]);
});

describe('until there is an MPD', () => {
  it('viewers are told that there is nothing yet, for a moment', async () => {
    const { origin } = await waiting('shaka-number');
    for (const path of ['manifest.mpd', 'master.m3u8', 'v90/init.mp4', 'v90/1.m4s']) {
      const { status, headers } = (await serve(origin, path)).response;
      expect([status, headers['Cache-Control']]).toEqual([404, expect.stringMatching(/^max-age=[15]$/)]);
    }
  });

  it('operators read what they asked for, and no more', async () => {
    const { made, origin } = await waiting('shaka-number', { timeShiftBufferDepthSeconds: 600 });
    const { configuration } = jsonOf(made) as { configuration: Record<string, unknown> };
    expect(configuration).toMatchObject({ adopt: true, timeShiftBufferDepthSeconds: 600 });
    for (const member of ['segmentTemplate', 'representations', 'initialSegmentNumber'])
      expect(configuration).not.toHaveProperty(member);
    expect((await control(origin, 'PUT', '', configuration)).status).toBe(200);
  });

  it('media are told apart from what helps nothing', async () => {
    const { send } = await waiting('ffmpeg-number-epoch');
    const media = await send(
      'chunk-stream0-00005.m4s',
      read('ffmpeg-number-epoch', 'chunk-stream0-00005.m4s'),
    );
    expect([media.status, media.headers['Headwater-Ignored']]).toEqual([200, 'before-adoption']);
    const text = await send('notes.txt', new TextEncoder().encode('hello'));
    expect([text.status, jsonOf(text)]).toMatchObject([400, { faults: [{ parameter: 'body' }] }]);
  });

  it('what no event can be made of is refused by what was wanted, and kept all the same', async () => {
    const { origin, mpd, send } = await waiting('shaka-number');
    const wrong = Buffer.from(mpd).toString().replaceAll('d="25600" r="4"', 'd="25600" r="4"/><S d="24000"');
    const refused = await send('manifest.mpd', new TextEncoder().encode(wrong));
    expect([refused.status, JSON.stringify(jsonOf(refused))]).toEqual([
      400,
      expect.stringContaining('one duration'),
    ]);
    expect((await serve(origin, 'packager/a/manifest.mpd')).response.status).toBe(200);
    for (const junk of [new Uint8Array(200_000), new Uint8Array([0xff, 0xfe]), new Uint8Array([60])])
      expect(statusOf(await send('manifest.mpd', junk))).toBe(400);
  });

  it('an event that was ended makes none', async () => {
    const { origin, mpd, send, sendInits } = await waiting('shaka-number');
    await control(origin, 'POST', 'end', {});
    await sendInits();
    expect(statusOf(await send('manifest.mpd', mpd))).toBe(400);
  });
});

describe('the event that was made', () => {
  it('takes the time of media from a segment where the MPD does not tell it', async () => {
    const { origin, mpd, send, sendInits } = await waiting('ffmpeg-number-epoch');
    await sendInits();
    for (const track of [0, 1]) {
      const name = `chunk-stream${track}-00005.m4s`;
      await send(name, read('ffmpeg-number-epoch', name));
    }
    await send('manifest.mpd', mpd);
    // The very segment that came too early lies where the event says.
    const again = await send(
      'chunk-stream0-00005.m4s',
      read('ffmpeg-number-epoch', 'chunk-stream0-00005.m4s'),
    );
    expect([again.status, again.headers]).toMatchObject([200, { 'Headwater-Ignored': 'before-initial' }]);
    expect(again.headers['Headwater-Defects']).toBeUndefined();
    expect((await eventOf(origin)).schedule.initialSegment).toBeGreaterThan(5);
  });

  it('names what the MPD names in its own folder', async () => {
    const { origin, mpd, send, sendInits } = await waiting('shaka-number');
    await sendInits('out/');
    await send('out/manifest.mpd', mpd);
    const event = await eventOf(origin);
    expect([...event.representations.values()].map(({ initialization }) => initialization)).toEqual([
      'out/v90/init.mp4',
      'out/a32/init.mp4',
    ]);
  });

  it('keeps what the operator said, and is kept when that is said again', async () => {
    const asked = {
      whenAllDefective: 'reject',
      publish: { delayMs: 700, retryDeadlineMs: 6000, holdMs: 3000 },
    };
    const { origin, mpd, send, sendInits } = await waiting('shaka-number', asked);
    await sendInits();
    await send('manifest.mpd', mpd);
    const { configuration } = await eventOf(origin);
    expect(configuration).toMatchObject({ ...asked, adopt: true, pipelines: ['a', 'b'] });
    const again = await control(origin, 'PUT', '', { adopt: true, pipelines: ['b', 'a'], ...asked });
    expect(again.status).toBe(200);
    expect((await eventOf(origin)).configuration).toEqual({ ...configuration, pipelines: ['b', 'a'] });
    expect((await eventOf(origin)).representations.get('v90')?.inits).toHaveLength(1);
  });

  it('is made once, and the inits of a pipeline that came first by chance count as well', async () => {
    const { origin, mpd, send, sendInits } = await waiting('shaka-number');
    await send('v90/init.mp4', read('shaka-number', 'v90/init.mp4'), 'b');
    await send('a32/init.mp4', read('ffmpeg-time', 'init-1.mp4'), 'b');
    await sendInits();
    await send('manifest.mpd', mpd);
    const made = await eventOf(origin);
    const second = await send('manifest.mpd', mpd, 'b');
    expect([second.status, jsonOf(second)]).toEqual([201, { path: 'packager/b/manifest.mpd' }]);
    expect((await eventOf(origin)).head.configurationRevision).toBe(made.head.configurationRevision);
    expect(made.representations.get('a32')?.inits[0]?.pipeline).toBe('a');
  });

  it('is told in its history by the pipeline that made it', async () => {
    const { origin, mpd, send, sendInits } = await waiting('shaka-number');
    await sendInits();
    await send('manifest.mpd', mpd);
    const { changes } = jsonOf(await control(origin, 'GET', 'history')) as { changes: object[] };
    expect(changes).toContainEqual(
      expect.objectContaining({ by: 'a', action: 'replaced', reason: 'made of manifest.mpd' }),
    );
  });
});
