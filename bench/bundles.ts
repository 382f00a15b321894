import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleFunction } from '../scripts/bundle-function';
import { median } from './stopwatch';
import type { Row } from './table';

const ROOMS = ['ingest', 'serve', 'authorizer', 'control', 'stream-processor'];
const RUNS = 5;

/** Size as deployed, and how long a fresh process takes to import it (what a cold start pays before its first line). */
export async function benchBundles(): Promise<Row[]> {
  const directory = mkdtempSync(join(tmpdir(), 'headwater-bundles-'));
  try {
    const rows: Row[] = [];
    for (const room of ROOMS) {
      const outfile = join(directory, `${room}.mjs`);
      await bundleFunction(room, outfile);
      const loads = Array.from({ length: RUNS }, () => importMs(outfile));
      rows.push({
        function: room,
        kB: (statSync(outfile).size / 1000).toFixed(0),
        'import, ms': median(loads).toFixed(0),
      });
    }
    return rows;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function importMs(file: string): number {
  const script = `
    globalThis.awslambda = { streamifyResponse: (handler) => handler, HttpResponseStream: {} };
    const started = performance.now();
    await import(${JSON.stringify(file)}).catch((error) => { if (error instanceof SyntaxError) throw error; });
    console.log(performance.now() - started);`;
  return Number(
    execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }).trim(),
  );
}
