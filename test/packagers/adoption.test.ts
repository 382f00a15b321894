import { get, jsonOf, TestEvent, until } from '../acceptance/deployment';
import { inspectedInit } from '../support/inspected';
import { AUDIO, LIVE_INPUT, VIDEO } from './ffmpeg';
import { replicasOf, startLiveOrigin, type LiveOrigin } from './live-origin';
import { nextStartS, startAt, type Packager } from './process';

/** Segments that a viewer watches once the event has been made. */
const SEGMENTS = 4;

let origin: LiveOrigin;
let event: TestEvent;
let packager: Packager;

// It looks at what goes on living: a machine that was busy for a moment gets a second look, and its reason is told.
jest.retryTimes(1, { logErrorsBeforeRetry: true });

beforeAll(async () => {
  origin = await startLiveOrigin();
  event = new TestEvent(origin.deployment, 'packagers');
  const publish = { delayMs: 500, holdMs: 5000, retryDeadlineMs: 60_000 };
  const made = await event.control('PUT', '', { adopt: true, pipelines: ['a'], publish });
  expect(made.status).toBe(201);
  const startS = nextStartS(Date.now() + 2000);
  const target = new URL(`${event.path}/manifest.mpd`, event.region(0).publishUrl);
  target.username = 'a';
  target.password = await event.secretOf('a');
  packager = await startAt(startS, [
    [
      'ffmpeg',
      [
        ...[...LIVE_INPUT, '-map', '0:v', ...VIDEO, '-map', '1:a', ...AUDIO],
        ...['-output_ts_offset', `${startS}`, '-f', 'dash', '-method', 'PUT', '-http_persistent', '1'],
        ...['-http_opts', 'auth_type=basic', '-ignore_io_errors', '1'],
        ...['-adaptation_sets', 'id=0,streams=v id=1,streams=a', '-format_options', 'movflags=+frag_discont'],
        ...['-seg_duration', '2', '-use_template', '1', '-use_timeline', '1', '-window_size', '5'],
        ...[
          '-init_seg_name',
          'init-$RepresentationID$.mp4',
          '-media_seg_name',
          '$RepresentationID$-$Time$.m4s',
        ],
        target.href,
      ],
    ],
  ]);
}, 60_000);

afterAll(async () => {
  await packager.stop();
  await origin.stop();
});

it('ffmpeg’s DASH muxer, started as it is, makes the event, and viewers get what it sends', async () => {
  const configuration = async () =>
    jsonOf(await event.control('GET', ''))['configuration'] as {
      readonly initialSegmentNumber?: number;
    };
  await until(async () => (await configuration()).initialSegmentNumber !== undefined);
  expect(await configuration()).toMatchObject({
    availabilityStartTime: '1970-01-01T00:00:00Z',
    segmentTemplate: { timescale: 1000, duration: 2000, ingestMedia: '$RepresentationID$-$Time$.m4s' },
    representations: [
      { id: '0', contentType: 'video', width: 320, height: 180, frameRate: '25' },
      { id: '1', contentType: 'audio', sampleRate: 48_000 },
    ],
  });
  const first = (await configuration()).initialSegmentNumber ?? NaN;
  const last = first + SEGMENTS - 1;
  const edge = `${origin.edgeUrl}${event.path}`;
  for (const id of ['0', '1']) {
    // Edges and other regions look at an event once a second.
    await until(async () => (await get(`${edge}/init-${id}.mp4`)).status === 200);
    expect(inspectedInit((await get(`${edge}/init-${id}.mp4`)).body).timescale).toBeGreaterThan(0);
    for (let number = first; number <= last; number++) {
      const segment = () => get(`${edge}/n${id}-${number}.m4s`);
      await until(async () => (await segment()).status === 200);
      expect((await segment()).headers['headwater-defects']).toBeUndefined();
    }
    const replicas = await replicasOf(event, id, first, last);
    expect(replicas.map(({ number, defects }) => ({ number, defects }))).toEqual(
      Array.from({ length: SEGMENTS }, (_, at) => ({ number: first + at, defects: [] })),
    );
  }
  expect(packager.messages()).not.toMatch(/HTTP error|4\d\d/);
}, 60_000);
