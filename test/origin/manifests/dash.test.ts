import { parseXml, getElementsByName } from '@svta/cml-xml';
import fc from 'fast-check';
import { writeMpd } from '../../../origin/manifests/dash';
import { dueMs } from '../../../origin/schedule/schedule';
import { initEntry, liveEvent, TWO_SECONDS } from '../../support/live-event';

const INITIAL = 895_000_000;
const NOW_MS = INITIAL * 2000 + 60_000;
const INITS = [initEntry('a128', 'audio'), initEntry('v720', 'video')];

const attributesOf = (mpd: string | undefined, name: string) =>
  getElementsByName(parseXml(mpd ?? ''), name).map(({ attributes }) => attributes);

/** When DASH lets a player ask for segment `number` of an MPD with one Period (ISO/IEC 23009-1, 5.3.9.5.3). */
function availableAtMs(mpd: string, number: number): number {
  const [{ availabilityStartTime = '' } = {}] = attributesOf(mpd, 'MPD');
  const [{ start = '' } = {}] = attributesOf(mpd, 'Period');
  const [{ timescale, duration, startNumber } = {}] = attributesOf(mpd, 'SegmentTemplate');
  const seconds =
    Number(start.slice(2, -1)) + ((number - Number(startNumber) + 1) * Number(duration)) / Number(timescale);
  return Date.parse(availabilityStartTime) + seconds * 1000;
}

describe('an MPD', () => {
  it('says this of a live event of one picture and one sound', () => {
    expect(writeMpd(liveEvent({ initialSegmentNumber: INITIAL }, INITS), NOW_MS)).toBe(
      `<?xml version="1.0" encoding="UTF-8"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" xmlns:cenc="urn:mpeg:cenc:2013" profiles="urn:mpeg:dash:profile:isoff-live:2011" type="dynamic" availabilityStartTime="1970-01-01T00:00:00.500Z" publishTime="1970-01-01T00:00:00.001Z" minimumUpdatePeriod="PT10S" timeShiftBufferDepth="PT7200S" suggestedPresentationDelay="PT8.5S" maxSegmentDuration="PT2S" minBufferTime="PT2S">
  <Period id="from-895000000" start="PT1790000000S">
    <AdaptationSet id="1" contentType="video" mimeType="video/mp4" segmentAlignment="true" startWithSAP="1">
      <SegmentTemplate timescale="1000" duration="2000" startNumber="895000000" presentationTimeOffset="1790000000000" initialization="$RepresentationID$/init.mp4?v=1" media="$RepresentationID$/$Number$.m4s"/>
      <Representation id="v720" bandwidth="1500000" codecs="avc1.64001f" width="1280" height="720" frameRate="25"/>
    </AdaptationSet>
    <AdaptationSet id="2" contentType="audio" mimeType="audio/mp4" lang="en" segmentAlignment="true" startWithSAP="1">
      <AudioChannelConfiguration schemeIdUri="urn:mpeg:dash:23003:3:audio_channel_configuration:2011" value="2"/>
      <SegmentTemplate timescale="1000" duration="2000" startNumber="895000000" presentationTimeOffset="1790000000000" initialization="$RepresentationID$/init.mp4?v=1" media="$RepresentationID$/$Number$.m4s"/>
      <Representation id="a128" bandwidth="128000" codecs="mp4a.40.2" audioSamplingRate="48000"/>
    </AdaptationSet>
  </Period>
  <UTCTiming schemeIdUri="urn:mpeg:dash:utc:http-xsdate:2014" value="/live/time"/>
</MPD>
`,
    );
  });

  it('makes a segment available when the schedule has it due', () => {
    const durations = fc.constantFrom([2000, 1000], [1920, 1000], [60_060, 30_000], [48, 25], [3840, 1000]);
    fc.assert(
      fc.property(
        durations,
        fc.constantFrom(0, 1),
        fc.integer({ min: 1, max: 900_000_000 }),
        fc.integer({ min: 0, max: 5000 }),
        ([duration, timescale], startNumber, initialSegmentNumber, ahead) => {
          const event = liveEvent(
            { initialSegmentNumber, segmentTemplate: { ...TWO_SECONDS, duration, timescale, startNumber } },
            INITS,
          );
          const number = initialSegmentNumber + ahead;
          const mpd = writeMpd(event, dueMs(event.schedule, initialSegmentNumber)) ?? '';
          // The schedule rounds up to a millisecond; doubles of epoch seconds are off by less than that.
          const late = dueMs(event.schedule, number) - availableAtMs(mpd, number);
          expect(late).toBeGreaterThan(-0.01);
          expect(late).toBeLessThan(1.01);
        },
      ),
    );
  });

  it('does not exist while no codec is known', () => {
    expect(writeMpd(liveEvent({ initialSegmentNumber: INITIAL }), NOW_MS)).toBeUndefined();
  });

  it('lists a representation whose codec only the configuration knows, by the bare name of its init', () => {
    const representations = [{ id: 'v720', contentType: 'video', codecs: 'avc1.640020' }];
    const mpd = writeMpd(liveEvent({ initialSegmentNumber: INITIAL, representations }), NOW_MS);
    expect(attributesOf(mpd, 'Representation')).toMatchObject([{ id: 'v720', codecs: 'avc1.640020' }]);
    expect(attributesOf(mpd, 'SegmentTemplate')).toMatchObject([
      { initialization: '$RepresentationID$/init.mp4' },
    ]);
  });

  it('stands still as segments come: the same text a minute later', () => {
    const event = liveEvent({ initialSegmentNumber: INITIAL }, INITS);
    expect(writeMpd(event, NOW_MS + 60_000)).toBe(writeMpd(event, NOW_MS));
  });

  it('takes any label for text', () => {
    const label = '5.1 "surround" <b>&amp;\u0001 über 🎧';
    const representations = [{ id: 'a128', contentType: 'audio', codecs: 'mp4a.40.2', label }];
    const mpd = writeMpd(liveEvent({ initialSegmentNumber: INITIAL, representations }), NOW_MS) ?? '';
    expect(mpd).toContain(
      '<Label>5.1 &quot;surround&quot; &lt;b&gt;&amp;amp;&#xfffd; &#xfc;ber &#x1f3a7;</Label>',
    );
    expect(mpd).toMatch(/^[\x0a\x20-\x7e]*$/);
  });

  it('groups what players may switch between: language and codec family apart, qualities together', () => {
    const representations = [
      { id: 'v720', contentType: 'video', codecs: 'avc1.64001f' },
      { id: 'v360', contentType: 'video', codecs: 'avc1.64001e' },
      { id: 'h720', contentType: 'video', codecs: 'hvc1.1.6.L93.B0' },
      { id: 'en', contentType: 'audio', codecs: 'mp4a.40.2', lang: 'en', default: true },
      { id: 'de', contentType: 'audio', codecs: 'mp4a.40.2', lang: 'de' },
      { id: 'subs', contentType: 'text', codecs: 'stpp.ttml.im1t', lang: 'en' },
    ];
    const mpd = writeMpd(liveEvent({ initialSegmentNumber: INITIAL, representations }), NOW_MS) ?? '';
    const sets = getElementsByName(parseXml(mpd), 'AdaptationSet').map((set) => [
      set.attributes['id'],
      ...getElementsByName(set, 'Representation').map(({ attributes }) => attributes['id']),
      ...getElementsByName(set, 'Role').map(({ attributes }) => attributes['value']),
    ]);
    expect(sets).toEqual([
      ['1', 'v720', 'v360'],
      ['3', 'h720'],
      ['4', 'en', 'main'],
      ['5', 'de'],
      ['6', 'subs', 'subtitle'],
    ]);
  });

  it.each([
    [1, 'urn:mpeg:dash:23003:3:audio_channel_configuration:2011', '1'],
    [6, 'urn:mpeg:dash:23003:3:audio_channel_configuration:2011', '6'],
    // Read as a count by some players, and as an index of seven or two channels by others: so not in that scheme.
    [7, 'urn:mpeg:mpegB:cicp:ChannelConfiguration', '11'],
    [8, 'urn:mpeg:mpegB:cicp:ChannelConfiguration', '12'],
  ])('says %i channels in %s', (channels, schemeIdUri, value) => {
    const representations = [{ id: 'a128', contentType: 'audio', codecs: 'mp4a.40.2', channels }];
    const mpd = writeMpd(liveEvent({ initialSegmentNumber: INITIAL, representations }), NOW_MS);
    expect(attributesOf(mpd, 'AudioChannelConfiguration')).toEqual([{ schemeIdUri, value }]);
  });

  it('says nothing of channels for which there is no configuration', () => {
    const representations = [{ id: 'a128', contentType: 'audio', codecs: 'mp4a.40.2', channels: 9 }];
    const mpd = writeMpd(liveEvent({ initialSegmentNumber: INITIAL, representations }), NOW_MS);
    expect(mpd).not.toContain('AudioChannelConfiguration');
  });

  it('announces encryption by its key and the systems of its pssh boxes', () => {
    const pssh = Buffer.concat([
      Buffer.from('00000020', 'hex'),
      Buffer.from('pssh'),
      Buffer.from('00000000edef8ba979d64acea3c827dcd51d21ed00000000', 'hex'),
    ]).toString('base64');
    const defaultKid = '00112233-4455-6677-8899-aabbccddeeff';
    const encrypted = initEntry(
      'v720',
      'video',
      {},
      { protection: { scheme: 'cbcs', defaultKid, pssh: [pssh] } },
    );
    const mpd = writeMpd(liveEvent({ initialSegmentNumber: INITIAL }, [encrypted]), NOW_MS);
    expect(attributesOf(mpd, 'ContentProtection')).toEqual([
      { schemeIdUri: 'urn:mpeg:dash:mp4protection:2011', value: 'cbcs', 'cenc:default_KID': defaultKid },
      { schemeIdUri: 'urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed' },
    ]);
    expect(mpd).toContain(`<cenc:pssh>${pssh}</cenc:pssh>`);
  });

  it('declares the schemes of timed events on picture and sound', () => {
    const eventSchemes = ['urn:scte:scte35:2013:bin'];
    const mpd = writeMpd(liveEvent({ initialSegmentNumber: INITIAL, eventSchemes }, INITS), NOW_MS);
    expect(attributesOf(mpd, 'InbandEventStream')).toEqual([
      { schemeIdUri: 'urn:scte:scte35:2013:bin' },
      { schemeIdUri: 'urn:scte:scte35:2013:bin' },
    ]);
  });
});

describe('a change of init', () => {
  const changed = (depthSeconds = 7200) =>
    liveEvent(
      {
        initialSegmentNumber: INITIAL,
        timeShiftBufferDepthSeconds: depthSeconds,
      },
      [
        ...INITS,
        initEntry(
          'v720',
          'video',
          { version: 2, fromSegment: INITIAL + 10, atMs: NOW_MS },
          { width: 1920, height: 1080 },
        ),
      ],
    );

  it('begins a Period at its segment, on the same axis', () => {
    const mpd = writeMpd(changed(), NOW_MS);
    expect(attributesOf(mpd, 'Period')).toEqual([
      { id: `from-${INITIAL}`, start: 'PT1790000000S' },
      { id: `from-${INITIAL + 10}`, start: 'PT1790000020S' },
    ]);
    expect(attributesOf(mpd, 'SegmentTemplate')).toMatchObject([
      { startNumber: `${INITIAL}`, initialization: '$RepresentationID$/init.mp4?v=1' },
      { startNumber: `${INITIAL}`, initialization: '$RepresentationID$/init.mp4?v=1' },
      {
        startNumber: `${INITIAL + 10}`,
        presentationTimeOffset: '1790000020000',
        initialization: '$RepresentationID$/init.mp4?v=2',
      },
      { startNumber: `${INITIAL + 10}`, initialization: '$RepresentationID$/init.mp4?v=1' },
    ]);
  });

  it('is told by a new publishTime, and so is the end of the Period before it', () => {
    const event = changed(60);
    const publishTimes = [0, 60_000, 200_000].map(
      (laterMs) => attributesOf(writeMpd(event, NOW_MS + laterMs), 'MPD')[0]?.['publishTime'],
    );
    const leftMs = dueMs(event.schedule, INITIAL + 10 + 30);
    expect(publishTimes).toEqual([
      new Date(NOW_MS).toISOString(),
      new Date(leftMs).toISOString(),
      new Date(leftMs).toISOString(),
    ]);
    expect(attributesOf(writeMpd(event, leftMs - 1), 'Period')).toHaveLength(2);
    expect(attributesOf(writeMpd(event, leftMs), 'Period')).toEqual([
      { id: `from-${INITIAL + 10}`, start: 'PT1790000020S' },
    ]);
  });
});

describe('the end', () => {
  const ending = liveEvent(
    { initialSegmentNumber: INITIAL, finalSegmentNumber: INITIAL + 99, timeShiftBufferDepthSeconds: 60 },
    INITS,
  );
  const endMs = dueMs(ending.schedule, INITIAL + 99);

  it('is announced before it comes', () => {
    expect(attributesOf(writeMpd(ending, endMs - 1), 'MPD')).toMatchObject([
      { type: 'dynamic', mediaPresentationDuration: 'PT1790000200S' },
    ]);
  });

  it('has players look no further: they play to it at the same times as before', () => {
    expect(attributesOf(writeMpd(ending, endMs - 1), 'MPD')[0]).toHaveProperty('minimumUpdatePeriod');
    const mpd = writeMpd(ending, endMs);
    const [root] = attributesOf(mpd, 'MPD');
    expect(root).toMatchObject({ type: 'dynamic', mediaPresentationDuration: 'PT1790000200S' });
    expect(root).not.toHaveProperty('minimumUpdatePeriod');
    expect(attributesOf(mpd, 'Period')).toEqual([{ id: `from-${INITIAL}`, start: 'PT1790000000S' }]);
  });

  it('is told for a minute from when an operator names it, though it is long past', () => {
    const endedAtMs = endMs + 30_000;
    const ended = { ...ending, head: { ...ending.head, endedAtMs } };
    const typeAt = (nowMs: number) => attributesOf(writeMpd(ended, nowMs), 'MPD')[0]?.['type'];
    expect([endedAtMs + 59_999, endedAtMs + 60_000].map(typeAt)).toEqual(['dynamic', 'static']);
  });

  it('has no Period for an init from behind it', () => {
    const version = { version: 2, fromSegment: INITIAL + 100 };
    const event = liveEvent({ initialSegmentNumber: INITIAL, finalSegmentNumber: INITIAL + 99 }, [
      ...INITS,
      initEntry('v720', 'video', version, { width: 1920, height: 1080 }),
    ]);
    expect(attributesOf(writeMpd(event, endMs + 60_000), 'Period')).toHaveLength(1);
  });

  it('is a recording a minute later: its first segment is at time 0, and its duration that of the window', () => {
    expect(attributesOf(writeMpd(ending, endMs + 59_999), 'MPD')).toMatchObject([{ type: 'dynamic' }]);
    const mpd = writeMpd(ending, endMs + 60_000);
    expect(attributesOf(mpd, 'MPD')).toMatchObject([{ type: 'static', mediaPresentationDuration: 'PT62S' }]);
    expect(attributesOf(mpd, 'Period')).toEqual([{ id: `from-${INITIAL}`, start: 'PT0S' }]);
    expect(attributesOf(mpd, 'SegmentTemplate')[0]).toMatchObject({
      startNumber: `${INITIAL + 69}`,
      presentationTimeOffset: '1790000138000',
    });
  });
});
