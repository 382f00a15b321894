import fc from 'fast-check';
import { edgeConfigurationOf, type EdgeConfiguration } from '../../origin/events/edge-configuration';
import { targetOfGet } from '../../origin/events/target';
import { writeNumber } from '../../origin/events/template';
import { dueMs, nextFromMs, opensAtMs, positionOf, type Position } from '../../origin/schedule/schedule';
import { CACHE, earlyCacheControl } from '../../http/cache-policy';
import { eventNameOf, guard, type Verdict } from '../../edge/guard/guard';
import { anyEvent } from '../support/any-event';
import { liveEvent } from '../support/live-event';

const DAY_MS = 86_400_000;

const verdictOf = (configuration: EdgeConfiguration, name: string, nowMs: number) =>
  guard(`/live/acme/final/${name}`, configuration, nowMs);

/** What the guard has to say where the origin's schedule says `position`. */
function agreed(position: Position): Partial<Verdict> {
  switch (position.kind) {
    case 'early':
      return position;
    case 'expected':
      return { kind: 'hold', untilMs: position.holdUntilMs };
    case 'next':
    case 'overdue':
      return { kind: 'pass' };
    case 'never':
    case 'expired':
      return { kind: position.kind };
  }
}

describe('the guard', () => {
  it('agrees with the origin on every number at every time', () => {
    const around = fc.integer({ min: -20_000, max: 20_000 });
    fc.assert(
      fc.property(
        anyEvent,
        fc.nat({ max: 6000 }),
        around,
        fc.constantFrom(nextFromMs, opensAtMs, dueMs),
        (event, number, offMs, boundaryOf) => {
          const { schedule } = event;
          // Near the boundaries, where disagreement would show.
          const nowMs = Math.max(0, boundaryOf(schedule, number) + offMs);
          const configuration = JSON.parse(JSON.stringify(edgeConfigurationOf(event))) as EdgeConfiguration;
          const representation = event.representations.get('v720')!;
          const verdict = verdictOf(configuration, writeNumber(representation.media, number), nowMs);
          const position = positionOf(schedule, number, nowMs);
          expect(verdict).toMatchObject(agreed(position));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('never lets a 404 outlive its truth', () => {
    fc.assert(
      fc.property(anyEvent, fc.nat({ max: 6000 }), fc.nat({ max: DAY_MS }), (event, number, nowMs) => {
        const media = event.representations.get('v720')!.media;
        const verdict = verdictOf(edgeConfigurationOf(event), writeNumber(media, number), nowMs);
        const trueUntilMs = verdict.kind === 'early' ? verdict.trueUntilMs : Infinity;
        const maxAgeSeconds = verdict.kind === 'early' ? verdict.maxAgeSeconds : 0;
        expect(nowMs + maxAgeSeconds * 1000).toBeLessThan(trueUntilMs);
      }),
    );
  });

  it('turns away only names that the origin knows nothing of, too', () => {
    const event = liveEvent({ initialSegmentNumber: 100 });
    const configuration = edgeConfigurationOf(event);
    const part = fc.constantFrom(
      'v720',
      'a128',
      'v9',
      'packager',
      'init.mp4',
      '150.m4s',
      '0150.m4s',
      'media.m3u8',
      'a',
    );
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 3 }), (parts) => {
        const name = parts.join('/');
        const verdict = verdictOf(configuration, name, dueMs(event.schedule, 160));
        const target = targetOfGet(event, name);
        expect([name, verdict.kind === 'unknown' && target !== undefined]).toEqual([name, false]);
        expect([name, verdict.kind === 'not-canonical']).toEqual([name, target?.kind === 'not-canonical']);
      }),
    );
  });

  it.each([
    ['v720/init.mp4', 'pass'],
    ['manifest.mpd', 'pass'],
    ['master.m3u8', 'pass'],
    ['v720/media.m3u8', 'pass'],
    ['packager/a/live.mpd', 'pass'],
    ['v9/150.m4s', 'unknown'],
    ['v720/0150.m4s', 'not-canonical'],
    ['v720/99999999999999999999.m4s', 'not-canonical'],
    ['v720/99.m4s', 'never'],
    ['v720/150.m4s', 'expired'],
    ['v720/198.m4s', 'pass'],
    ['v720/200.m4s', 'hold'],
    ['v720/201.m4s', 'pass'],
    ['v720/202.m4s', 'early'],
  ])('%s: %s', (name, kind) => {
    const event = liveEvent({
      initialSegmentNumber: 100,
      timeShiftBufferDepthSeconds: 60,
      publish: { delayMs: 500, holdMs: 1000, retryDeadlineMs: 2000 },
    });
    // 200 has just become due; 201 is next and opens in a second.
    expect(verdictOf(edgeConfigurationOf(event), name, dueMs(event.schedule, 200)).kind).toBe(kind);
  });

  it('forwards what no template names where the event has passthrough objects', () => {
    const event = liveEvent({ initialSegmentNumber: 0, passthrough: ['thumbs/*.jpg'] });
    expect(verdictOf(edgeConfigurationOf(event), 'thumbs/1.jpg', 0).kind).toBe('pass');
  });

  it('caches as long as the origin does', () => {
    const event = liveEvent({ initialSegmentNumber: 100, timeShiftBufferDepthSeconds: 60 });
    const nowMs = dueMs(event.schedule, 200);
    const secondsOf = (name: string) => {
      const verdict = verdictOf(edgeConfigurationOf(event), name, nowMs);
      return 'maxAgeSeconds' in verdict ? `max-age=${verdict.maxAgeSeconds}` : '';
    };
    expect(secondsOf('v9/1.m4s')).toBe(CACHE.unknown);
    expect(secondsOf('v720/1.m4s')).toBe(CACHE.never);
    expect(secondsOf('v720/150.m4s')).toBe(CACHE.expired);
    expect(secondsOf('v720/250.m4s')).toBe(earlyCacheControl(nextFromMs(event.schedule, 250), nowMs));
  });
});

describe('eventNameOf', () => {
  it.each([
    ['/live/acme/final/v720/1.m4s', 'acme/final'],
    ['/live/acme/final/', 'acme/final'],
    ['/live/acme/final', ''],
    ['/live/acme', ''],
    ['/live//final/x', ''],
    ['/live/acme//x', ''],
    ['/other/acme/final/x', ''],
    ['', ''],
  ])('%s: %s', (path, name) => expect(eventNameOf(path)).toBe(name));
});
