import type { Candidate } from '../origin/candidate';
import type { Defect } from '../origin/media/defect';
import type { SegmentInspection } from '../origin/media/inspection';

/**
 * The stored form of a candidate: JSON and DynamoDB take it as it is. Ticks are decimal strings, because neither
 * keeps integers above 2^53; member names are short, because an item is billed and cached by its bytes.
 */
export interface EncodedCandidate {
  readonly tenant: string;
  readonly event: string;
  readonly representation: string;
  readonly number: number;
  readonly pipeline: string;
  readonly region: string;
  readonly digest: string;
  readonly size: number;
  readonly publishedAtMs: number;
  readonly expiresAtMs: number;
  readonly inspection?: EncodedInspection;
  readonly defects: readonly EncodedDefect[];
}

/** The first three are named as in the `Segment-Inspection` header. */
export interface EncodedInspection {
  /** Decimal ticks. */
  readonly tfdt: string;
  /** Decimal ticks. */
  readonly dur: string;
  readonly samples: number;
  readonly track: number;
  readonly timescale: number;
  readonly sync: boolean;
  readonly fragments: number;
  readonly sequence: number;
  readonly mdat?: string;
  readonly prftMs?: number;
  readonly slat?: true;
  readonly lmsg?: true;
}

/** Name, then measures; the name alone when there are none. */
export type EncodedDefect = readonly [name: Defect['name'], measures?: Defect['measures']];

/** Drops nothing: {@link decodeCandidate} gives back an equal candidate. */
export function encodeCandidate(candidate: Candidate): EncodedCandidate {
  const { tenant, event, representation, number, pipeline, region, digest, size } = candidate;
  const { publishedAtMs, expiresAtMs, inspection } = candidate;
  return {
    ...{ tenant, event, representation, number, pipeline, region, digest, size, publishedAtMs, expiresAtMs },
    ...(inspection !== undefined && { inspection: encodeInspection(inspection) }),
    defects: encodeDefects(candidate.defects),
  };
}

export function decodeCandidate(encoded: EncodedCandidate): Candidate {
  const { tenant, event, representation, number, pipeline, region, digest, size } = encoded;
  const { publishedAtMs, expiresAtMs, inspection } = encoded;
  return {
    ...{ tenant, event, representation, number, pipeline, region, digest, size, publishedAtMs, expiresAtMs },
    ...(inspection !== undefined && { inspection: decodeInspection(inspection) }),
    defects: decodeDefects(encoded.defects),
  };
}

export function encodeInspection(inspection: SegmentInspection): EncodedInspection {
  const { mediaDigest, encodedAtMs, filler, last } = inspection;
  return {
    tfdt: inspection.baseMediaDecodeTime.toString(),
    dur: inspection.durationTicks.toString(),
    samples: inspection.sampleCount,
    track: inspection.trackId,
    timescale: inspection.timescale,
    sync: inspection.startsWithSync,
    fragments: inspection.fragmentCount,
    sequence: inspection.sequenceNumber,
    ...(mediaDigest !== undefined && { mdat: mediaDigest }),
    ...(encodedAtMs !== undefined && { prftMs: encodedAtMs }),
    ...(filler !== undefined && { slat: filler }),
    ...(last !== undefined && { lmsg: last }),
  };
}

export function decodeInspection(encoded: EncodedInspection): SegmentInspection {
  const { mdat, prftMs, slat, lmsg } = encoded;
  return {
    trackId: encoded.track,
    timescale: encoded.timescale,
    baseMediaDecodeTime: BigInt(encoded.tfdt),
    durationTicks: BigInt(encoded.dur),
    sampleCount: encoded.samples,
    startsWithSync: encoded.sync,
    fragmentCount: encoded.fragments,
    sequenceNumber: encoded.sequence,
    ...(mdat !== undefined && { mediaDigest: mdat }),
    ...(prftMs !== undefined && { encodedAtMs: prftMs }),
    ...(slat !== undefined && { filler: slat }),
    ...(lmsg !== undefined && { last: lmsg }),
  };
}

export function encodeDefects(defects: readonly Defect[]): EncodedDefect[] {
  return defects.map(({ name, measures }) =>
    Object.keys(measures).length === 0 ? [name] : [name, measures],
  );
}

export function decodeDefects(encoded: readonly EncodedDefect[]): Defect[] {
  return encoded.map(([name, measures = {}]) => ({ name, measures }));
}
