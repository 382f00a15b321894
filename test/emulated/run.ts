import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { deploy, emulatedEnvironment } from './deploy';
import { DEPLOYED } from './deployed';
import { startMiniStack } from './ministack';

/**
 * `npm run test:emulated [-- jest's parameters]`: deploys headwater.config.ts into an emulator of AWS with the plain CDK
 * command line, then runs test/emulated against it. Needs Python 3 and, the first time, PyPI.
 */
async function main(): Promise<number> {
  const workDirectory = mkdtempSync(join(tmpdir(), 'headwater-emulated-'));
  let status = 1;
  try {
    status = await inEmulator(workDirectory);
  } finally {
    if (status === 0) rmSync(workDirectory, { recursive: true, force: true });
    else say(`what the emulator and its functions logged: ${join(workDirectory, 'ministack.log')}`);
  }
  return status;
}

async function inEmulator(workDirectory: string): Promise<number> {
  const ministack = await startMiniStack(workDirectory);
  const interrupted = () => void ministack.stop().then(() => process.exit(130));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    const environment = emulatedEnvironment(ministack, workDirectory);
    say(`emulator on ${ministack.endpoint}; deploying`);
    const { deployed, close } = await deploy(ministack, workDirectory, environment);
    say(`deployed to ${deployed.regions.map(({ region }) => region).join(' and ')}`);
    try {
      return await runJest({ ...environment, [DEPLOYED]: JSON.stringify(deployed) }, workDirectory);
    } finally {
      await close();
    }
  } finally {
    await ministack.stop();
  }
}

async function runJest(environment: NodeJS.ProcessEnv, workDirectory: string): Promise<number> {
  const results = join(workDirectory, 'results.json');
  const parameters = ['--config', 'jest.emulated.config.mjs', '--json', '--outputFile', results];
  const jest = spawn('npx', ['--no-install', 'jest', ...parameters, ...process.argv.slice(2)], {
    cwd: resolve(__dirname, '..', '..'),
    env: environment,
    // Jest tells its story on standard error; its JSON goes to the file.
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [status] = (await once(jest, 'exit')) as [number | null];
  const { numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(
    readFileSync(results, 'utf8'),
  ) as Record<'numPassedTests' | 'numFailedTests' | 'numFailedTestSuites', number>;
  say(`${numPassedTests} passed, ${Math.max(numFailedTests, numFailedTestSuites)} failed`);
  return status === 0 && numPassedTests > 0 ? 0 : 1;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().then(
  (status) => (process.exitCode = status),
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
