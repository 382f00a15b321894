import codem from 'codem-isoboxer';
import { createFile, MP4BoxBuffer } from 'mp4box';
import { inspectSegment } from '../origin/media/inspect-segment';
import { timingDefects } from '../origin/media/timing';
import { microsecondsPerCall } from './stopwatch';
import { syntheticSegment, TIMESCALE } from './synthetic-segment';
import type { Row } from './table';

/**
 * Microseconds to inspect one segment, next to two well-known parsers that only read the boxes: they do less, and say
 * nothing of defects.
 */
export function benchInspection(): Row[] {
  const cases = [
    ['200 kB, 1 moof', syntheticSegment(200_000)],
    ['1 MB, 1 moof', syntheticSegment(1_000_000)],
    ['1 MB, 50 moofs', syntheticSegment(1_000_000, 50)],
  ] as const;
  return cases.map(([name, { bytes }]) => {
    const exact = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    const own = microsecondsPerCall(() => headwater(bytes));
    const isoboxer = microsecondsPerCall(() => codem.parseBuffer(exact));
    const mp4box = microsecondsPerCall(() => parseWithMp4box(exact));
    return {
      segment: name,
      'Headwater, us': own.toFixed(1),
      'codem-isoboxer, us': isoboxer.toFixed(1),
      'mp4box, us': mp4box.toFixed(1),
      'Headwater / codem-isoboxer': (own / isoboxer).toFixed(2),
      'Headwater / mp4box': (own / mp4box).toFixed(2),
    };
  });
}

const EXPECTATION = {
  number: 0,
  startNumber: 0,
  duration: 2000,
  timescale: 1000,
  presentationTimeOffset: 0n,
  contentType: 'video',
} as const;

const TRACK = { timescale: TIMESCALE, contentType: 'video' } as const;

function headwater(bytes: Uint8Array): void {
  const { inspection, defects } = inspectSegment(bytes, TRACK);
  if (inspection === undefined || defects.length > 0)
    throw new Error(`not clean: ${JSON.stringify(defects)}`);
  const late = timingDefects(inspection, EXPECTATION);
  if (late.length > 0) throw new Error(`not on time: ${JSON.stringify(late)}`);
}

function parseWithMp4box(bytes: ArrayBuffer): void {
  const file = createFile();
  file.appendBuffer(MP4BoxBuffer.fromArrayBuffer(bytes, 0), true);
  file.flush();
}
