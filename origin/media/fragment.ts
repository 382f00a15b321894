import { childOf, childrenOf, type Box } from './box';
import { defect, type Defect } from './defect';
import type { Track } from './track';
import { addRun, noRuns, type SampleDefaults } from './track-run';

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

/** 8.8.3.1, sample_is_non_sync_sample */
const NON_SYNC = 0x1_0000;

/**
 * Reads one guarded moof: every field lies in its box. The library has readers for these boxes; they make objects of
 * samples, and views of boxes, which is most of the cost of inspection.
 * @returns the fragment, or the fatal defect that hides it
 */
export function readFragment(file: DataView, moof: Box, track: Track): Fragment | Defect {
  const trafs = childrenOf(moof, 'traf');
  const [traf] = trafs;
  if (traf === undefined || trafs.length > 1) return unfit('traf', 1, trafs.length);
  const mfhd = childOf(moof, 'mfhd');
  const tfhd = childOf(traf, 'tfhd');
  const tfdt = childOf(traf, 'tfdt');
  if (mfhd === undefined) return unfit('mfhd', 1, 0);
  if (tfhd === undefined) return unfit('tfhd', 1, 0);
  if (tfdt === undefined) return unfit('tfdt', 1, 0);
  const header = trackFragmentHeader(file, tfhd, track);
  const totals = noRuns();
  let first = true;
  for (const box of traf.children) {
    if (box.type !== 'trun') continue;
    addRun(totals, file, box, header.defaults, first);
    first = false;
  }
  const { sampleCount, durationTicks, sampleBytes, earliestTicks, samplesByDuration } = totals;
  const { dataOffset, firstFlags } = totals;
  return {
    trackId: header.trackId,
    sequenceNumber: file.getUint32(mfhd.payload + 4),
    baseMediaDecodeTime: decodeTime(file, tfdt),
    durationTicks,
    durationUnknown: header.defaults.duration === undefined && durationTicks === 0 && sampleCount > 0,
    compositionOffsetTicks: sampleCount === 0 ? 0 : earliestTicks,
    samplesByDuration,
    sampleCount,
    startsWithSync: firstFlags === undefined || (firstFlags & NON_SYNC) === 0,
    sampleBytes,
    dataStart: dataOffset === undefined || header.hasAbsoluteBase ? undefined : moof.start + dataOffset,
    hasAuxiliaryData: childOf(traf, 'saio') !== undefined,
  };
}

function unfit(box: string, wanted: number, got: number): Defect {
  return defect('malformed', { box, wanted, got });
}

/** Flags of tfhd (8.8.7): which optional fields are there, in this order. */
const BASE_DATA_OFFSET = 0x1;
const SAMPLE_DESCRIPTION = 0x2;
const DEFAULT_DURATION = 0x8;
const DEFAULT_SIZE = 0x10;
const DEFAULT_FLAGS = 0x20;

interface TrackFragmentHeader {
  readonly trackId: number;
  readonly defaults: SampleDefaults;
  /** An absolute base means nothing once a stream is cut into segments. */
  readonly hasAbsoluteBase: boolean;
}

/** What tfhd says, or else trex. */
function trackFragmentHeader(file: DataView, tfhd: Box, track: Track): TrackFragmentHeader {
  const flags = file.getUint32(tfhd.payload) & 0xff_ffff;
  const hasAbsoluteBase = (flags & BASE_DATA_OFFSET) !== 0;
  let at = tfhd.payload + 8 + (hasAbsoluteBase ? 8 : 0) + ((flags & SAMPLE_DESCRIPTION) !== 0 ? 4 : 0);
  let { defaultSampleDuration: duration, defaultSampleSize: size, defaultSampleFlags } = track;
  if ((flags & DEFAULT_DURATION) !== 0) {
    duration = file.getUint32(at);
    at += 4;
  }
  if ((flags & DEFAULT_SIZE) !== 0) {
    size = file.getUint32(at);
    at += 4;
  }
  if ((flags & DEFAULT_FLAGS) !== 0) defaultSampleFlags = file.getUint32(at);
  const defaults = { duration, size, flags: defaultSampleFlags };
  return { trackId: file.getUint32(tfhd.payload + 4), defaults, hasAbsoluteBase };
}

/** Bigint: epoch time at 10 MHz needs 54 bits. */
function decodeTime(file: DataView, { payload }: Box): bigint {
  return file.getUint8(payload) === 0 ? BigInt(file.getUint32(payload + 4)) : file.getBigUint64(payload + 4);
}
