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

/** headwater.config.ts as it is, and over two accounts. */
const APPS = ['bin/app.ts', 'test/templates/two-accounts-app.ts'];

/** W3005: CDK names a function's role as a dependency although the function refers to it. Nothing to mend, no harm. */
const IGNORED = ['W3005'];

function main(): number {
  const lint = pythonTool('cfn-lint', CFN_LINT);
  const results = APPS.flatMap((app) => {
    const directory = mkdtempSync(join(tmpdir(), 'headwater-templates-'));
    try {
      return check(app, directory, lint);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
  const failed = results.filter((passed) => !passed).length;
  process.stdout.write(`${results.length - failed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

/** @returns for the synthesis, that there are templates, and each template, whether it passed. */
function check(app: string, directory: string, lint: string): boolean[] {
  const synth = ['cdk', 'synth', '--quiet', '--no-notices', '-o', directory];
  const synthesised = passes('unshare', [
    ...['-rn', 'npx', '--no-install', ...synth, '--app', `node --import tsx ${app}`],
  ]);
  const templates = readdirSync(directory).filter((name) => name.endsWith('.template.json'));
  const linted = templates.map((name) =>
    passes(lint, ['--ignore-checks', ...IGNORED, '--', join(directory, name)]),
  );
  return [synthesised, templates.length > 0, ...linted];
}

/** What it prints is shown; a failure without a word would help nobody. */
function passes(program: string, parameters: readonly string[]): boolean {
  const { status, error } = spawnSync(program, parameters, { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0)
    process.stderr.write(`${program} ${parameters.join(' ')}: exit ${status ?? String(error)}\n`);
  return status === 0;
}

process.exitCode = main();
