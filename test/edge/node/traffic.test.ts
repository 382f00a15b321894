import { trafficOf } from '../../../edge/node/traffic';
import { edgeConfigurationOf } from '../../../origin/events/edge-configuration';
import { dueMs } from '../../../origin/schedule/schedule';
import { liveEvent } from '../../support/live-event';

/** 30 s are 15 segments of 2 s. */
const EDGE = 200;
const event = liveEvent({ initialSegmentNumber: 0, passthrough: ['thumbs/*.jpg'] });
const nowMs = dueMs(event.schedule, EDGE);

describe('live is what an event has but a few of; nobody can invent more of it', () => {
  it.each([
    ['v720/201.m4s', 'live'],
    ['v720/186.m4s', 'live'],
    ['v720/185.m4s', 'dvr'],
    ['v720/0200.m4s', 'dvr'],
    ['v720/init.mp4', 'live'],
    ['manifest.mpd', 'live'],
    ['master.m3u8', 'live'],
    ['v720/media.m3u8', 'live'],
    ['invented/media.m3u8', 'dvr'],
    ['packager/a/live.mpd', 'dvr'],
    ['thumbs/1.jpg', 'dvr'],
  ])('%s: %s', (name, traffic) => {
    expect(trafficOf(name, edgeConfigurationOf(event), nowMs)).toBe(traffic);
  });

  it('of an event that the edge does not know, nothing is', () => {
    expect(trafficOf('manifest.mpd', undefined, nowMs)).toBe('dvr');
  });
});
