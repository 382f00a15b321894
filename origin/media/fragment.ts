import {
  readMfhd,
  readTfhd,
  readTrun,
  type TrackFragmentHeaderBox,
  type TrackRunBox,
} from '@svta/cml-iso-bmff';
import { childOf, childrenOf, readViewOf, viewOf, type Box } from './box';
import { defect, type Defect } from './defect';
import type { Track } from './track';

/** One movie fragment (ISO/IEC 14496-12, 8.8.4), with every default resolved. Ticks are relative where numbers. */
export interface Fragment {
  readonly trackId: number;
  readonly sequenceNumber: number;
  /** tfdt, ticks. */
  readonly baseMediaDecodeTime: bigint;
  readonly durationTicks: number;
  /** Neither trun, tfhd nor an init gives the samples a duration. */
  readonly durationUnknown: boolean;
  /** Earliest presentation time minus tfdt, ticks. */
  readonly compositionOffsetTicks: number;
  /** How many samples have which duration. */
  readonly samplesByDuration: ReadonlyMap<number, number>;
  readonly sampleCount: number;
  readonly startsWithSync: boolean;
  /** Sum of all sample sizes; undefined when no size is known. */
  readonly sampleBytes: number | undefined;
  /** Where the first sample lies in the file; undefined when the fragment counts from elsewhere. */
  readonly dataStart: number | undefined;
  /** Auxiliary information (saio) may lie in mdat beside the samples. */
  readonly hasAuxiliaryData: boolean;
}

/** tfhd flag: an absolute base, which means nothing once a stream is cut into segments (8.8.7). */
const BASE_DATA_OFFSET_PRESENT = 0x1;
/** 8.8.3.1, sample_is_non_sync_sample */
const NON_SYNC = 0x1_0000;

/** @returns the fragment, or the fatal defect that hides it. @throws what the library throws on broken fields. */
export function readFragment(bytes: Uint8Array, moof: Box, track: Track): Fragment | Defect {
  const trafs = childrenOf(moof, 'traf');
  const [traf] = trafs;
  if (traf === undefined || trafs.length > 1) return unfit('traf', 1, trafs.length);
  const mfhd = childOf(moof, 'mfhd');
  const header = childOf(traf, 'tfhd');
  const tfdt = childOf(traf, 'tfdt');
  if (mfhd === undefined) return unfit('mfhd', 1, 0);
  if (header === undefined) return unfit('tfhd', 1, 0);
  if (tfdt === undefined) return unfit('tfdt', 1, 0);
  const tfhd = readTfhd(readViewOf(bytes, header));
  const runs = childrenOf(traf, 'trun').map((trun) => readTrun(readViewOf(bytes, trun)));
  return {
    trackId: tfhd.trackId,
    sequenceNumber: readMfhd(readViewOf(bytes, mfhd)).sequenceNumber,
    baseMediaDecodeTime: decodeTime(viewOf(bytes, tfdt)),
    startsWithSync: startsWithSync(runs, tfhd, track),
    dataStart: dataStart(moof, tfhd, runs),
    hasAuxiliaryData: childOf(traf, 'saio') !== undefined,
    ...totals(runs, tfhd, track),
  };
}

function unfit(box: string, wanted: number, got: number): Defect {
  return defect('malformed', { box, wanted, got });
}

/** The library reads 64 bits into a number; epoch time at 10 MHz needs 54 of them. */
function decodeTime(tfdt: DataView): bigint {
  return tfdt.getUint8(0) === 0 ? BigInt(tfdt.getUint32(4)) : tfdt.getBigUint64(4);
}

function totals(runs: readonly TrackRunBox[], tfhd: TrackFragmentHeaderBox, track: Track) {
  const duration = tfhd.defaultSampleDuration ?? track.defaultSampleDuration;
  const size = tfhd.defaultSampleSize ?? track.defaultSampleSize;
  const samplesByDuration = new Map<number, number>();
  let sampleCount = 0;
  let durationTicks = 0;
  let sampleBytes: number | undefined = 0;
  let earliest = Infinity;
  for (const run of runs) {
    for (const sample of run.samples) {
      const ticks = sample.sampleDuration ?? duration ?? 0;
      const bytes: number | undefined = sample.sampleSize ?? size;
      earliest = Math.min(earliest, durationTicks + (sample.sampleCompositionTimeOffset ?? 0));
      samplesByDuration.set(ticks, (samplesByDuration.get(ticks) ?? 0) + 1);
      sampleBytes = sampleBytes === undefined || bytes === undefined ? undefined : sampleBytes + bytes;
      durationTicks += ticks;
      sampleCount++;
    }
  }
  const compositionOffsetTicks = sampleCount === 0 ? 0 : earliest;
  const durationUnknown = duration === undefined && durationTicks === 0 && sampleCount > 0;
  return {
    sampleCount,
    durationTicks,
    durationUnknown,
    sampleBytes,
    compositionOffsetTicks,
    samplesByDuration,
  };
}

/** The first sample's flags: of the run's first sample, of the sample, of the fragment, of the track (8.8.8). */
function startsWithSync(runs: readonly TrackRunBox[], tfhd: TrackFragmentHeaderBox, track: Track): boolean {
  const run = runs.find(({ sampleCount }) => sampleCount > 0);
  const flags =
    run?.firstSampleFlags ??
    run?.samples[0]?.sampleFlags ??
    tfhd.defaultSampleFlags ??
    track.defaultSampleFlags;
  return flags === undefined || (flags & NON_SYNC) === 0;
}

function dataStart(
  moof: Box,
  tfhd: TrackFragmentHeaderBox,
  runs: readonly TrackRunBox[],
): number | undefined {
  if ((tfhd.flags & BASE_DATA_OFFSET_PRESENT) !== 0) return undefined;
  const offset = runs[0]?.dataOffset;
  return offset === undefined ? undefined : moof.start + offset;
}
