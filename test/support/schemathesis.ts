import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OPENAPI_PATH } from './openapi';
import { pythonTool } from './python-tool';

const VERSION = '4.32.5';

export interface ControlUnderTest {
  /** Ends before `/control`. */
  readonly url: string;
  readonly token: string;
  readonly tenant: string;
  /** Changed as the requests have it. */
  readonly event: string;
  /** Only read: it has segments. */
  readonly live: { readonly tenant: string; readonly event: string };
}

/**
 * What must hold of every answer: it is described, status, media type, headers and body; it is never 5xx; what the page
 * refuses is refused, what it takes is taken or refused for a reason of its own; other methods are 405.
 */
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'negative_data_rejection',
  'unsupported_method',
  'ignored_auth',
];

/**
 * Asks the control plane what docs/openapi.yaml makes possible, and much that it does not, for `seconds`.
 * @returns whether every answer held
 */
export async function runSchemathesis(
  { url, token, tenant, event, live }: ControlUnderTest,
  { seed, seconds, phases }: { readonly seed: number; readonly seconds: number; readonly phases: string },
): Promise<boolean> {
  const program = pythonTool('schemathesis', VERSION);
  const parameters = [
    ...['--config-file', join(__dirname, '..', 'control', 'schemathesis.toml'), 'run', OPENAPI_PATH],
    ...['--url', `${url}/control/v1`, '--header', `Authorization: Bearer ${token}`],
    ...['--checks', CHECKS.join(','), '--phases', phases, '--seed', seed.toString()],
    ...['--max-time', seconds.toString(), '--warnings', 'off', '--continue-on-failure'],
  ];
  // It keeps what failed, and would try that first the next time: the seed alone shall say what is asked.
  const cwd = mkdtempSync(join(tmpdir(), 'headwater-schemathesis-'));
  const child = spawn(program, parameters, {
    cwd,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      HEADWATER_TENANT: tenant,
      HEADWATER_EVENT: event,
      HEADWATER_LIVE_TENANT: live.tenant,
      HEADWATER_LIVE_EVENT: live.event,
    },
  });
  const [status] = (await once(child, 'exit')) as [number | null];
  rmSync(cwd, { recursive: true, force: true });
  return status === 0;
}
