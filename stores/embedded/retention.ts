import { bytesPath } from '../../origin/candidate';
import type { Clock } from '../../origin/ports/clock';
import type { RecentBytes } from '../../origin/serve/recent-bytes';
import type { ByteLedger, LedgerEntry } from './byte-ledger';
import type { CandidateTable } from './candidate-table';
import type { Environment } from './environment';
import type { RegionFiles } from './region-files';
import { readSegmentFile } from './segments';

/** Bytes stay this long after they expire, for readers that had just begun. */
const GRACE_MS = 60_000;

/** What one uninterrupted step removes; unlinking takes some 50 us a file, and requests run between steps. */
const STEP = 16;

/** Something an operator should hear of, with the numbers behind it. */
export interface StoreWarning {
  /** Unexpired bytes went to keep the region within its limit. */
  readonly kind: 'evicted';
  readonly region: string;
  readonly files: number;
  /** Bytes removed. */
  readonly bytes: number;
  /** The limit, bytes. */
  readonly maxBytes: number;
}

export interface SweepReport {
  /** Expired candidates removed. */
  readonly candidates: number;
  readonly files: number;
  /** Bytes of these files. */
  readonly bytes: number;
  /** The limit ended this sweep: there may be more to do. */
  readonly more: boolean;
}

export interface RetentionParts {
  readonly region: string;
  readonly environment: Environment;
  readonly candidates: CandidateTable;
  readonly ledger: ByteLedger;
  readonly files: RegionFiles;
  readonly recent: RecentBytes;
  readonly clock: Clock;
  /** Bytes of all files; beyond it the oldest go, whatever their expiry. */
  readonly maxBytes: number;
  readonly onWarning: (warning: StoreWarning) => void;
}

/** Keeps a region within its time and its bytes. Whoever wires the region calls {@link Retention.sweep} regularly. */
export class Retention {
  readonly #parts: RetentionParts;

  constructor(parts: RetentionParts) {
    this.#parts = parts;
  }

  /** Bytes of all files of the region. */
  get totalBytes(): number {
    return this.#parts.ledger.totalBytes;
  }

  /**
   * Removes expired candidates, expired files (a file whose candidate never came expires like any other), then the
   * oldest files while there are too many bytes; of each kind at most `limit`.
   */
  async sweep(limit = 1024): Promise<SweepReport> {
    const expiredBeforeMs = this.#parts.clock.nowMs() - GRACE_MS;
    const candidates = await inSteps(limit, (step) => this.#removeCandidates(expiredBeforeMs, step));
    const expired = await this.#removeFiles(limit, (step) =>
      this.#parts.ledger.expired(expiredBeforeMs, step),
    );
    const evicted = await this.#removeFiles(limit, (step) => this.#tooMuch(step));
    if (evicted.files > 0) {
      const { region, maxBytes } = this.#parts;
      this.#parts.onWarning({ kind: 'evicted', region, ...evicted, maxBytes });
    }
    return {
      candidates,
      files: expired.files + evicted.files,
      bytes: expired.bytes + evicted.bytes,
      more: [candidates, expired.files, evicted.files].some((done) => done >= limit),
    };
  }

  #removeCandidates(expiredBeforeMs: number, limit: number): Promise<number> {
    const { environment, candidates } = this.#parts;
    return environment.write(() => {
      const expired = candidates.expired(expiredBeforeMs, limit);
      for (const candidate of expired) candidates.remove(candidate);
      return expired.length;
    });
  }

  /** As many of the oldest as bring the region back to its limit. */
  #tooMuch(limit: number): LedgerEntry[] {
    const { ledger, maxBytes } = this.#parts;
    let excess = ledger.totalBytes - maxBytes;
    if (excess <= 0) return [];
    return ledger.oldest(limit).filter(({ size }) => {
      const goes = excess > 0;
      excess -= size;
      return goes;
    });
  }

  async #removeFiles(limit: number, choose: (limit: number) => LedgerEntry[]) {
    const { environment, files } = this.#parts;
    let bytes = 0;
    const removed = await inSteps(limit, (step) =>
      environment.write(() => {
        const gone = choose(step).filter((entry) => files.remove(entry));
        for (const entry of gone) this.#forget(entry);
        bytes += gone.reduce((sum, { size }) => sum + size, 0);
        return gone.length;
      }),
    );
    return { files: removed, bytes };
  }

  /** Nothing may go on speaking of bytes that are gone: memory, the candidate, the directory. */
  #forget({ path }: LedgerEntry): void {
    const { candidates, recent, files } = this.#parts;
    files.prune(path);
    const ref = readSegmentFile(path);
    if (ref !== undefined) recent.delete(bytesPath(ref));
    const candidate = ref && candidates.get(ref);
    if (candidate !== undefined && candidate.digest === ref?.digest) candidates.remove(candidate);
  }
}

/** Repeats a step of bounded work until it finds less than it could have done, or `limit` is reached. */
async function inSteps(limit: number, step: (limit: number) => Promise<number>): Promise<number> {
  let total = 0;
  while (total < limit) {
    const wanted = Math.min(STEP, limit - total);
    const done = await step(wanted);
    total += done;
    if (done < wanted) break;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return total;
}
