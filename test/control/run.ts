import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEMO_CONFIGURATION } from '../../demo/event';
import { startProcess } from '../acceptance/headwater-process';
import { runSchemathesis } from '../support/schemathesis';

/**
 * `npm run test:control [-- SEED]`: schemathesis against the control plane of `headwater start --demo`, by docs/openapi.yaml.
 * Needs Python 3 and, the first time, PyPI.
 */
const SECONDS = Number(process.env['CONTROL_SECONDS'] ?? 60);
const TENANT = 'acme';
const EVENT = 'final';

async function main(): Promise<number> {
  const seed = Number(process.argv[2] ?? Date.now() % 1_000_000);
  process.stdout.write(`seed ${seed}, ${SECONDS} s; again with npm run test:control -- ${seed}\n`);
  const directory = mkdtempSync(join(tmpdir(), 'headwater-control-'));
  const headwater = await startProcess(directory, ['--demo']);
  try {
    const [region] = headwater.regions;
    if (region === undefined) throw new Error('regions: wanted one, got none');
    const { controlUrl: url } = region;
    await createEvent(url, headwater.token);
    const held = await runSchemathesis(
      { url, token: headwater.token, tenant: TENANT, event: EVENT, live: { tenant: 'demo', event: 'loop' } },
      { seed, seconds: SECONDS, phases: 'examples,coverage,fuzzing' },
    );
    process.stdout.write(held ? '1 passed, 0 failed\n' : '0 passed, 1 failed\n');
    return held ? 0 : 1;
  } finally {
    await headwater.end('SIGTERM');
    rmSync(directory, { recursive: true, force: true });
  }
}

async function createEvent(url: string, token: string): Promise<void> {
  const answer = await fetch(`${url}/control/v1/tenants/${TENANT}/events/${EVENT}`, {
    method: 'PUT',
    headers: { Authorization: `Bearer ${token}` },
    body: JSON.stringify(DEMO_CONFIGURATION),
  });
  if (answer.status !== 201) throw new Error(`PUT: wanted 201, got ${answer.status}: ${await answer.text()}`);
}

main().then(
  (status) => (process.exitCode = status),
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
