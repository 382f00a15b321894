import type { SegmentInspection } from '../../origin/media/inspection';
import { timingDefects, type SegmentExpectation } from '../../origin/media/timing';
import { said } from './media';

/** 50 frames of 25 a second, as the schedule below wants them under number 0. */
export const SEGMENT: SegmentInspection = {
  trackId: 1,
  timescale: 12_800,
  baseMediaDecodeTime: 0n,
  durationTicks: 25_600n,
  frameTicks: 512n,
  sampleCount: 50,
  startsWithSync: true,
  fragmentCount: 1,
  sequenceNumber: 1,
};
export const EXPECTED: SegmentExpectation = {
  number: 0,
  startNumber: 0,
  duration: 2000,
  timescale: 1000,
  presentationTimeOffset: 0n,
  contentType: 'video',
};

/** What timing says of that segment, changed, by that schedule, changed. */
export function judged(
  inspection: Partial<SegmentInspection>,
  expectation: Partial<SegmentExpectation> = {},
) {
  return said(timingDefects({ ...SEGMENT, ...inspection }, { ...EXPECTED, ...expectation }));
}
