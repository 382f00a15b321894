import type { Box } from './box';

/** Flags of trun (ISO/IEC 14496-12, 8.8.8): which fields are there, of the run and of each sample. */
const DATA_OFFSET = 0x1;
const FIRST_SAMPLE_FLAGS = 0x4;
const SAMPLE_DURATION = 0x100;
const SAMPLE_SIZE = 0x200;
const SAMPLE_FLAGS = 0x400;
const SAMPLE_COMPOSITION_OFFSET = 0x800;

/** What holds for a sample whose run does not say; absent where nobody does. */
export interface SampleDefaults {
  readonly duration: number | undefined;
  readonly size: number | undefined;
  readonly flags: number | undefined;
}

/** What the runs of one fragment add up to. */
export interface RunTotals {
  sampleCount: number;
  durationTicks: number;
  /** Undefined as soon as one size is not known. */
  sampleBytes: number | undefined;
  /** Least of decode time plus composition offset, ticks after the fragment's beginning; Infinity without samples. */
  earliestTicks: number;
  /** How many samples have which duration. */
  readonly samplesByDuration: Map<number, number>;
  /** Where the first run's media begin, bytes from the moof's beginning. */
  dataOffset: number | undefined;
  /** Of the first sample; undefined when nobody says. */
  firstFlags: number | undefined;
}

export function noRuns(): RunTotals {
  return {
    sampleCount: 0,
    durationTicks: 0,
    sampleBytes: 0,
    earliestTicks: Infinity,
    samplesByDuration: new Map(),
    dataOffset: undefined,
    firstFlags: undefined,
  };
}

/**
 * Adds one guarded trun box: its counts fit its length. Inspection needs sums, so no sample becomes an object: a segment has
 * hundreds of them, and this is the innermost loop of every PUT.
 * @param first whether it is the fragment's first run: an offset counts for the runs after it too
 */
export function addRun(
  totals: RunTotals,
  file: DataView,
  trun: Box,
  defaults: SampleDefaults,
  first: boolean,
): void {
  const version = file.getUint8(trun.payload);
  const flags = file.getUint32(trun.payload) & 0xff_ffff;
  const count = file.getUint32(trun.payload + 4);
  let at = trun.payload + 8;
  if ((flags & DATA_OFFSET) !== 0) {
    if (first) totals.dataOffset = file.getInt32(at);
    at += 4;
  }
  const ownFirstFlags = (flags & FIRST_SAMPLE_FLAGS) !== 0;
  const firstFlagsAt = at;
  if (ownFirstFlags) at += 4;
  if (count === 0) return;
  if (totals.sampleCount === 0) {
    if (ownFirstFlags) totals.firstFlags = file.getUint32(firstFlagsAt);
    else if ((flags & SAMPLE_FLAGS) !== 0) totals.firstFlags = file.getUint32(at + bytesBeforeFlags(flags));
    else totals.firstFlags = defaults.flags;
  }
  addSamples(totals, file, { version, flags, count, at }, defaults);
}

function bytesBeforeFlags(flags: number): number {
  return ((flags & SAMPLE_DURATION) === 0 ? 0 : 4) + ((flags & SAMPLE_SIZE) === 0 ? 0 : 4);
}

interface Samples {
  /** From 1 on composition offsets are signed. */
  readonly version: number;
  readonly flags: number;
  readonly count: number;
  /** Offset of the first sample's first field. */
  readonly at: number;
}

function addSamples(totals: RunTotals, file: DataView, run: Samples, defaults: SampleDefaults): void {
  const { flags, count } = run;
  const hasDuration = (flags & SAMPLE_DURATION) !== 0;
  const hasSize = (flags & SAMPLE_SIZE) !== 0;
  const hasFlags = (flags & SAMPLE_FLAGS) !== 0;
  const hasOffset = (flags & SAMPLE_COMPOSITION_OFFSET) !== 0;
  let { at } = run;
  let ticks = defaults.duration ?? 0;
  let { durationTicks, earliestTicks } = totals;
  let bytes = 0;
  let alike = 0;
  for (let sample = 0; sample < count; sample++) {
    if (hasDuration) {
      const own = file.getUint32(at);
      at += 4;
      if (own !== ticks) {
        countDuration(totals, ticks, alike);
        alike = 0;
        ticks = own;
      }
    }
    alike++;
    if (hasSize) {
      bytes += file.getUint32(at);
      at += 4;
    }
    if (hasFlags) at += 4;
    let presented = durationTicks;
    if (hasOffset) {
      presented += run.version === 0 ? file.getUint32(at) : file.getInt32(at);
      at += 4;
    }
    if (presented < earliestTicks) earliestTicks = presented;
    durationTicks += ticks;
  }
  countDuration(totals, ticks, alike);
  totals.durationTicks = durationTicks;
  totals.earliestTicks = earliestTicks;
  totals.sampleCount += count;
  if (!hasSize && defaults.size === undefined) totals.sampleBytes = undefined;
  else if (totals.sampleBytes !== undefined)
    totals.sampleBytes += hasSize ? bytes : count * (defaults.size ?? 0);
}

function countDuration({ samplesByDuration }: RunTotals, ticks: number, count: number): void {
  if (count > 0) samplesByDuration.set(ticks, (samplesByDuration.get(ticks) ?? 0) + count);
}
