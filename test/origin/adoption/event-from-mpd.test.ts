import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  eventFromMpd,
  type Adopted,
  type Packaged,
  type SampleSegment,
} from '../../../origin/adoption/event-from-mpd';
import { readMpdDocument } from '../../../origin/adoption/mpd-document';
import { parseConfiguration } from '../../../origin/events/configuration';
import { contradictions } from '../../../origin/events/contradictions';
import { scheduleOf } from '../../../origin/events/live-event';
import { timingDefects } from '../../../origin/media/timing';
import type { InitInspection } from '../../../origin/media/inspection';
import { liveEdge } from '../../../origin/schedule/schedule';
import { inspectedInit, soundSegment } from '../../support/inspected';

const FOLDER = join(__dirname, '..', '..', 'fixtures', 'mpd');
const INITS: Readonly<Record<string, readonly string[]>> = {
  'ffmpeg-number': ['init-stream0.m4s', 'init-stream1.m4s'],
  'ffmpeg-number-epoch': ['init-stream0.m4s', 'init-stream1.m4s'],
  'ffmpeg-time': ['init-0.mp4', 'init-1.mp4'],
  'ffmpeg-2997': ['init-stream0.m4s'],
  'shaka-number': ['v90/init.mp4', 'a32/init.mp4'],
};

function mpdOf(name: string): string {
  return readFileSync(join(FOLDER, name, 'manifest.mpd'), 'utf8');
}

function initsOf(name: string): ReadonlyMap<string, InitInspection> {
  const inits = INITS[name] ?? [];
  return new Map(inits.map((file, at) => [`${at}`, inspectedInit(readFileSync(join(FOLDER, name, file)))]));
}

/** As the command finds it while the packager runs: the MPD was published a moment ago. */
function packagedAs(name: string, more: Partial<Packaged> = {}): Packaged {
  const published = /publishTime="([^"]+)"/.exec(mpdOf(name))?.[1] ?? '';
  return {
    ...{ mpd: mpdOf(name), inits: initsOf(name), segments: new Map(), pipelines: ['a', 'b'] },
    ...{ nowMs: Date.parse(published), ...more },
  };
}

function configured(adopted: Adopted) {
  if (adopted.kind === 'refused') throw new Error(JSON.stringify(adopted.faults));
  const parsed = parseConfiguration(adopted.configuration);
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  return parsed.configuration;
}

describe.each(readdirSync(FOLDER))('the MPD of %s, taken while it ran', (name) => {
  const configuration = configured(eventFromMpd(packagedAs(name)));

  it('is a Live Event Configuration without contradictions', () => {
    const complete = {
      ...configuration,
      initialSegmentNumber: configuration.segmentTemplate.startNumber,
      regions: ['us-east-1'],
    };
    expect(contradictions(complete)).toEqual([]);
  });

  it('has its tracks as its inits say', () => {
    const [video, audio] = configuration.representations;
    expect(video).toMatchObject({
      ...{ contentType: 'video', width: 160, height: 90, codecs: 'avc1.42c00b' },
      frameRate: name === 'ffmpeg-2997' ? '30000/1001' : '25',
      timescale: initsOf(name).get('0')?.timescale,
    });
    if (name === 'ffmpeg-2997') return;
    expect(audio).toMatchObject({
      ...{ contentType: 'audio', codecs: 'mp4a.40.2', sampleRate: 48_000, channels: 2, timescale: 48_000 },
    });
  });

  it('puts the live edge where the packager is', () => {
    if (name === 'ffmpeg-number-epoch') return;
    const schedule = scheduleOf({ ...configuration, initialSegmentNumber: 0 })!;
    const edge = liveEdge(schedule, packagedAs(name).nowMs);
    const newest = { 'ffmpeg-number': 6, 'ffmpeg-2997': 6, 'shaka-number': 897_688_640 }[name] ?? 897_688_641;
    expect(Math.abs(edge - newest)).toBeLessThanOrEqual(1);
  });
});

describe('names', () => {
  it.each([
    ['ffmpeg-number', { media: 'chunk-stream$RepresentationID$-$Number%05d$.m4s', startNumber: 1 }],
    [
      'shaka-number',
      { initialization: '$RepresentationID$/init.mp4', media: '$RepresentationID$/$Number$.m4s' },
    ],
    [
      'ffmpeg-time',
      {
        media: 'n$RepresentationID$-$Number$.m4s',
        ingestMedia: '$RepresentationID$-$Time$.m4s',
        startNumber: 0,
      },
    ],
  ])('of %s are the event’s templates', (name, template) => {
    const { segmentTemplate } = configured(eventFromMpd(packagedAs(name)));
    expect(segmentTemplate).toMatchObject(template);
  });

  it('take the folder for an id that is in no name', () => {
    const { representations } = configured(eventFromMpd(packagedAs('shaka-number')));
    expect(representations.map(({ id }) => id)).toEqual(['v90', 'a32']);
  });

  it('that differ from track to track stand at the representation', () => {
    const mpd = mpdOf('shaka-number').replaceAll('a32/', 'sound/a_');
    const { segmentTemplate, representations } = configured(
      eventFromMpd(packagedAs('shaka-number', { mpd })),
    );
    expect(segmentTemplate.media).toBe('$RepresentationID$/$Number$.m4s');
    expect(representations[1]).toMatchObject({ id: 'sound', media: '$RepresentationID$/a_$Number$.m4s' });
  });
});

describe('channels, where no init tells them', () => {
  const mpeg = 'urn:mpeg:dash:23003:3:audio_channel_configuration:2011';
  it.each([
    [mpeg, '6', 6],
    ['urn:mpeg:mpegB:cicp:ChannelConfiguration', '12', 8],
    ['tag:dolby.com,2014:dash:audio_channel_configuration:2011', '4000', undefined],
  ])('%s %s', (scheme, value, channels) => {
    const mpd = mpdOf('ffmpeg-number').replace(
      /<AudioChannelConfiguration[^>]*>/,
      `<AudioChannelConfiguration schemeIdUri="${scheme}" value="${value}" />`,
    );
    const { representations } = configured(
      eventFromMpd(packagedAs('ffmpeg-number', { mpd, inits: new Map() })),
    );
    expect(representations[1]?.channels).toBe(channels);
  });
});

describe('time', () => {
  it.each(['ffmpeg-time', 'shaka-number'])(
    'of %s counts from 1970: numbers are those of the epoch',
    (name) => {
      const { availabilityStartTime, segmentTemplate, representations } = configured(
        eventFromMpd(packagedAs(name)),
      );
      expect(availabilityStartTime).toBe('1970-01-01T00:00:00Z');
      expect(segmentTemplate).toMatchObject({ timescale: 1000, duration: 2000, startNumber: 0 });
      expect(representations.map((of) => of.presentationTimeOffset)).toEqual([0, 0]);
    },
  );

  it('of a period that begins late is counted from 1970 all the same', () => {
    const [, first = ''] = /<S t="(\d+)"/.exec(mpdOf('shaka-number')) ?? [];
    const seconds = Number(first) / 12_800;
    const mpd = mpdOf('shaka-number')
      .replace('start="PT0S"', `start="PT${seconds}S"`)
      .replace(/timescale="12800"/, `$& presentationTimeOffset="${first}"`)
      .replace(/timescale="48000"/, `$& presentationTimeOffset="${seconds * 48_000}"`);
    const late = configured(eventFromMpd(packagedAs('shaka-number', { mpd })));
    expect(late).toEqual(configured(eventFromMpd(packagedAs('shaka-number'))));
  });

  it('of ffmpeg by itself counts from its start', () => {
    const { availabilityStartTime } = configured(eventFromMpd(packagedAs('ffmpeg-number')));
    expect(availabilityStartTime).toMatch(/^2026-\d\d-\d\dT\d\d:\d\d:\d\d/);
    expect(mpdOf('ffmpeg-number')).toContain(availabilityStartTime);
  });

  it('of 60060/30000 s stays exact, wherever its grid lies', () => {
    const { segmentTemplate, representations } = configured(eventFromMpd(packagedAs('ffmpeg-2997')));
    const [, first] = /<S t="(\d+)"/.exec(mpdOf('ffmpeg-2997')) ?? [];
    expect(segmentTemplate).toMatchObject({ timescale: 1000, duration: 2002, startNumber: 2 });
    expect(representations[0]?.presentationTimeOffset).toBe(Number(first));
  });

  it('is corrected by a segment where the MPD does not tell that it counts from 1970', () => {
    const name = 'ffmpeg-number-epoch';
    const inits = initsOf(name);
    const bytes = (track: number) => readFileSync(join(FOLDER, name, `chunk-stream${track}-00005.m4s`));
    const inspected = [0, 1].map((track) => soundSegment(bytes(track), inits.get(`${track}`)!));
    const segments = new Map<string, SampleSegment>(
      inspected.map(({ baseMediaDecodeTime }, track) => [
        `${track}`,
        { number: 5n, ticks: baseMediaDecodeTime },
      ]),
    );
    const configuration = configured(eventFromMpd(packagedAs(name, { segments })));
    const { segmentTemplate, representations, availabilityStartTime } = configuration;
    const { startNumber, duration, timescale } = segmentTemplate;
    for (const [track, { contentType, presentationTimeOffset }] of representations.entries())
      expect(
        timingDefects(inspected[track]!, {
          ...{ number: 5, startNumber, duration, timescale, contentType },
          presentationTimeOffset: BigInt(presentationTimeOffset),
        }),
      ).toEqual([]);
    const seconds = Number(inspected[0]?.baseMediaDecodeTime) / inspected[0]!.timescale;
    expect(Date.parse(availabilityStartTime) + (5 - startNumber) * 2000).toBe(seconds * 1000);
  });
});

describe('sound that its packager cuts beside the pictures: ffmpeg, where B-frames are decoded', () => {
  const BESIDE = 3840n;
  const at = (ticks: bigint) => ({ segments: new Map([['1', { number: undefined, ticks }]]) });
  const [, first = ''] = /timescale="48000"[^]*?<S t="(\d+)"/.exec(mpdOf('shaka-number')) ?? [];

  it.each<[string, Partial<Packaged>]>([
    ['by a segment', at(BigInt(first) - BESIDE)],
    [
      'by the timeline, whose first segment is short by it',
      {
        mpd: mpdOf('shaka-number').replace(
          /(timescale="48000"[^]*?)<S t="\d+" d="(\d+)"/,
          (_, before: string, duration: string) =>
            `${before}<S t="${BigInt(first) - BESIDE}" d="${BigInt(duration) - BESIDE}"/><S d="${duration}"`,
        ),
      },
    ],
    [
      'by the first segment, which begins in time and is short by it',
      {
        mpd: mpdOf('shaka-number').replace(
          /(timescale="48000"[^]*?<S t="\d+" d=)"(\d+)"[^]*?<\/SegmentTimeline>/,
          (_, before: string) => `${before}"${96_000n - BESIDE}"/></SegmentTimeline>`,
        ),
      },
    ],
  ])('stays in sync, and has the tolerance that it needs: known %s', (_, told) => {
    const [, sound] = configured(eventFromMpd(packagedAs('shaka-number', told))).representations;
    expect(sound).toMatchObject({
      presentationTimeOffset: 0,
      tolerance: { startTicks: 5888, durationTicks: 5888 },
    });
  });

  it('lies elsewhere, when it is far', () => {
    const adopted = eventFromMpd(packagedAs('shaka-number', at(BigInt(first) - 24_000n)));
    expect(configured(adopted).representations[1]).toMatchObject({ tolerance: {} });
  });
});

describe('what fits no schedule is refused with what was wanted', () => {
  const SHAKA = mpdOf('shaka-number');
  it.each([
    ['HTML', '<html></html>', 'the element MPD'],
    ['text that breaks off in a tag', SHAKA.slice(0, 900), 'not XML at character'],
    [
      'segments of different lengths',
      SHAKA.replace('d="25600" r="4"', 'd="25600" r="4"/><S d="24000"'),
      'one duration',
    ],
    ['audio on another grid', SHAKA.replaceAll('d="96256"', 'd="192000"'), 'as the leading track has'],
    [
      'a single file',
      SHAKA.replaceAll(/<SegmentTemplate[^]*?<\/SegmentTemplate>/g, '<SegmentBase/>'),
      'SegmentTemplate',
    ],
    ['no representation', '<MPD><Period/></MPD>', 'a Period with a Representation'],
  ])('%s', (_, mpd, wanted) => {
    const adopted = eventFromMpd(packagedAs('shaka-number', { mpd }));
    expect(adopted.kind).toBe('refused');
    expect(JSON.stringify(adopted)).toContain(wanted);
  });

  it('and --segment-duration says what the MPD does not', () => {
    const mpd = SHAKA.replace('d="25600" r="4"', 'd="25600" r="4"/><S d="24000"');
    const adopted = eventFromMpd(packagedAs('shaka-number', { mpd, segmentDurationMs: 2000 }));
    expect(configured(adopted).segmentTemplate).toMatchObject({ timescale: 1000, duration: 2000 });
  });
});

describe('whatever text comes', () => {
  it('an answer comes too: cut, spliced and repeated MPDs', () => {
    const mpds = readdirSync(FOLDER).map(mpdOf);
    const pieces = fc.tuple(fc.constantFrom(...mpds), fc.nat(2500), fc.nat(2500));
    fc.assert(
      fc.property(fc.array(pieces, { minLength: 1, maxLength: 4 }), (cuts) => {
        const mpd = cuts.map(([text, from, length]) => text.slice(from, from + length)).join('');
        expect(['adopted', 'refused']).toContain(eventFromMpd(packagedAs('shaka-number', { mpd })).kind);
      }),
    );
  });

  it.each([
    '<MPD a',
    '<MPD',
    '<?xml',
    '</',
    '<!-- ',
    '<MPD><![CDATA[',
    '<!DOCTYPE x [',
    '<a '.repeat(10_000),
    '<a>'.repeat(10_000),
  ])('%#: is refused, and at once', (text) => {
    expect(typeof readMpdDocument(text)).toBe('string');
  });
});
