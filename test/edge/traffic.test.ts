import { edgeClassOf, trafficOf } from '../../edge/traffic';
import { edgeConfigurationOf } from '../../origin/events/edge-configuration';
import { dueMs } from '../../origin/schedule/schedule';
import { liveEvent } from '../support/live-event';

/** 30 s are 15 segments of 2 s. */
const EDGE = 200;
const event = liveEvent({ initialSegmentNumber: 0, passthrough: ['thumbs/*.jpg'] });
const nowMs = dueMs(event.schedule, EDGE);

describe('live is what an event has but a few of; nobody can invent more of it', () => {
  it.each([
    ['v720/201.m4s', 'live', 'live'],
    ['v720/186.m4s', 'live', 'live'],
    ['v720/185.m4s', 'dvr', 'dvr'],
    ['v720/0200.m4s', 'other', 'dvr'],
    ['v720/init.mp4', 'init', 'live'],
    ['manifest.mpd', 'manifest', 'live'],
    ['master.m3u8', 'manifest', 'live'],
    ['v720/media.m3u8', 'manifest', 'live'],
    ['invented/media.m3u8', 'other', 'dvr'],
    ['packager/a/live.mpd', 'other', 'dvr'],
    ['thumbs/1.jpg', 'other', 'dvr'],
  ])('%s: %s, %s', (name, requestClass, traffic) => {
    const told = edgeClassOf(name, edgeConfigurationOf(event), nowMs);
    expect([told, trafficOf(told)]).toEqual([requestClass, traffic]);
  });

  it('of an event that the edge does not know, nothing is', () => {
    expect(trafficOf(edgeClassOf('manifest.mpd', undefined, nowMs))).toBe('dvr');
  });
});
