import { asset, DEFAULTS, deploy, EDGE, put, serve } from '../support/deployment';

/** Every form of name that a packager may have, PUT as it names and asked for as viewers do. */
const TICKS = EDGE * 25_600;

const ofRepresentations = (parts: Readonly<Record<string, object>>) => ({
  representations: DEFAULTS.representations.map((one) => ({ ...one, ...parts[one.id] })),
});
const template = (parts: object) => ({ segmentTemplate: { ...DEFAULTS.segmentTemplate, ...parts } });

it.each<[string, object, string, string, string]>([
  ['as the templates say', {}, 'v360/init.mp4', `v360/${EDGE}.m4s`, `v360/${EDGE}.m4s`],
  [
    'a number of a width',
    template({ media: '$RepresentationID$/seg_$Number%012d$.m4s' }),
    'v360/init.mp4',
    `v360/seg_${EDGE.toString().padStart(12, '0')}.m4s`,
    `v360/seg_${EDGE.toString().padStart(12, '0')}.m4s`,
  ],
  [
    'names of CMAF tracks, each its own',
    ofRepresentations({
      v360: { media: 'video/360_$Number$.cmfv', initialization: 'video/360.cmfv' },
      a128: { media: 'audio/en_$Number$.cmfa', initialization: 'audio/en.cmfa' },
    }),
    'video/360.cmfv',
    `video/360_${EDGE}.cmfv`,
    `video/360_${EDGE}.cmfv`,
  ],
  [
    'a time where the event takes it',
    template({ ingestMedia: '$RepresentationID$/t$Time$.m4s' }),
    'v360/init.mp4',
    `v360/t${TICKS}.m4s`,
    `v360/${EDGE}.m4s`,
  ],
  [
    'a time of one representation alone, of a width',
    ofRepresentations({ v360: { ingestMedia: 'by-time/v-$Time%016d$.m4s' } }),
    'v360/init.mp4',
    `by-time/v-${TICKS.toString().padStart(16, '0')}.m4s`,
    `v360/${EDGE}.m4s`,
  ],
])('%s', async (_, configuration, init, sent, asked) => {
  const { origin } = await deploy({ ...configuration });
  const bytes = asset.segment('v360', EDGE);
  expect((await put(origin, init, asset.init('v360'))).response.status).toBe(201);
  expect((await put(origin, sent, bytes)).response.status).toBe(201);
  const { response } = await serve(origin, asked);
  expect([response.status, response.body]).toEqual([200, bytes]);
  expect((await serve(origin, init)).response.status).toBe(200);
});

it('each representation may have its own, and nothing has two', async () => {
  const names = { a128: { media: 'audio/en_$Number$.cmfa', initialization: 'audio/en.cmfa' } };
  const { origin } = await deploy(ofRepresentations(names));
  await put(origin, 'audio/en.cmfa', asset.init('a128'));
  await put(origin, `audio/en_${EDGE}.cmfa`, asset.segment('a128', EDGE));
  const statuses = [`audio/en_${EDGE}.cmfa`, `a128/${EDGE}.m4s`, `audio/en_0${EDGE}.cmfa`].map(
    async (path) => (await serve(origin, path)).response.status,
  );
  expect(await Promise.all(statuses)).toEqual([200, 404, 404]);
});

it.each([
  [
    'a packager’s manifest, wherever it lies',
    'out/live.m3u8',
    'packager/a/out_live.m3u8',
    'application/vnd.apple.mpegurl',
  ],
  ['its MPD, which is not ours', 'manifest.mpd', 'packager/a/manifest.mpd', 'application/dash+xml'],
  ['what a pattern passes through', 'thumbs/7.jpg', 'thumbs/7.jpg', 'image/jpeg'],
])('%s is kept, and its last version read', async (_, sent, asked, type) => {
  const { origin } = await deploy({ passthrough: ['thumbs/*.jpg'] });
  const versions = ['first', 'second'].map((text) => new TextEncoder().encode(text));
  for (const bytes of versions) expect((await put(origin, sent, bytes)).response.status).toBe(201);
  const { status, body, headers } = (await serve(origin, asked)).response;
  expect([status, body, headers['Content-Type']]).toEqual([200, versions[1], type]);
});
