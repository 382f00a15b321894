import { readdirSync, readFileSync, statSync, truncateSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { SegmentRef } from '../../../origin/candidate';
import { SegmentMissing } from '../../../origin/ports/segment-store';
import { RecentBytes } from '../../../origin/serve/recent-bytes';
import { openEmbeddedRegion } from '../../../stores/embedded';
import { readSegmentFile, segmentFile } from '../../../stores/embedded/segments';
import { FakeClock } from '../../support/fake-clock';
import { NOW_MS, sampleBytes, sampleRef } from '../../support/samples';
import { temporaryDirectory } from '../../support/temporary-directory';

const bytes = sampleBytes('segment', 300_000);
const ref = sampleRef(bytes);
const LATER_MS = NOW_MS + 1000;

function open(memoryBytes: number) {
  const directory = temporaryDirectory();
  const clock = new FakeClock(NOW_MS);
  const region = openEmbeddedRegion({
    directory,
    region: 'us-east-1',
    clock,
    recent: new RecentBytes(memoryBytes),
  });
  return { ...region, file: join(directory, segmentFile(ref)), temporary: join(directory, 'tmp') };
}

describe('the file of a segment', () => {
  it('is named by every part of the reference', () => {
    expect(segmentFile(ref)).toBe(
      `segments/acme/final/v720/${Math.floor(895_000_000 / 1024)}/895000000.a.${ref.digest}`,
    );
  });

  it('can be read back', () => {
    const { size, ...named } = ref;
    expect(size).toBe(300_000);
    expect(readSegmentFile(segmentFile(ref))).toEqual(named);
    expect(readSegmentFile('documents/acme/final/abc')).toBeUndefined();
  });

  it.each<[string, Partial<SegmentRef>]>([
    ['a parent directory', { event: '..' }],
    ['a slash', { representation: 'v720/../../x' }],
    ['a null byte', { pipeline: 'a\0' }],
    ['an empty name', { tenant: '' }],
    ['a dot', { pipeline: 'a.b' }],
    ['a long name', { tenant: 'a'.repeat(65) }],
    ['a negative number', { number: -1 }],
    ['a number that is none', { number: NaN }],
    ['an inexact number', { number: 2 ** 53 }],
    ['a digest in capitals', { digest: 'A'.repeat(64) }],
    ['a digest with a path', { digest: `../${'a'.repeat(61)}` }],
  ])('is refused for %s, by write and read', async (_, wrong) => {
    const { segments, close } = open(0);
    await expect(segments.write({ ...ref, ...wrong }, bytes, LATER_MS)).rejects.toThrow(RangeError);
    await expect(segments.read({ ...ref, ...wrong })).rejects.toThrow(RangeError);
    await close();
  });
});

describe('bytes on disk', () => {
  it('are there whole, with nothing left under a temporary name', async () => {
    const { segments, file, temporary, close } = open(0);
    await Promise.all([1, 2, 3].map(() => segments.write(ref, bytes, LATER_MS)));
    expect(readFileSync(file).equals(bytes)).toBe(true);
    expect(readdirSync(temporary)).toEqual([]);
    await close();
  });

  it.each([
    ['gone', unlinkSync],
    ['cut short', (file: string) => truncateSync(file, 299_999)],
    ['longer', (file: string) => truncateSync(file, 300_001)],
  ])('that are %s are missing before a byte of them is sent', async (_, spoil) => {
    const { segments, file, close } = open(0);
    await segments.write(ref, bytes, LATER_MS);
    spoil(file);
    await expect(segments.read(ref)).rejects.toThrow(SegmentMissing);
    await close();
  });

  it('come in chunks of a bounded size', async () => {
    const { segments, close } = open(0);
    await segments.write(ref, bytes, LATER_MS);
    const sizes: number[] = [];
    for await (const chunk of (await segments.read(ref)) as AsyncIterable<Uint8Array>)
      sizes.push(chunk.byteLength);
    expect(sizes).toEqual([262_144, 37_856]);
    await close();
  });

  it('that nobody goes on to read hold no file open', async () => {
    const { segments, close } = open(0);
    await segments.write(ref, bytes, LATER_MS);
    const before = readdirSync('/proc/self/fd').length;
    for (let reader = 0; reader < 20; reader += 1) await segments.read(ref);
    for (let reader = 0; reader < 20; reader += 1)
      for await (const chunk of (await segments.read(ref)) as AsyncIterable<Uint8Array>)
        if (chunk.byteLength > 0) break;
    expect(readdirSync('/proc/self/fd').length).toBe(before);
    await close();
  });

  it('are refused when they are not as many as the reference says', async () => {
    const { segments, close } = open(0);
    await expect(segments.write({ ...ref, size: 5 }, bytes, LATER_MS)).rejects.toThrow('wanted 5');
    await close();
  });

  it.each([
    { start: 0, end: 300_001 },
    { start: -1, end: 10 },
    { start: 10, end: 10 },
  ])('are refused outside the segment: $start to $end', async (range) => {
    const { segments, close } = open(300_000);
    await segments.write(ref, bytes, LATER_MS);
    await expect(segments.read(ref, range)).rejects.toThrow('wanted bytes within 0-300000');
    await close();
  });
});

describe('the newest bytes', () => {
  it('come from memory, whole or in part, without a copy', async () => {
    const { segments, close } = open(300_000);
    await segments.write(ref, bytes, LATER_MS);
    const whole = (await segments.read(ref)) as Uint8Array;
    const part = (await segments.read(ref, { start: 100, end: 200 })) as Uint8Array;
    expect([whole.buffer, part.buffer]).toEqual([bytes.buffer, bytes.buffer]);
    expect([part.byteOffset - bytes.byteOffset, part.byteLength]).toEqual([100, 100]);
    await close();
  });

  it('are on disk too before they are acknowledged', async () => {
    const { segments, file, close } = open(300_000);
    await segments.write(ref, bytes, LATER_MS);
    expect(statSync(file).size).toBe(300_000);
    await close();
  });
});
