import fc from 'fast-check';
import { readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Backlog } from '../../publisher/backlog';
import type { Parcel, ParcelHead } from '../../publisher/parcel';
import { SpoolFolder } from '../../publisher/spool';
import { nodeDigester } from '../../stores/node-digester';
import { temporaryDirectory } from '../support/temporary-directory';

function parcel(sequence: number, size = 10): Parcel {
  const bytes = Buffer.alloc(size, sequence);
  return {
    ...{ kind: 'segment', path: `/live/t/e/v/${sequence}.m4s`, track: 't/e/v', headers: { a: 'b' }, bytes },
    ...{ digest: nodeDigester.sha256Hex(bytes), receivedAtMs: sequence, sequence },
  };
}

function backlogOf(
  memoryBytesMax: number,
  spool?: SpoolFolder,
  found: Awaited<ReturnType<SpoolFolder['load']>> = [],
) {
  const lost: number[] = [];
  const onLost = ({ sequence }: ParcelHead) => lost.push(sequence);
  const options = { memoryBytesMax, spoolBytesMax: 100, onLost, ...(spool && { spool }) };
  return { backlog: new Backlog(options, found), lost };
}

/** Takes everything, in the order in which it comes. */
async function drained(backlog: Backlog): Promise<readonly number[]> {
  const sequences: number[] = [];
  for (let taken = backlog.take(); taken !== undefined; taken = backlog.take()) {
    const read = await taken.parcel();
    if (read !== undefined) sequences.push(read.sequence);
    taken.settle();
  }
  return sequences;
}

function spoolIn(directory: string, errors: unknown[] = []): SpoolFolder {
  return new SpoolFolder(directory, nodeDigester, (error) => errors.push(error));
}

describe('a backlog', () => {
  it('gives the newest first, whatever was put back meanwhile', async () => {
    const { backlog } = backlogOf(1000);
    for (const sequence of [1, 2, 3]) backlog.add(parcel(sequence));
    const three = backlog.take();
    backlog.add(parcel(4));
    three?.putBack();
    expect(await drained(backlog)).toEqual([4, 3, 2, 1]);
    expect(backlog.memoryBytes).toBe(0);
  });

  it('passes over what is not wanted', () => {
    const { backlog } = backlogOf(1000);
    for (const sequence of [1, 2, 3]) backlog.add(parcel(sequence));
    expect(backlog.take(({ sequence }) => sequence < 3)?.head.sequence).toBe(2);
    expect(backlog.take(({ sequence }) => sequence > 3)).toBeUndefined();
  });

  it('never holds more than it may, and accounts for every parcel', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 40 }), async (sizes) => {
        const { backlog, lost } = backlogOf(100);
        sizes.forEach((size, at) => {
          backlog.add(parcel(at, size));
          expect(backlog.memoryBytes).toBeLessThanOrEqual(100);
        });
        const kept = await drained(backlog);
        expect([...lost, ...[...kept].reverse()]).toEqual(sizes.map((_, at) => at));
        expect(backlog.memoryBytes).toBe(0);
      }),
    );
  });

  it('counts what it gives up at the end', () => {
    const { backlog, lost } = backlogOf(1000);
    for (const sequence of [1, 2]) backlog.add(parcel(sequence));
    backlog.abandon();
    expect(lost).toEqual([1, 2]);
    expect([backlog.size, backlog.memoryBytes]).toEqual([0, 0]);
  });
});

describe('a backlog on the disk', () => {
  it('frees the memory, bounds the disk, and leaves no file behind', async () => {
    const directory = temporaryDirectory();
    const { backlog, lost } = backlogOf(1000, spoolIn(directory));
    for (let sequence = 0; sequence < 15; sequence++) backlog.add(parcel(sequence));
    await backlog.flushed();
    expect([backlog.memoryBytes, backlog.spoolBytes, lost]).toEqual([0, 100, [0, 1, 2, 3, 4]]);
    expect(await drained(backlog)).toEqual([14, 13, 12, 11, 10, 9, 8, 7, 6, 5]);
    await backlog.flushed();
    expect([backlog.spoolBytes, readdirSync(directory)]).toEqual([0, []]);
  });

  it('is found again by the next process, whole parcels only', async () => {
    const directory = temporaryDirectory();
    const first = backlogOf(1000, spoolIn(directory));
    for (const sequence of [1, 2, 3]) first.backlog.add(parcel(sequence));
    await first.backlog.flushed();
    first.backlog.abandon();
    expect(first.lost).toEqual([]);
    // What a machine that lost its power leaves.
    const [one] = readdirSync(directory).sort();
    truncateSync(join(directory, one!), 120);
    writeFileSync(join(directory, '9-abc.parcel.new'), 'half');
    writeFileSync(join(directory, 'README'), 'not ours');
    const spool = spoolIn(directory);
    const second = backlogOf(1000, spool, await spool.load());
    expect(second.backlog.spoolBytes).toBe(20);
    const taken = second.backlog.take();
    expect(await taken?.parcel()).toMatchObject(parcel(3));
    taken?.settle();
    expect(await drained(second.backlog)).toEqual([2]);
    await spool.idle();
    expect(readdirSync(directory)).toEqual(['README']);
  });

  it('counts as lost what does not read back as it was written', async () => {
    const directory = temporaryDirectory();
    const { backlog, lost } = backlogOf(1000, spoolIn(directory));
    backlog.add(parcel(1));
    await backlog.flushed();
    const [file] = readdirSync(directory);
    const content = parcel(1);
    const { bytes, ...head } = content;
    writeFileSync(join(directory, file!), `${JSON.stringify({ ...head, size: bytes.length })}\nother bytes`);
    expect(await drained(backlog)).toEqual([]);
    expect([lost, backlog.spoolBytes]).toEqual([[1], 0]);
  });

  it('keeps in memory, within its bounds, what the disk does not take; said once', async () => {
    const directory = temporaryDirectory();
    const errors: unknown[] = [];
    const spool = spoolIn(join(directory, 'spool'), errors);
    const { rmSync } = await import('node:fs');
    rmSync(join(directory, 'spool'), { recursive: true });
    const { backlog, lost } = backlogOf(25, spool);
    for (const sequence of [1, 2, 3]) backlog.add(parcel(sequence));
    await backlog.flushed();
    expect([backlog.memoryBytes, lost, errors.length]).toEqual([20, [1], 1]);
    expect(await drained(backlog)).toEqual([3, 2]);
  });
});
