import { appendFileSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startWatcher } from '../../publisher/watcher';
import { FakeClock } from '../support/fake-clock';
import { fixture, segmentOf } from '../support/media';
import { eventually } from '../support/put-recorder';
import { temporaryDirectory } from '../support/temporary-directory';

const AVC = fixture('avc-25');
const SEGMENT = Buffer.from(segmentOf(AVC).bytes);
const LOOK_MS = 200;
const SETTLE_MS = 500;

const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((watcher) => watcher.stop()));
});

/** Looks happen when the clock moves; each has ended when the watcher sleeps again. */
async function watching(directory: string) {
  const clock = new FakeClock(1e12);
  const files: [string, number][] = [];
  const errors: unknown[] = [];
  const watcher = startWatcher({
    ...{ directory, fileBytesMax: 1e6, clock, settleMs: SETTLE_MS },
    onFile: (path, bytes) => files.push([path, bytes.length]),
    isWanted: (path) => !path.includes(' '),
    onError: (error) => errors.push(error),
  });
  running.push(watcher);
  const asleep = () => eventually(() => clock.sleeping === 1);
  await asleep();
  const look = async (ms: number) => {
    for (let at = 0; at < ms; at += LOOK_MS) {
      await clock.advance(LOOK_MS);
      await asleep();
    }
  };
  return { files, errors, look };
}

describe('the watcher', () => {
  it('takes a file that was renamed into place at the next look', async () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, 'v'));
    const { files, look } = await watching(directory);
    writeFileSync(join(directory, 'v', '1.m4s.tmp'), SEGMENT);
    await look(LOOK_MS);
    expect(files).toEqual([]);
    renameSync(join(directory, 'v', '1.m4s.tmp'), join(directory, 'v', '1.m4s'));
    await look(LOOK_MS);
    expect(files).toEqual([['v/1.m4s', SEGMENT.length]]);
    await look(2000);
    expect(files).toHaveLength(1);
  });

  it('takes a file that is written in place once it has settled and its boxes are whole', async () => {
    const directory = temporaryDirectory();
    const { files, look } = await watching(directory);
    const path = join(directory, '1.m4s');
    writeFileSync(path, SEGMENT.subarray(0, 3000));
    await look(3 * SETTLE_MS);
    expect(files).toEqual([]);
    appendFileSync(path, SEGMENT.subarray(3000));
    await look(LOOK_MS);
    expect(files).toEqual([]);
    await look(2 * SETTLE_MS);
    expect(files).toEqual([['1.m4s', SEGMENT.length]]);
  });

  it('hands over at last what stays broken: the origin says what is wrong', async () => {
    const directory = temporaryDirectory();
    const { files, look } = await watching(directory);
    writeFileSync(join(directory, '1.m4s'), SEGMENT.subarray(0, 3000));
    await look(11 * SETTLE_MS);
    expect(files).toEqual([['1.m4s', 3000]]);
  });

  it('takes a manifest again whenever it was rewritten', async () => {
    const directory = temporaryDirectory();
    const { files, look } = await watching(directory);
    for (const length of [10, 11, 12]) {
      writeFileSync(join(directory, 'manifest.mpd'), 'x'.repeat(length));
      await look(2 * SETTLE_MS);
    }
    expect(files).toEqual([10, 11, 12].map((length) => ['manifest.mpd', length]));
  });

  it('at the start takes inits, and nothing else that was there', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, '1.m4s'), SEGMENT);
    writeFileSync(join(directory, 'init.mp4'), AVC.initBytes);
    const { files, look } = await watching(directory);
    await look(2 * SETTLE_MS);
    expect(files).toEqual([['init.mp4', AVC.initBytes.length]]);
  });

  it('leaves alone what has no name of a media path, links, and what is too large', async () => {
    const directory = temporaryDirectory();
    const { files, errors, look } = await watching(directory);
    writeFileSync(join(directory, 'a b.m4s'), SEGMENT);
    writeFileSync(join(directory, 'large.jpg'), Buffer.alloc(1_000_001));
    symlinkSync('/etc/hostname', join(directory, 'link.jpg'));
    await look(2 * SETTLE_MS);
    expect([files, errors]).toEqual([[], []]);
  });

  it('outlives its directory', async () => {
    const directory = temporaryDirectory();
    const { files, errors, look } = await watching(directory);
    rmSync(directory, { recursive: true });
    await look(LOOK_MS);
    expect(errors.length).toBeGreaterThan(0);
    mkdirSync(directory);
    writeFileSync(join(directory, '1.m4s'), SEGMENT);
    await look(3 * SETTLE_MS);
    expect(files).toEqual([['1.m4s', SEGMENT.length]]);
  });
});
