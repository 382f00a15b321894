import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pythonTool } from '../support/python-tool';

/**
 * `npm run test:templates`: synthesis in a network namespace that has no network, then cfn-lint on every template. Needs
 * unshare (util-linux), Python 3 and, the first time, PyPI.
 */
const ROOT = resolve(__dirname, '..', '..');
const CFN_LINT = '1.58.0';

/** W3005: CDK names a function's role as a dependency although the function refers to it. Nothing to mend, no harm. */
const IGNORED = ['W3005'];

function main(): number {
  const lint = pythonTool('cfn-lint', CFN_LINT);
  const directory = mkdtempSync(join(tmpdir(), 'headwater-templates-'));
  try {
    const synthesised = passes('unshare', [
      '-rn',
      'npx',
      '--no-install',
      'cdk',
      'synth',
      '--quiet',
      '--no-notices',
      '-o',
      directory,
    ]);
    const templates = readdirSync(directory).filter((name) => name.endsWith('.template.json'));
    const linted = templates.filter((name) =>
      passes(lint, ['--ignore-checks', ...IGNORED, '--', join(directory, name)]),
    );
    const passed = Number(synthesised) + linted.length;
    const failed = Number(!synthesised) + templates.length - linted.length + Number(templates.length === 0);
    process.stdout.write(`${passed} passed, ${failed} failed\n`);
    return failed === 0 ? 0 : 1;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** What it prints is shown; a failure without a word would help nobody. */
function passes(program: string, parameters: readonly string[]): boolean {
  const { status, error } = spawnSync(program, parameters, { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0)
    process.stderr.write(`${program} ${parameters.join(' ')}: exit ${status ?? String(error)}\n`);
  return status === 0;
}

process.exitCode = main();
