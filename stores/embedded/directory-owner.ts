import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DirectoryRefused, syncPath, type Durability } from './environment';

/** Who has a directory open, or had it when the process ended without closing it. */
interface Owner {
  readonly pid: number;
  /** Tells a process from a later one of the same id. */
  readonly startTicks: string;
  /** Changes with every start of the machine. */
  readonly bootId: string;
  readonly durability: Durability;
}

const OWNER_FILE = 'owner.json';

export interface DirectoryLock {
  /** The machine stopped while a `process`-durable owner had it open: its files may be torn in ways no check sees. */
  readonly wasUntrusted: boolean;
  readonly release: () => void;
}

/**
 * Makes this process the only one that uses `directory` (created if absent). Processes are told apart by Linux's
 * /proc; elsewhere the check is left out.
 * @param discard removes what cannot be trusted; done before this process becomes the owner, so that being killed
 * meanwhile only means doing it again.
 * @throws {@link DirectoryRefused} when another living process has it.
 */
export function lockDirectory(directory: string, durability: Durability, discard: () => void): DirectoryLock {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, OWNER_FILE);
  const previous = readOwner(path);
  const bootId = readText('/proc/sys/kernel/random/boot_id') ?? 'unknown';
  if (previous?.bootId === bootId && isAnotherProcess(previous))
    throw new DirectoryRefused(
      `directory ${directory}: process ${previous.pid} has it open; stop that one or use another directory`,
    );
  const wasUntrusted = previous?.durability === 'process' && previous.bootId !== bootId;
  if (wasUntrusted) discard();
  writeOwner(path, { pid: process.pid, startTicks: startTicksOf(process.pid) ?? '', bootId, durability });
  return { wasUntrusted, release: () => rmSync(path, { force: true }) };
}

function isAnotherProcess({ pid, startTicks }: Owner): boolean {
  const running = startTicksOf(pid);
  return pid !== process.pid && running !== undefined && running === startTicks;
}

/** Field 22 of /proc/{pid}/stat (proc_pid_stat(5)), counted after the name, which may hold spaces. */
function startTicksOf(pid: number): string | undefined {
  const stat = readText(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}

/** On disk before anything else is written, and never half of it. */
function writeOwner(path: string, owner: Owner): void {
  writeFileSync(`${path}.new`, JSON.stringify(owner), { flush: true });
  renameSync(`${path}.new`, path);
  syncPath(dirname(path));
}

function readOwner(path: string): Owner | undefined {
  const text = readText(path);
  return text === undefined ? undefined : (JSON.parse(text) as Owner);
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}
