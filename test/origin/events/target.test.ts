import { targetOfGet, targetOfPut, type PutTarget } from '../../../origin/events/target';
import { initEntry, liveEvent, TWO_SECONDS } from '../../support/live-event';

const EVENT = liveEvent(
  {
    initialSegmentNumber: 10,
    segmentTemplate: { ...TWO_SECONDS, ingestMedia: 'chunk-$RepresentationID$-$Time$.m4s' },
    passthrough: ['thumbs/*.jpg', 'cues.json', '*-a-*-b-*'],
  },
  [initEntry('v720', 'video')],
);

function told(target: PutTarget | undefined): string | undefined {
  if (target === undefined) return undefined;
  const { kind } = target;
  if (kind === 'segment') return `${kind} ${target.representation.configuration.id} ${target.number}`;
  if (kind === 'document') return `${kind} ${target.path}`;
  return 'representation' in target ? `${kind} ${target.representation.configuration.id}` : kind;
}

it.each([
  ['v720/12.m4s', 'segment v720 12'],
  ['a128/0.m4s', 'segment a128 0'],
  ['v720/012.m4s', 'not-canonical'],
  ['v720/init.mp4', 'init v720'],
  ['manifest.mpd', 'mpd'],
  ['master.m3u8', 'master-playlist'],
  ['a128/media.m3u8', 'media-playlist a128'],
  ['v999/media.m3u8', undefined],
  ['v999/12.m4s', undefined],
  ['media.m3u8', undefined],
  ['packager/a/live.mpd', 'document packager/a/live.mpd'],
  ['packager/a/deep/live.mpd', undefined],
  ['packager/a', undefined],
  ['thumbs/12.jpg', 'document thumbs/12.jpg'],
  ['thumbs/deep/12.jpg', undefined],
  ['thumbs/.jpg', 'document thumbs/.jpg'],
  ['cues.json', 'document cues.json'],
  ['cues.json5', undefined],
  ['x-a-y-b-z', 'document x-a-y-b-z'],
  ['x-a-b-z', undefined],
  ['chunk-v720-25600.m4s', undefined],
  ['', undefined],
])('a GET of %j asks for %s', (path, expected) => {
  expect(told(targetOfGet(EVENT, path))).toBe(expected);
});

it.each([
  ['v720/12.m4s', 'segment v720 12'],
  ['v720/012.m4s', 'not-canonical'],
  ['chunk-v720-307200.m4s', 'segment v720 12'],
  ['chunk-v720-310400.m4s', 'segment v720 12'],
  ['chunk-v720-310401.m4s', 'not-canonical'],
  ['chunk-v720-99999999999999999999.m4s', 'segment v720 3906250000000000'],
  ['manifest.mpd', 'document packager/a/manifest.mpd'],
  ['v720/live.m3u8', 'document packager/a/v720_live.m3u8'],
  ['packager/b/live.mpd', 'document packager/a/packager_b_live.mpd'],
  ['thumbs/12.jpg', 'document thumbs/12.jpg'],
  ['thumbs/12.png', undefined],
])('a PUT of %j by pipeline a stores %s', (path, expected) => {
  expect(told(targetOfPut(EVENT, path, 'a'))).toBe(expected);
});

it('a time says nothing before the timescale is known', () => {
  expect(told(targetOfPut(EVENT, 'chunk-a128-96000.m4s', 'a'))).toBe('init-needed');
});

it('a pattern with many stars is matched in linear time', () => {
  const event = liveEvent({ initialSegmentNumber: 10, passthrough: [`${'*a'.repeat(90)}b`] });
  expect(targetOfGet(event, 'a'.repeat(128))).toBeUndefined();
});
