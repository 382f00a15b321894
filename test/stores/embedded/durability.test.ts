import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openEmbeddedEvents, openEmbeddedRegion, type Durability } from '../../../stores/embedded';
import { nodeDigester } from '../../../stores/node-digester';
import { systemClock } from '../../../stores/system-clock';
import { collect } from '../../contracts/segment-store.contract';
import { SEGMENT_BYTES } from '../../support/embedded-writer';
import { FakeClock } from '../../support/fake-clock';
import { NOW_MS, sampleBytes, sampleCandidate, sampleRef } from '../../support/samples';
import { temporaryDirectory } from '../../support/temporary-directory';

const ROOT = join(__dirname, '../../..');
const WRITER = join(ROOT, 'test/support/embedded-writer.ts');
const KEY = { tenant: 'acme', event: 'final' };

/** Runs the writer until it has acknowledged `count` candidates, then kills it in the middle of the next ones. */
async function killAfter(count: number, directory: string, durability: Durability) {
  const writer = spawn(process.execPath, ['--import', 'tsx', WRITER, directory, durability], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(writer, 'exit');
  const candidates: number[] = [];
  const entries: string[] = [];
  for await (const line of createInterface(writer.stdout)) {
    const [kind, id] = line.split(' ') as [string, string];
    if (kind === 'candidate') candidates.push(Number(id));
    else entries.push(id);
    if (candidates.length === count) writer.kill('SIGKILL');
  }
  await ended;
  return { candidates, entries, signal: writer.signalCode };
}

describe.each(['process', 'disk'] as const)('after SIGKILL, durability %s', (durability) => {
  it('every acknowledged write is there, and nothing torn is visible', async () => {
    const directory = temporaryDirectory();
    const acknowledged = await killAfter(100, directory, durability);
    expect(acknowledged.signal).toBe('SIGKILL');
    expect(acknowledged.candidates.length).toBeGreaterThanOrEqual(100);
    expect(acknowledged.entries.length).toBeGreaterThanOrEqual(5);

    const region = openEmbeddedRegion({
      ...{ directory: join(directory, 'us-east-1'), region: 'us-east-1', clock: systemClock, durability },
    });
    expect(region.startedEmpty).toBe(false);
    const found = await region.candidates.ofRange({ ...KEY, representation: 'v720' }, 0, 10_000);
    expect(found.map(({ number }) => number)).toEqual(expect.arrayContaining(acknowledged.candidates));
    for (const candidate of found) {
      const body = await collect(await region.segments.read(candidate));
      const wanted = sampleBytes(`segment ${candidate.number}`, SEGMENT_BYTES);
      expect(candidate.digest).toBe(nodeDigester.sha256Hex(wanted));
      expect(nodeDigester.sha256Hex(body)).toBe(candidate.digest);
    }
    expect(readdirSync(join(directory, 'us-east-1', 'tmp'))).toEqual([]);
    await region.close();

    const { events, close } = openEmbeddedEvents({
      directory: join(directory, 'events'),
      clock: systemClock,
    });
    const record = await events.read(KEY);
    const entries = typeof record === 'object' ? record.entries.map(({ id }) => id) : [];
    expect(entries).toEqual(expect.arrayContaining(acknowledged.entries));
    await close();
  });
});

describe('a directory', () => {
  const clock = new FakeClock(NOW_MS);
  const open = (directory: string, region = 'us-east-1', durability: Durability = 'process') =>
    openEmbeddedRegion({ directory, region, clock, durability });

  it('that another process has open is refused', async () => {
    const directory = temporaryDirectory();
    const other = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const stat = readFileSync(`/proc/${other.pid!}/stat`, 'utf8');
    const owner = { pid: other.pid, startTicks: stat.split(') ')[1]!.split(' ')[19], bootId: bootId() };
    writeFileSync(join(directory, 'owner.json'), JSON.stringify({ ...owner, durability: 'process' }));
    expect(() => open(directory)).toThrow(`process ${other.pid} has it open`);

    const ended = once(other, 'exit');
    other.stdin.end();
    await ended;
    await open(directory).close();
  });

  it('of a process id that has gone to another process since is taken', async () => {
    const directory = temporaryDirectory();
    const owner = { pid: process.ppid, startTicks: '1', bootId: bootId(), durability: 'process' };
    writeFileSync(join(directory, 'owner.json'), JSON.stringify(owner));
    await open(directory).close();
    expect(readdirSync(directory)).not.toContain('owner.json');
  });

  it('of another region, or of events, is refused by name', async () => {
    const directory = temporaryDirectory();
    await open(directory).close();
    expect(() => open(directory, 'eu-west-1')).toThrow(
      'wanted "region eu-west-1, schema 1", got "region us-east-1, schema 1"',
    );
    expect(() => openEmbeddedEvents({ directory, clock })).toThrow('wanted "events, schema 1"');
    await open(directory).close();
  });

  it.each([
    ['process', true],
    ['disk', false],
  ] as const)(
    'left open with durability %s when the machine crashed starts empty: %s',
    async (durability, empty) => {
      const directory = temporaryDirectory();
      const first = open(directory, 'us-east-1', durability);
      const bytes = sampleBytes('segment');
      const ref = sampleRef(bytes);
      await first.segments.write(ref, bytes, NOW_MS + 1000);
      await first.candidates.record(sampleCandidate({ ...ref, expiresAtMs: NOW_MS + 1000 }));
      const owner = readFileSync(join(directory, 'owner.json'), 'utf8');
      await first.close();
      writeFileSync(join(directory, 'owner.json'), owner.replace(bootId(), 'an earlier boot'));

      const second = open(directory, 'us-east-1', durability);
      expect(second.startedEmpty).toBe(empty);
      expect(await second.candidates.ofSegment(ref)).toHaveLength(empty ? 0 : 1);
      expect(second.retention.totalBytes).toBe(empty ? 0 : 1000);
      await second.close();
    },
  );
});

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}
