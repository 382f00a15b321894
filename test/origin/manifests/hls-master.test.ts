import { writeMasterPlaylist } from '../../../origin/manifests/hls-master';
import { initEntry, liveEvent } from '../../support/live-event';

const INITIAL = 895_000_000;
const NOW_MS = INITIAL * 2000;

describe('a multivariant playlist', () => {
  it('offers every picture with every quality of the sound', () => {
    const representations = [
      { id: 'v720', contentType: 'video', bandwidth: 1_500_000, frameRate: '30000/1001' },
      { id: 'v360', contentType: 'video', bandwidth: 500_000, width: 640, height: 360 },
      { id: 'a64', contentType: 'audio', bandwidth: 64_000, lang: 'en' },
      { id: 'a128', contentType: 'audio', bandwidth: 128_000, lang: 'en', default: true },
      { id: 'de', contentType: 'audio', bandwidth: 96_000, lang: 'de', label: 'Deutsch "live"' },
      { id: 'subs', contentType: 'text', codecs: 'stpp.ttml.im1t', lang: 'en' },
    ];
    const event = liveEvent({ initialSegmentNumber: INITIAL, representations }, [
      ...['a64', 'a128', 'de'].map((id) => initEntry(id, 'audio')),
      initEntry('v720', 'video'),
      initEntry('v360', 'video', {}, { codec: 'avc1.64001e' }),
    ]);
    expect(writeMasterPlaylist(event, NOW_MS, '')).toBe(`#EXTM3U
#EXT-X-VERSION:8
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio-1",NAME="en",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="a128/media.m3u8"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio-1",NAME="Deutsch 'live'",LANGUAGE="de",DEFAULT=NO,AUTOSELECT=YES,CHANNELS="2",URI="de/media.m3u8"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio-2",NAME="en",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="a64/media.m3u8"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio-2",NAME="Deutsch 'live'",LANGUAGE="de",DEFAULT=NO,AUTOSELECT=YES,CHANNELS="2",URI="de/media.m3u8"
#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subtitles",NAME="en",LANGUAGE="en",DEFAULT=NO,AUTOSELECT=YES,URI="subs/media.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=1628000,CODECS="avc1.64001f,mp4a.40.2,stpp.ttml.im1t",RESOLUTION=1280x720,FRAME-RATE=29.970,AUDIO="audio-1",SUBTITLES="subtitles"
v720/media.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=1596000,CODECS="avc1.64001f,mp4a.40.2,stpp.ttml.im1t",RESOLUTION=1280x720,FRAME-RATE=29.970,AUDIO="audio-2",SUBTITLES="subtitles"
v720/media.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=628000,CODECS="avc1.64001e,mp4a.40.2,stpp.ttml.im1t",RESOLUTION=640x360,FRAME-RATE=25.000,AUDIO="audio-1",SUBTITLES="subtitles"
v360/media.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=596000,CODECS="avc1.64001e,mp4a.40.2,stpp.ttml.im1t",RESOLUTION=640x360,FRAME-RATE=25.000,AUDIO="audio-2",SUBTITLES="subtitles"
v360/media.m3u8
`);
  });

  /** RFC 8216, 4.3.4.1.1: groups are the same but for quality, and one rendition of each is the default at most. */
  it.each<[string, readonly Readonly<Record<string, unknown>>[], readonly string[]]>([
    [
      'is the language that one quality names',
      [{ lang: 'de' }, { lang: 'en', default: true }, { lang: 'en', bandwidth: 256_000 }],
      ['1 de NO', '1 en YES', '2 de NO', '2 en YES'],
    ],
    [
      'is the first language where none is named, whichever is best',
      [{ lang: 'de' }, { lang: 'en', bandwidth: 128_000 }, { lang: 'en', bandwidth: 256_000 }],
      ['1 de YES', '1 en NO', '2 de YES', '2 en NO'],
    ],
    [
      'is one of two that are named',
      [
        { lang: 'de', default: true },
        { lang: 'en', default: true },
      ],
      ['1 de YES', '1 en NO'],
    ],
    [
      'has the name of its first quality where nothing else names it',
      [{ bandwidth: 64_000 }, { bandwidth: 128_000 }, { role: 'commentary' }],
      ['1 t0 YES', '1 t2 NO', '2 t0 YES', '2 t2 NO'],
    ],
  ])('has groups alike: what is heard by default %s', (_, tracks, wanted) => {
    const representations = tracks.map((track, at) => ({
      ...{ id: `t${at}`, contentType: 'audio', codecs: 'mp4a.40.2', bandwidth: 64_000 },
      ...track,
    }));
    const playlist = writeMasterPlaylist(
      liveEvent({ initialSegmentNumber: INITIAL, representations }),
      NOW_MS,
      '',
    );
    const told = [...(playlist ?? '').matchAll(/GROUP-ID="audio-(\d)",NAME="([^"]+)".*?DEFAULT=(\w+)/g)];
    expect(told.map(([, ...parts]) => parts.join(' '))).toEqual(wanted);
  });

  it('lets sound stand for itself, and keeps ?dvr', () => {
    const representations = [{ id: 'a128', contentType: 'audio', bandwidth: 128_000 }];
    const event = liveEvent({ initialSegmentNumber: INITIAL, representations }, [initEntry('a128', 'audio')]);
    expect(writeMasterPlaylist(event, NOW_MS, '?dvr')?.split('\n').slice(3, 6)).toEqual([
      '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio-1",NAME="a128",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="a128/media.m3u8?dvr"',
      '#EXT-X-STREAM-INF:BANDWIDTH=128000,CODECS="mp4a.40.2",AUDIO="audio-1"',
      'a128/media.m3u8?dvr',
    ]);
  });

  it('estimates a bandwidth that the operator did not give, greater for more pixels', () => {
    const representations = ['v720', 'v360'].map((id) => ({ id, contentType: 'video' }));
    const event = liveEvent({ initialSegmentNumber: INITIAL, representations }, [
      initEntry('v720', 'video'),
      initEntry('v360', 'video', {}, { width: 640, height: 360 }),
    ]);
    expect(writeMasterPlaylist(event, NOW_MS, '')?.match(/BANDWIDTH=\d+/g)).toEqual([
      'BANDWIDTH=2304000',
      'BANDWIDTH=576000',
    ]);
  });

  it('does not exist while nothing can be played', () => {
    expect(writeMasterPlaylist(liveEvent({ initialSegmentNumber: INITIAL }), NOW_MS, '')).toBeUndefined();
  });
});
