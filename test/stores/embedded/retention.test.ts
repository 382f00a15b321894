import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SegmentMissing } from '../../../origin/ports/segment-store';
import { openEmbeddedRegion, type Durability, type StoreWarning } from '../../../stores/embedded';
import { segmentFile } from '../../../stores/embedded/segments';
import { FakeClock } from '../../support/fake-clock';
import { NOW_MS, sampleBytes, sampleCandidate, sampleRef } from '../../support/samples';
import { temporaryDirectory } from '../../support/temporary-directory';

const GRACE_MS = 60_000;
const HOUR_MS = 3_600_000;
const EVENT = { tenant: 'acme', event: 'final' };

interface Settings {
  readonly maxBytes?: number;
  readonly durability?: Durability;
}

function open({ maxBytes = 1e9, durability = 'process' }: Settings = {}) {
  const directory = temporaryDirectory();
  const clock = new FakeClock(NOW_MS);
  const warnings: StoreWarning[] = [];
  const region = openEmbeddedRegion({
    ...{ directory, region: 'us-east-1', clock, durability, maxBytes },
    onWarning: (warning) => warnings.push(warning),
  });
  /** Publishes a segment of 1000 bytes as a packager's PUT would. */
  const publish = async (number: number, expiresAtMs: number) => {
    const bytes = sampleBytes(`segment ${number}`);
    const ref = sampleRef(bytes, { number });
    await region.segments.write(ref, bytes, expiresAtMs);
    await region.candidates.record(sampleCandidate({ ...ref, expiresAtMs }));
    return ref;
  };
  return { ...region, directory, clock, warnings, publish };
}

describe.each(['process', 'disk'] as const)('a sweep, durability %s', (durability) => {
  it('removes what expired a grace ago: candidate, bytes, document, and the directories left empty', async () => {
    const { publish, retention, documents, clock, directory, close } = open({ durability });
    const ref = await publish(1, NOW_MS + HOUR_MS);
    const document = { bytes: sampleBytes('mpd'), contentType: 'text/plain', publishedAtMs: NOW_MS };
    await documents.write(EVENT, 'manifest.mpd', { ...document, expiresAtMs: NOW_MS + HOUR_MS });

    await clock.advance(HOUR_MS + GRACE_MS - 1);
    expect(await retention.sweep()).toEqual({ candidates: 0, files: 0, bytes: 0, more: false });
    expect(existsSync(join(directory, segmentFile(ref)))).toBe(true);

    await clock.advance(1);
    expect(await retention.sweep()).toMatchObject({ candidates: 1, files: 2, more: false });
    expect(readdirSync(directory).sort()).toEqual(['index', 'owner.json', 'tmp']);
    expect(retention.totalBytes).toBe(0);
    await close();
  });

  it('removes bytes whose candidate never came, and candidates that have no bytes', async () => {
    const { retention, segments, candidates, clock, close } = open({ durability });
    const orphan = sampleBytes('orphan');
    await segments.write(sampleRef(orphan), orphan, NOW_MS + 1);
    await candidates.record(sampleCandidate({ number: 2, size: 0, expiresAtMs: NOW_MS + 1 }));
    await clock.advance(GRACE_MS + 1);
    expect(await retention.sweep()).toEqual({ candidates: 1, files: 1, bytes: 1000, more: false });
    await expect(segments.read(sampleRef(orphan))).rejects.toThrow(SegmentMissing);
    await close();
  });

  it('does a bounded amount of work, and says when there is more', async () => {
    const { publish, retention, clock, close } = open({ durability });
    for (let number = 1; number <= 40; number += 1) await publish(number, NOW_MS + number);
    await clock.advance(GRACE_MS + 100);
    expect(await retention.sweep(30)).toEqual({ candidates: 30, files: 30, bytes: 30_000, more: true });
    expect(await retention.sweep(30)).toEqual({ candidates: 10, files: 10, bytes: 10_000, more: false });
    await close();
  });

  it('keeps bytes that were written again with a later expiry', async () => {
    const { publish, retention, segments, clock, close } = open({ durability });
    const ref = await publish(1, NOW_MS + 1);
    await publish(1, NOW_MS + HOUR_MS);
    await clock.advance(GRACE_MS + 1);
    expect(await retention.sweep()).toMatchObject({ files: 0 });
    expect(await segments.read(ref)).toHaveLength(1000);
    expect(retention.totalBytes).toBe(1000);
    await close();
  });
});

describe('a sweep beside writers', () => {
  it('never takes the file of a segment that is being written again', async () => {
    const { publish, retention, segments, clock, close } = open();
    for (let round = 0; round < 20; round += 1) {
      const numbers = Array.from({ length: 8 }, (_, at) => at);
      const expiresAtMs = clock.nowMs() + 1;
      await Promise.all(numbers.map((number) => publish(number, expiresAtMs)));
      await clock.advance(GRACE_MS + 1);
      const again = Promise.all(numbers.map((number) => publish(number, clock.nowMs() + HOUR_MS)));
      await Promise.all([retention.sweep(), again]);
      for (const ref of await again) expect(await segments.read(ref)).toHaveLength(1000);
      await clock.advance(HOUR_MS + GRACE_MS);
      await retention.sweep();
      expect(retention.totalBytes).toBe(0);
    }
    await close();
  });
});

describe('a region over its limit', () => {
  it('loses the oldest, whatever their expiry, until it is within, and says so once', async () => {
    const { publish, retention, segments, candidates, clock, warnings, close } = open({ maxBytes: 2500 });
    const refs = [];
    for (const [number, hours] of [9, 8, 7, 6, 5].entries()) {
      refs.push(await publish(number, NOW_MS + hours * HOUR_MS));
      await clock.advance(1000);
    }
    expect(await retention.sweep()).toEqual({ candidates: 0, files: 3, bytes: 3000, more: false });
    expect(warnings).toEqual([
      { kind: 'evicted', region: 'us-east-1', files: 3, bytes: 3000, maxBytes: 2500 },
    ]);
    expect(retention.totalBytes).toBe(2000);
    const left = await candidates.ofRange({ ...EVENT, representation: 'v720' }, 0, 4);
    expect(left.map(({ number }) => number)).toEqual([3, 4]);
    await expect(segments.read(refs[0]!)).rejects.toThrow(SegmentMissing);
    expect(await segments.read(refs[4]!)).toHaveLength(1000);
    expect(await retention.sweep()).toMatchObject({ files: 0 });
    expect(warnings).toHaveLength(1);
    await close();
  });

  it('keeps a better candidate when the bytes of the one it replaced go', async () => {
    const { retention, segments, candidates, publish, clock, close } = open({ maxBytes: 1500 });
    const worse = sampleBytes('worse');
    await segments.write(sampleRef(worse, { number: 1 }), worse, NOW_MS + HOUR_MS);
    await clock.advance(10);
    const ref = await publish(1, NOW_MS + HOUR_MS);
    expect(await retention.sweep()).toMatchObject({ files: 1 });
    expect(await candidates.ofSegment(ref)).toMatchObject([{ digest: ref.digest }]);
    await close();
  });
});

describe('the count of bytes', () => {
  it('outlives the process, and a document counts once however often it is written', async () => {
    const { publish, documents, retention, directory, clock, close } = open();
    await publish(1, NOW_MS + HOUR_MS);
    const document = { contentType: 'text/plain', publishedAtMs: NOW_MS, expiresAtMs: NOW_MS + HOUR_MS };
    for (const size of [5000, 500])
      await documents.write(EVENT, 'x', { ...document, bytes: new Uint8Array(size) });
    const before = retention.totalBytes;
    expect(before).toBeGreaterThan(1500);
    expect(before).toBeLessThan(1700);
    await close();
    const again = openEmbeddedRegion({ directory, region: 'us-east-1', clock });
    expect(again.retention.totalBytes).toBe(before);
    await again.close();
  });

  it('does not grow by a write that failed', async () => {
    const { segments, retention, directory, close } = open();
    const bytes = sampleBytes('failed');
    // A file where a directory has to be.
    mkdirSync(join(directory, 'segments'));
    writeFileSync(join(directory, 'segments', 'acme'), '');
    await expect(segments.write(sampleRef(bytes), bytes, NOW_MS + HOUR_MS)).rejects.toThrow('ENOTDIR');
    expect(retention.totalBytes).toBe(0);
    expect(readdirSync(join(directory, 'tmp'))).toEqual([]);
    await close();
  });
});
