import { parseConfiguration } from '../../../origin/events/configuration';
import { contradictions } from '../../../origin/events/contradictions';
import { PICTURE_AND_SOUND, TWO_SECONDS } from '../../support/live-event';

const LEAST = { segmentTemplate: TWO_SECONDS, pipelines: ['a'], representations: PICTURE_AND_SOUND };

/** `LEAST` with the member at `path` (dots between names) set to `value`. */
function withMember(path: string, value: unknown): unknown {
  const copy = structuredClone(LEAST) as Record<string, unknown>;
  const names = path.split('.');
  const last = names.pop()!;
  let place = copy;
  for (const name of names) place = (place[name] ??= {}) as Record<string, unknown>;
  place[last] = value;
  return copy;
}

function faultsOf(input: unknown): readonly string[] {
  const parsed = parseConfiguration(input);
  return 'faults' in parsed ? parsed.faults.map(({ parameter }) => parameter) : [];
}

it('what is not said has its default', () => {
  const parsed = parseConfiguration(LEAST);
  expect(parsed).toMatchObject({
    configuration: {
      ...{ availabilityStartTime: '1970-01-01T00:00:00Z', finalSegmentNumber: null },
      ...{ timeShiftBufferDepthSeconds: 7200, whenAllDefective: 'serve', passthrough: [] },
      publish: { delayMs: 500, retryDeadlineMs: 6000, holdMs: 3000 },
      ...{ eventSchemes: [], liveWindowSeconds: 30, purgeOnFlag: true, automaticMasks: false },
      hls: { windowSeconds: 60 },
      representations: [
        { presentationTimeOffset: 0, tolerance: {}, sparse: false },
        { presentationTimeOffset: 0, tolerance: {}, sparse: false },
      ],
    },
  });
});

it('numbers begin with 1, as DASH has it, where the template does not say', () => {
  const { startNumber, ...template } = TWO_SECONDS;
  expect(startNumber).toBe(0);
  expect(parseConfiguration({ ...LEAST, segmentTemplate: template })).toMatchObject({
    configuration: { segmentTemplate: { startNumber: 1 } },
  });
});

it.each([
  ['availabilityStarttime', '1970-01-01T00:00:00Z'],
  ['segmentTemplate.startnumber', 1],
  ['publish.delay', 500],
  ['representations.0.frameRates', '25'],
  ['representations.1.tolerance.ticks', 1],
  ['hls.window', 60],
  ['drm.key', ''],
])('an unknown member is refused by name: %s', (path, value) => {
  expect(faultsOf(withMember(path, value))).toContain(path);
});

/** Each limit: the last value that is taken, and the first that is not. */
it.each<[string, unknown, unknown]>([
  ['availabilityStartTime', '1970-01-01T00:00:00Z', '1969-12-31T23:59:59Z'],
  ['availabilityStartTime', '2026-01-01T01:00:00+01:00', 'yesterday'],
  ['segmentTemplate.timescale', 10_000_000, 10_000_001],
  ['segmentTemplate.timescale', 1, 0],
  ['segmentTemplate.duration', 1, 0],
  ['segmentTemplate.duration', 2000, 2000.5],
  ['segmentTemplate.startNumber', 0, -1],
  ['segmentTemplate.media', '$RepresentationID$/$Number%09d$.m4s', '$RepresentationID$/x.m4s'],
  ['segmentTemplate.initialization', 'init/$RepresentationID$.mp4', 'init/../$RepresentationID$.mp4'],
  ['initialSegmentNumber', Number.MAX_SAFE_INTEGER, 2 ** 53],
  ['finalSegmentNumber', null, '7'],
  ['timeShiftBufferDepthSeconds', 1_209_600, 1_209_601],
  ['timeShiftBufferDepthSeconds', 1, 0],
  ['publish.delayMs', 60_000, 60_001],
  ['publish.retryDeadlineMs', 600_000, 600_001],
  ['publish.holdMs', 30_000, 30_001],
  ['pipelines', ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'], ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']],
  ['pipelines', ['a', 'A'], ['a', 'a']],
  ['pipelines', ['a'.repeat(64)], ['a'.repeat(65)]],
  ['pipelines', ['a_-1'], ['-a']],
  ['pipelines', ['a'], []],
  ['regions', ['us-east-1'], ['us east']],
  ['whenAllDefective', 'reject', 'drop'],
  ['representations', [{ id: 'v', contentType: 'video' }], []],
  ['representations', [{ id: 'v', contentType: 'text' }], [{ id: 'v', contentType: 'image' }]],
  ['representations.0.id', 'v1', 'a128'],
  ['representations.0.id', 'v1', 'v/1'],
  ['representations.0.bandwidth', 1, 0],
  ['representations.0.frameRate', '30000/1001', '29.97'],
  ['representations.0.frameRate', '25', '0'],
  ['representations.0.timescale', 10_000_000, 10_000_001],
  ['representations.0.presentationTimeOffset', 0, -1],
  ['representations.0.tolerance', { startTicks: 0 }, { startTicks: -1 }],
  ['representations.1.lang', 'zh-Hant-TW', 'e'],
  ['passthrough', ['thumbs/*.jpg'], ['/thumbs']],
  ['passthrough', ['a/b/c/d/e/f/g/h'], ['a/b/c/d/e/f/g/h/i']],
  ['drm', { hlsKeyLine: '#EXT-X-KEY:METHOD=SAMPLE-AES' }, { hlsKeyLine: 'KEY' }],
  ['liveWindowSeconds', 3600, 3601],
  ['hls.windowSeconds', 6, 5],
])('%s takes %j and not %j', (path, taken, refused) => {
  expect(faultsOf(withMember(path, taken))).toEqual([]);
  expect(faultsOf(withMember(path, refused)).some((name) => name.startsWith(path.split('.')[0]!))).toBe(true);
});

it('a fault says what was wanted and what came', () => {
  expect(parseConfiguration(withMember('pipelines', ['no spaces']))).toEqual({
    faults: [
      {
        parameter: 'pipelines.0',
        wanted: 'wanted 1-64 of A-Z a-z 0-9 _ -, the first a letter or digit',
        got: '"no spaces"',
      },
    ],
  });
});

it.each([undefined, null, [], 'text', 7, { pipelines: 'a' }])('%j is no configuration', (input) => {
  expect(parseConfiguration(input)).toHaveProperty('faults');
});

it('says sixteen faults at most', () => {
  const many = Array.from({ length: 40 }, () => ({ id: '', contentType: 'video' }));
  expect(faultsOf({ ...LEAST, representations: many })).toHaveLength(16);
});

describe('members that are right one by one and wrong together', () => {
  const complete = (parts: Record<string, unknown>) => {
    const parsed = parseConfiguration({ ...LEAST, ...parts });
    if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
    const { initialSegmentNumber = 10 } = parsed.configuration;
    return contradictions({ ...parsed.configuration, initialSegmentNumber, regions: [] });
  };
  const media = (...templates: readonly string[]) => ({
    representations: templates.map((template, at) => ({
      ...{ id: `v${at}`, contentType: 'video', media: template },
    })),
  });

  it.each<[string, Record<string, unknown>, string]>([
    [
      'a schedule that is not exact',
      { segmentTemplate: { ...TWO_SECONDS, timescale: 9_999_991, duration: 1_000_003 } },
      'segmentTemplate.duration',
    ],
    [
      'an event that begins before its numbers',
      { segmentTemplate: { ...TWO_SECONDS, startNumber: 11 } },
      'initialSegmentNumber',
    ],
    ['an event that ends before it begins', { finalSegmentNumber: 9 }, 'finalSegmentNumber'],
    ['two of one name', media('v/$Number$.m4s', 'v/$Number$.m4s'), 'representations.1.media'],
    [
      'two of one name in other widths',
      media('v/$Number$.m4s', 'v/$Number%05d$.m4s'),
      'representations.1.media',
    ],
    [
      'two whose numbers run into their names',
      media('v1$Number$.m4s', 'v$Number$.m4s'),
      'representations.1.media',
    ],
    [
      'an init that is a segment',
      { representations: [{ id: 'v', contentType: 'video', initialization: 'v/0.m4s' }] },
      'representations.0.media',
    ],
    [
      'a time that could be read as a number',
      { representations: [{ id: 'v', contentType: 'video', ingestMedia: 'v/$Time$.m4s' }] },
      'representations.0.ingestMedia',
    ],
    ['a name of our playlists', media('v0/$Number$.m3u8'), 'representations.0.media'],
    ['a name of packagers’ manifests', media('packager/$Number$.m4s'), 'representations.0.media'],
  ])('%s', (_, parts, parameter) => {
    expect(complete(parts).map((fault) => fault.parameter)).toEqual([parameter]);
  });

  it.each<[string, Record<string, unknown>]>([
    ['names in folders of their own', {}],
    ['names that differ in a letter', media('v1-$Number$.m4s', 'v11-$Number$.m4s')],
    ['one segment', { initialSegmentNumber: 7, finalSegmentNumber: 7 }],
  ])('takes %s', (_, parts) => {
    expect(complete(parts)).toEqual([]);
  });
});
