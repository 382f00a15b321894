import { frameDuration, timingDefects, type SegmentExpectation } from '../../origin/media/timing';
import type { InitInspection } from '../../origin/media/inspection';
import { inspectedSegment } from '../support/inspected';
import { REPRESENTATIONS } from './process';

/** Where PACKAGED_EVENT puts segment `number`. */
export function expectationOf(
  number: number,
  representation: string,
  { timescale }: Pick<InitInspection, 'timescale'>,
): SegmentExpectation {
  const isVideo = representation === REPRESENTATIONS.video;
  return {
    ...{ number, startNumber: 0, duration: 2000, timescale: 1000, presentationTimeOffset: 0n },
    contentType: isVideo ? 'video' : 'audio',
    ...(isVideo && { frameDurationTicks: frameDuration('25', timescale) }),
  };
}

/** A segment as the tests tell it: what its number promises, and everything that is wrong with it. */
export function judged(bytes: Uint8Array, number: number, representation: string, init: InitInspection) {
  const { inspection, defects } = inspectedSegment(bytes, init);
  if (inspection === undefined) return { defects };
  const late = timingDefects(inspection, expectationOf(number, representation, init));
  const { baseMediaDecodeTime, sampleCount, startsWithSync } = inspection;
  return { defects: [...defects, ...late], baseMediaDecodeTime, sampleCount, startsWithSync };
}
