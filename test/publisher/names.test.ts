import { sharedParts, trackName } from '../../publisher/names';

describe('the track of a path', () => {
  it.each([
    ['v720/882000001.m4s', 'v720/*.m4s', '882000001'],
    ['v720/00042.m4s', 'v720/*.m4s', '00042'],
    ['chunk-stream0-00001.m4s', 'chunk-stream0-*.m4s', '00001'],
    ['seg_7_video_1080p.cmfv', 'seg_*_video_1080p.cmfv', '7'],
    ['segment12.m4s', 'segment*.m4s', '12'],
    ['a/b/3/1.mp4', 'a/b/3/*.mp4', '1'],
    ['1-video.m4v', '*-video.m4v', '1'],
  ])('%s is %s, number %s', (path, track, counter) => {
    expect(trackName(path)).toEqual({ track, counter });
  });

  it.each(['manifest.mpd', 'v720/init.mp4'])('%s counts nothing', (path) => {
    expect(trackName(path)).toEqual({ track: path });
  });
});

describe('an init belongs to the media whose name it shares most with', () => {
  it.each([
    ['v720/*.m4s', 'v720/init.mp4', 'a128/init.mp4'],
    ['chunk-stream0-*.m4s', 'init-stream0.m4s', 'init-stream1.m4s'],
    ['video_*.m4s', 'video_init.mp4', 'audio_init.mp4'],
    ['media/v720/*.cmfv', 'inits/v720.cmfv', 'inits/a128.cmfv'],
  ])('%s: %s rather than %s', (track, its, other) => {
    expect(sharedParts(its, track)).toBeGreaterThan(sharedParts(other, track));
  });
});
