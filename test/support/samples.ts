import type { Candidate, SegmentRef } from '../../origin/candidate';
import type { EventHead, MaskEntry } from '../../origin/events/event-record';
import { parseConfiguration } from '../../origin/events/configuration';
import { nodeDigester } from '../../stores/node-digester';

/** 2026-01-01T00:00:00Z. */
export const NOW_MS = 1_767_225_600_000;

/** `size` bytes that differ with `seed`. */
export function sampleBytes(seed: string, size = 1000): Uint8Array {
  const bytes = new Uint8Array(size);
  const pattern = Buffer.from(nodeDigester.sha256Hex(seed));
  for (let at = 0; at < size; at += 1) bytes[at] = (pattern[at % pattern.length] ?? 0) ^ (at >> 6);
  return bytes;
}

export function sampleRef(bytes: Uint8Array, parts: Partial<SegmentRef> = {}): SegmentRef {
  return {
    tenant: 'acme',
    event: 'final',
    representation: 'v720',
    number: 895_000_000,
    pipeline: 'a',
    digest: nodeDigester.sha256Hex(bytes),
    size: bytes.byteLength,
    ...parts,
  };
}

/** A clean candidate of pipeline `a` with ticks beyond 2^53, which expires two hours after {@link NOW_MS}. */
export function sampleCandidate(parts: Partial<Candidate> = {}): Candidate {
  return {
    ...sampleRef(sampleBytes('sample')),
    region: 'us-east-1',
    publishedAtMs: NOW_MS,
    expiresAtMs: NOW_MS + 7_200_000,
    inspection: {
      trackId: 1,
      timescale: 10_000_000,
      baseMediaDecodeTime: 17_672_256_000_000_001n,
      durationTicks: 20_000_000n,
      sampleCount: 50,
      startsWithSync: true,
      fragmentCount: 1,
      sequenceNumber: 7,
      mediaDigest: nodeDigester.sha256Hex('mdat'),
    },
    defects: [],
    ...parts,
  };
}

export function sampleHead(parts: Partial<EventHead> = {}): EventHead {
  const parsed = parseConfiguration({
    segmentTemplate: {
      timescale: 1000,
      duration: 2000,
      startNumber: 0,
      initialization: '$RepresentationID$/init.mp4',
      media: '$RepresentationID$/$Number$.m4s',
    },
    pipelines: ['a', 'b'],
    representations: [{ id: 'v720', contentType: 'video', bandwidth: 1_500_000 }],
  });
  if (!('configuration' in parsed)) throw new Error(JSON.stringify(parsed.faults));
  return {
    tenant: 'acme',
    event: 'final',
    configuration: { ...parsed.configuration, initialSegmentNumber: 895_000_000, regions: ['us-east-1'] },
    revision: 1,
    configurationRevision: 1,
    version: 1,
    createdAtMs: NOW_MS,
    updatedAtMs: NOW_MS,
    ...parts,
  };
}

export function sampleMask(id: string, parts: Partial<MaskEntry> = {}): MaskEntry {
  return {
    id,
    atMs: NOW_MS,
    by: 'operator-1',
    kind: 'mask',
    pipeline: 'a',
    fromSegment: 895_000_000,
    reason: 'picture freezes',
    ...parts,
  };
}
