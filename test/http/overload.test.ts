import { mayBeShed, overloadedAnswer } from '../../http/overload';
import type { LiveEvent } from '../../origin/events/live-event';
import type { Origin } from '../../origin/origin';
import { dueMs } from '../../origin/schedule/schedule';
import { liveEvent } from '../support/live-event';

/** 30 s of live window are 15 segments of 2 s. */
const EDGE = 200;

function originWith(event: LiveEvent | undefined): Origin {
  const nowMs = event === undefined ? 0 : dueMs(event.schedule, EDGE);
  // mayBeShed needs these two alone: that it touches no store is the point.
  return { clock: { nowMs: () => nowMs }, events: { get: async () => event } } as unknown as Origin;
}

describe('under load', () => {
  it.each([
    ['v720/200.m4s', false],
    ['v720/201.m4s', false],
    ['v720/186.m4s', false],
    ['v720/185.m4s', true],
    ['v720/100.m4s', true],
    ['v720/init.mp4', false],
    ['manifest.mpd', false],
    ['master.m3u8', false],
    ['v720/media.m3u8', false],
    ['nothing', false],
  ])('%s may be turned away: %s', async (path, shed) => {
    const event = liveEvent({ initialSegmentNumber: 0, liveWindowSeconds: 30 });
    const request = { method: 'GET', path: `/live/acme/final/${path}`, query: {}, headers: {} };
    expect(await mayBeShed(originWith(event), request)).toBe(shed);
  });

  it('what nobody knows is answered from memory anyway', async () => {
    const request = { method: 'GET', path: '/live/acme/other/v720/1.m4s', query: {}, headers: {} };
    expect(await mayBeShed(originWith(undefined), request)).toBe(false);
  });

  it('the answer is 503 for 5 s', () => {
    const { status, headers } = overloadedAnswer();
    expect([status, headers['Cache-Control'], headers['Retry-After']]).toEqual([503, 'max-age=5', '5']);
  });
});
