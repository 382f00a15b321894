import type { SegmentInspection } from '../media/inspection';

type Phase = Pick<SegmentInspection, 'baseMediaDecodeTime' | 'durationTicks' | 'sampleCount' | 'timescale'>;

/** One audio frame of a segment, ticks: all frames of a track are of one length, so it is the mean. */
export function audioFrameTicks({ durationTicks, sampleCount }: Phase): bigint | undefined {
  if (sampleCount === 0 || durationTicks % BigInt(sampleCount) !== 0n) return undefined;
  const frame = durationTicks / BigInt(sampleCount);
  return frame > 0n ? frame : undefined;
}

/**
 * Ticks by which the frames of `other` lie after those of `reference`, from more than minus half a frame to half a frame. 0: a
 * player may pass from one to the other at any segment; anything else is heard there, as a gap or as a repeated part.
 * @returns undefined where the two cannot be compared: other timescales, or other frames (another codec).
 */
export function audioPhase(reference: Phase, other: Phase): number | undefined {
  const frame = audioFrameTicks(reference);
  if (frame === undefined || frame !== audioFrameTicks(other) || reference.timescale !== other.timescale)
    return undefined;
  const off = (other.baseMediaDecodeTime - reference.baseMediaDecodeTime) % frame;
  const after = off < 0n ? off + frame : off;
  return Number(2n * after > frame ? after - frame : after);
}
