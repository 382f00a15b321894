import { parseConfiguration } from '../../origin/events/configuration';
import { DEFAULTS } from '../support/deployment';
import { schemaOf } from '../support/openapi';

describe('a configuration that the page takes is taken, and the other way round', () => {
  const isDescribed = schemaOf('LiveEventConfiguration');
  const { segmentTemplate, representations } = DEFAULTS;
  const [video] = representations;
  const template = (parts: object) => ({ segmentTemplate: { ...segmentTemplate, ...parts } });
  const representation = (parts: object) => ({ representations: [{ ...video, ...parts }] });
  const NO_MEDIA = {
    ...{ availabilityStartTime: undefined, segmentTemplate: undefined },
    ...{ representations: undefined, initialSegmentNumber: undefined },
  };
  const names = (count: number) => Array.from({ length: count }, (_, at) => `p${at}`);

  it.each<[string, object, boolean]>([
    ['the shortest', {}, true],
    ['an unknown member', { pipeline: 'a' }, false],
    ['a time with an offset', { availabilityStartTime: '1970-01-01T01:00:00+01:00' }, true],
    ['no time', { availabilityStartTime: 'soon' }, false],
    ['timescale 0', template({ timescale: 0 }), false],
    ['timescale 10,000,000', template({ timescale: 10_000_000 }), true],
    ['timescale 10,000,001', template({ timescale: 10_000_001 }), false],
    ['a duration of 1e12', template({ duration: 1e12 }), true],
    ['a duration of 1e12 + 1', template({ duration: 1e12 + 1 }), false],
    ['a name of another kind', template({ media: '$RepresentationID$/ü$Number$.m4s' }), false],
    ['8 pipelines', { pipelines: names(8) }, true],
    ['9 pipelines', { pipelines: names(9) }, false],
    ['no pipeline', { pipelines: [] }, false],
    ['a pipeline twice', { pipelines: ['a', 'a'] }, false],
    ['a name of 64', { pipelines: ['a'.repeat(64)] }, true],
    ['a name of 65', { pipelines: ['a'.repeat(65)] }, false],
    ['a name that begins with _', { pipelines: ['_a'] }, false],
    ['numbers of 2^53 - 1', { initialSegmentNumber: Number.MAX_SAFE_INTEGER }, true],
    ['numbers of 2^53', { initialSegmentNumber: 2 ** 53 }, false],
    ['no end', { finalSegmentNumber: null }, true],
    ['no initial number', { initialSegmentNumber: null }, false],
    ['14 days', { timeShiftBufferDepthSeconds: 1_209_600 }, true],
    ['14 days and a second', { timeShiftBufferDepthSeconds: 1_209_601 }, false],
    ['a delay of a minute', { publish: { delayMs: 60_000 } }, true],
    ['a longer delay', { publish: { delayMs: 60_001 } }, false],
    ['a delay of text', { publish: { delayMs: '500' } }, false],
    ['16 patterns', { passthrough: names(16) }, true],
    ['17 patterns', { passthrough: names(17) }, false],
    ['a pattern with an empty name', { passthrough: ['a//b'] }, false],
    ['a key line', { drm: { hlsKeyLine: '#EXT-X-KEY:METHOD=SAMPLE-AES' } }, true],
    ['another line', { drm: { hlsKeyLine: '#EXTINF:2' } }, false],
    ['a window of 6 s', { hls: { windowSeconds: 6 } }, true],
    ['a window of 5 s', { hls: { windowSeconds: 5 } }, false],
    ['a fraction of a frame rate', representation({ frameRate: '30000/1001' }), true],
    ['a frame rate of 0', representation({ frameRate: '0' }), false],
    ['another type', representation({ contentType: 'image' }), false],
    ['a language', representation({ lang: 'zh-Hant-TW' }), true],
    ['no language', representation({ lang: 'x' }), false],
    ['a bit rate of 0', representation({ bandwidth: 0 }), false],
    ['a tolerance', representation({ tolerance: { startTicks: 1e9 } }), true],
    ['a greater one', representation({ tolerance: { startTicks: 1e9 + 1 } }), false],
    ['no representation', { representations: [] }, false],
    ['adoption', { adopt: true, ...NO_MEDIA }, true],
    ['adoption of what is told', { adopt: true }, true],
    ['no adoption, and no media', { adopt: false, ...NO_MEDIA }, false],
    ['adoption of half', { adopt: true, representations: undefined }, false],
    ['adoption from a number on', { adopt: true, ...NO_MEDIA, initialSegmentNumber: 7 }, false],
    ['adoption of no pipeline', { adopt: true, ...NO_MEDIA, pipelines: [] }, false],
  ])('%s', (_, parts, taken) => {
    const input: unknown = JSON.parse(JSON.stringify({ ...DEFAULTS, ...parts }));
    expect([isDescribed(input), 'configuration' in parseConfiguration(input)]).toEqual([taken, taken]);
  });
});
