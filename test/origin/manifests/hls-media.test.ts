import { writeMediaPlaylist, playlistStart } from '../../../origin/manifests/hls-media';
import { dueMs } from '../../../origin/schedule/schedule';
import { initEntry, liveEvent, PICTURE_AND_SOUND, TWO_SECONDS } from '../../support/live-event';

const INITIAL = 895_000_000;
const INITS = [initEntry('a128', 'audio'), initEntry('v720', 'video')];
const LIVE = { dvr: false, skip: false };
const DVR = { dvr: true, skip: false };

const event = liveEvent({ initialSegmentNumber: INITIAL }, INITS);
const picture = event.representations.get('v720')!;
const nowMs = dueMs(event.schedule, INITIAL + 2000);

const settled = (from: number, next: number, ...gaps: number[]) => ({
  from,
  next,
  gaps: new Map(gaps.map((number) => [number, 'never-came' as const])),
});

describe('a media playlist', () => {
  it('lists settled numbers, those that never came as gaps', () => {
    expect(
      writeMediaPlaylist(
        event,
        picture,
        LIVE,
        settled(INITIAL + 1990, INITIAL + 1994, INITIAL + 1992),
        nowMs,
      ),
    ).toBe(`#EXTM3U
#EXT-X-VERSION:8
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:895001990
#EXT-X-MAP:URI="init.mp4?v=1"
#EXT-X-PROGRAM-DATE-TIME:2026-09-21T15:19:40.000Z
#EXTINF:2.000,
895001990.m4s
#EXTINF:2.000,
895001991.m4s
#EXT-X-GAP
#EXTINF:2.000,
895001992.m4s
#EXTINF:2.000,
895001993.m4s
`);
  });

  it.each([
    ['1.92 s', 1920, 1000, '1.920', 2],
    ['2.002 s', 60_060, 30_000, '2.002', 2],
    ['3.84 s', 3840, 1000, '3.840', 4],
    ['half a second', 500, 1000, '0.500', 1],
    ['a third of a second', 1, 3, '0.333333', 1],
  ])('gives %s its duration and target', (_, duration, timescale, extinf, target) => {
    const other = liveEvent(
      { initialSegmentNumber: INITIAL, segmentTemplate: { ...TWO_SECONDS, duration, timescale } },
      INITS,
    );
    const atMs = dueMs(other.schedule, INITIAL);
    const playlist = writeMediaPlaylist(other, picture, LIVE, settled(INITIAL, INITIAL + 1), atMs);
    expect(playlist).toContain(`#EXTINF:${extinf},`);
    expect(playlist).toContain(`#EXT-X-TARGETDURATION:${target}\n`);
  });

  it('shows the live window of 60 s, or with ?dvr everything, with leave to skip', () => {
    const everything = settled(INITIAL, INITIAL + 2000);
    const count = (playlist: string | undefined) => playlist?.match(/#EXTINF/g)?.length;
    expect(count(writeMediaPlaylist(event, picture, LIVE, everything, nowMs))).toBe(30);
    const dvr = writeMediaPlaylist(event, picture, DVR, everything, nowMs);
    expect(count(dvr)).toBe(2000);
    expect(dvr).toContain('#EXT-X-SERVER-CONTROL:CAN-SKIP-UNTIL=12.0\n');
    expect(playlistStart(event, LIVE, nowMs)).toBe(INITIAL + 1971);
    expect(playlistStart(event, DVR, nowMs)).toBe(INITIAL);
  });

  it('leaves out what a delta update may: older than six target durations', () => {
    const delta = writeMediaPlaylist(
      event,
      picture,
      { dvr: true, skip: true },
      settled(INITIAL, INITIAL + 2000),
      nowMs,
    );
    expect(delta).toContain('#EXT-X-VERSION:9\n');
    expect(delta).toContain(`#EXT-X-MEDIA-SEQUENCE:${INITIAL}\n#EXT-X-SKIP:SKIPPED-SEGMENTS=1994\n`);
    expect(delta?.match(/\d+\.m4s/g)).toEqual(
      [1994, 1995, 1996, 1997, 1998, 1999].map((ahead) => `${INITIAL + ahead}.m4s`),
    );
  });

  it('ends with the final segment', () => {
    const ending = liveEvent({ initialSegmentNumber: INITIAL, finalSegmentNumber: INITIAL + 2 }, INITS);
    const atMs = dueMs(ending.schedule, INITIAL + 2);
    const playlist = (next: number) =>
      writeMediaPlaylist(ending, picture, LIVE, settled(INITIAL, next), atMs) ?? '';
    expect(playlist(INITIAL + 2)).not.toContain('#EXT-X-ENDLIST');
    expect(playlist(INITIAL + 3)).toMatch(/\n#EXT-X-ENDLIST\n$/);
  });

  it('is a recording a minute after the end, and shows all of it', () => {
    const ending = liveEvent({ initialSegmentNumber: INITIAL, finalSegmentNumber: INITIAL + 999 }, INITS);
    const endMs = dueMs(ending.schedule, INITIAL + 999);
    const firstAt = (atMs: number) => {
      const text = writeMediaPlaylist(ending, picture, LIVE, settled(INITIAL, INITIAL + 1000), atMs);
      const [, first] = /#EXT-X-MEDIA-SEQUENCE:(\d+)/.exec(text ?? '') ?? [];
      return [Number(first), playlistStart(ending, LIVE, atMs)];
    };
    expect(firstAt(endMs + 59_999)).toEqual([INITIAL + 970, INITIAL + 970]);
    expect(firstAt(endMs + 60_000)).toEqual([INITIAL, INITIAL]);
  });

  it('does not exist while nothing is settled, or no init is known', () => {
    expect(writeMediaPlaylist(event, picture, LIVE, settled(INITIAL, INITIAL), nowMs)).toBeUndefined();
    const withoutInit = liveEvent({ initialSegmentNumber: INITIAL });
    const bare = withoutInit.representations.get('v720')!;
    expect(writeMediaPlaylist(withoutInit, bare, LIVE, settled(INITIAL, INITIAL + 9), nowMs)).toBeUndefined();
  });

  it('finds segments that the template puts elsewhere', () => {
    const segmentTemplate = {
      ...TWO_SECONDS,
      initialization: 'init/$RepresentationID$.mp4',
      media: 'media/$RepresentationID$-$Number%010d$.m4s',
    };
    const elsewhere = liveEvent({ initialSegmentNumber: INITIAL, segmentTemplate }, INITS);
    const playlist = writeMediaPlaylist(
      elsewhere,
      elsewhere.representations.get('v720')!,
      LIVE,
      settled(INITIAL, INITIAL + 1),
      dueMs(elsewhere.schedule, INITIAL),
    );
    expect(playlist).toContain('#EXT-X-MAP:URI="../init/v720.mp4?v=1"\n');
    expect(playlist).toContain('\n../media/v720-0895000000.m4s\n');
  });

  it('gives the key of an encrypted track, in one line', () => {
    const protection = { scheme: 'cbcs', defaultKid: '00112233-4455-6677-8899-aabbccddeeff', pssh: [] };
    const hlsKeyLine = '#EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://key"\n#EXT-X-ENDLIST';
    const encrypted = liveEvent({ initialSegmentNumber: INITIAL, drm: { hlsKeyLine } }, [
      initEntry('a128', 'audio'),
      initEntry('v720', 'video', {}, { protection }),
    ]);
    const [sound, video] = ['a128', 'v720'].map((id) =>
      writeMediaPlaylist(
        encrypted,
        encrypted.representations.get(id)!,
        LIVE,
        settled(INITIAL, INITIAL + 1),
        dueMs(encrypted.schedule, INITIAL),
      ),
    );
    expect(video).toContain('#EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://key"\n#EXT-X-MAP');
    expect(video).not.toContain('#EXT-X-ENDLIST');
    expect(sound).not.toContain('#EXT-X-KEY');
  });
});

describe('a change of init', () => {
  const changed = liveEvent({ initialSegmentNumber: INITIAL, representations: PICTURE_AND_SOUND }, [
    ...INITS,
    initEntry('v720', 'video', { version: 2, fromSegment: INITIAL + 10 }),
  ]);
  const playlist = (representation: string, from: number) =>
    writeMediaPlaylist(
      changed,
      changed.representations.get(representation)!,
      LIVE,
      settled(from, INITIAL + 12),
      dueMs(changed.schedule, INITIAL + 12),
    );

  it('is a discontinuity with another EXT-X-MAP and its own time', () => {
    expect(playlist('v720', INITIAL + 9)).toBe(`#EXTM3U
#EXT-X-VERSION:8
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:895000009
#EXT-X-MAP:URI="init.mp4?v=1"
#EXT-X-PROGRAM-DATE-TIME:2026-09-21T14:13:38.000Z
#EXTINF:2.000,
895000009.m4s
#EXT-X-DISCONTINUITY
#EXT-X-MAP:URI="init.mp4?v=2"
#EXT-X-PROGRAM-DATE-TIME:2026-09-21T14:13:40.000Z
#EXTINF:2.000,
895000010.m4s
#EXTINF:2.000,
895000011.m4s
`);
  });

  it('is one in every playlist of the event, for they must agree', () => {
    expect(playlist('a128', INITIAL + 9)).toContain('#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI="init.mp4?v=1"\n');
  });

  it('is counted once it has left the playlist', () => {
    expect(playlist('v720', INITIAL + 10)).toContain('#EXT-X-DISCONTINUITY\n');
    expect(playlist('v720', INITIAL + 10)).not.toContain('DISCONTINUITY-SEQUENCE');
    expect(playlist('v720', INITIAL + 11)).toContain('#EXT-X-DISCONTINUITY-SEQUENCE:1\n');
    expect(playlist('v720', INITIAL + 11)).not.toContain('#EXT-X-DISCONTINUITY\n');
  });
});
