import fc from 'fast-check';
import { edgeConfigurationOf } from '../../../origin/events/edge-configuration';
import { writeNumber } from '../../../origin/events/template';
import { dueMs, nextFromMs, opensAtMs } from '../../../origin/schedule/schedule';
import { anyEvent } from '../../support/any-event';
import type { Question } from './handler';

const NAMES = [
  'v720/init.mp4',
  'manifest.mpd',
  'v720/media.m3u8',
  'v9/1.m4s',
  'v720/0001.m4s',
  'v720/.m4s',
  '',
];

/** Requests around the boundaries of any event's schedule, and names that are no segment's; the same for one seed. */
export function questions(count: number, seed: number): readonly Question[] {
  const any = fc
    .record({
      event: anyEvent,
      number: fc.nat({ max: 6000 }),
      offMs: fc.oneof(fc.integer({ min: -2, max: 2 }), fc.integer({ min: -20_000, max: 20_000 })),
      boundaryOf: fc.constantFrom(nextFromMs, opensAtMs, dueMs),
      name: fc.option(fc.constantFrom(...NAMES), { freq: 6 }),
    })
    .map(({ event, number, offMs, boundaryOf, name }): Question => {
      const media = event.representations.get('v720')!.media;
      return {
        path: `/live/acme/final/${name ?? writeNumber(media, number)}`,
        configuration: edgeConfigurationOf(event),
        nowMs: Math.max(0, boundaryOf(event.schedule, number) + offMs),
      };
    });
  return fc.sample(any, { numRuns: count, seed });
}
