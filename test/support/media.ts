import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspectSegment, type InspectedSegment } from '../../origin/media/inspect-segment';
import type { InitInspection } from '../../origin/media/inspection';
import { timingDefects, type SegmentExpectation } from '../../origin/media/timing';
import type { Defect } from '../../origin/media/defect';
import { nodeDigester } from '../../stores/node-digester';
import { inspectedInit } from './inspected';

const FOLDER = join(__dirname, '..', 'fixtures', 'media');

/** One track of real encoder output (scripts/make-media-fixtures.sh): its init and its segments by number. */
export interface Fixture {
  readonly name: string;
  readonly initBytes: Uint8Array;
  readonly init: InitInspection;
  readonly segments: readonly { readonly number: number; readonly bytes: Uint8Array }[];
}

export const FIXTURE_NAMES = readdirSync(FOLDER).sort();

export function fixture(name: string): Fixture {
  const initBytes = bytesOf(name, 'init.mp4');
  const numbers = readdirSync(join(FOLDER, name))
    .filter((file) => file.endsWith('.m4s'))
    .map((file) => Number.parseInt(file, 10))
    .sort((left, right) => left - right);
  return {
    name,
    initBytes,
    init: inspectedInit(initBytes),
    segments: numbers.map((number) => ({ number, bytes: bytesOf(name, `${number}.m4s`) })),
  };
}

/** The first segment of a fixture. */
export function segmentOf({ segments }: Fixture): { readonly number: number; readonly bytes: Uint8Array } {
  const [first] = segments;
  if (first === undefined) throw new Error('wanted a fixture with segments, got none');
  return first;
}

function bytesOf(name: string, file: string): Uint8Array {
  return new Uint8Array(readFileSync(join(FOLDER, name, file)));
}

/** ffmpeg's count from 0 at the epoch, shaka-packager's from 1; the NTSC rates have segments of 2.002 s. */
export function expectationFor({ name, init, segments }: Fixture, number: number): SegmentExpectation {
  return {
    number,
    startNumber: segments[0]?.number === 1 ? 1 : 0,
    duration: /-(2997|5994)/.test(name) ? 2002 : 2000,
    timescale: 1000,
    presentationTimeOffset: 0n,
    contentType: init.contentType,
  };
}

/** A segment's inspection, and everything found in it, as ingest finds it. */
export function found(
  of: Fixture,
  bytes: Uint8Array,
  expectation: Partial<SegmentExpectation> = {},
): InspectedSegment {
  const inspected = inspectSegment(bytes, of.init, nodeDigester);
  if (inspected.inspection === undefined) return inspected;
  const expected = { ...expectationFor(of, segmentOf(of).number), ...expectation };
  return {
    ...inspected,
    defects: [...inspected.defects, ...timingDefects(inspected.inspection, expected)],
  };
}

/** Defects as the Headwater-Defects header says them: `short;missing=5;ticks=-2560`. */
export function said(defects: readonly Defect[]): readonly string[] {
  return defects.map(({ name, measures }) =>
    [name, ...Object.entries(measures).map(([key, value]) => `${key}=${value}`)].join(';'),
  );
}
