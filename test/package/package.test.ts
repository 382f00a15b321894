import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../support/temporary-directory';
import { offered } from './completing-shell';

const ROOT = join(__dirname, '..', '..');

/** What a user writes: one region of a live origin in an app of their own, in TypeScript. */
const APP = `
import { App, Stack } from 'aws-cdk-lib';
import { addStacks, LiveOrigin, type DeploymentConfig } from 'headwater';

const deployment: DeploymentConfig = { name: 'sports', regions: ['eu-west-1'], edge: false };
const app = new App();
const stack = new Stack(app, 'Sports', { env: { account: '123456789012', region: 'eu-west-1' } });
new LiveOrigin(stack, 'Origin', { deployment });
// With a CDN: its functions are finished, too.
addStacks(app, { name: 'news', regions: ['eu-west-1'] }, '123456789012');
app.synth();
`;

describe('the package, packed and installed elsewhere', () => {
  const directory = temporaryDirectory();
  const run = (command: string, ...options: string[]) =>
    execFileSync(command, options, {
      cwd: directory,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });

  beforeAll(() => {
    const packed = execFileSync('npm', ['pack', '--silent', '--pack-destination', directory], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    const tarball = packed.trim().split('\n').at(-1) ?? '';
    writeFileSync(join(directory, 'package.json'), '{"name": "user", "private": true}');
    const versions = (
      JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
        devDependencies: Record<string, string>;
      }
    ).devDependencies;
    const others = ['aws-cdk-lib', 'constructs', 'typescript', '@types/node'].map(
      (name) => `${name}@${versions[name] ?? 'latest'}`,
    );
    run('npm', 'install', '--no-audit', '--no-fund', '--silent', join(directory, tarball), ...others);
  });

  it('brings what runs, and no sources, tests or media fixtures', () => {
    const brought = readdirSync(join(directory, 'node_modules/headwater'), {
      recursive: true,
      encoding: 'utf8',
    });
    expect(brought).toEqual(
      expect.arrayContaining([
        'dist/lib/index.d.ts',
        'dist/bundles/ingest/index.mjs',
        'dist/bundles/edge/appliance.js',
        'dist/edge/varnish/headwater.vcl',
      ]),
    );
    expect(brought.filter((file) => /(^|\/)test\/|fixtures|(?<!\.d)\.ts$/.test(file))).toEqual([]);
  });

  it("types a user's app and synthesises it from the finished bundles, with no bundler at hand", () => {
    writeFileSync(join(directory, 'app.ts'), APP);
    mkdirSync(join(directory, 'out'), { recursive: true });
    const options = ['--strict', '--module', 'node20', '--moduleResolution', 'node16', '--target', 'es2022'];
    run('npx', 'tsc', ...options, '--types', 'node', '--skipLibCheck', '--outDir', 'out', 'app.ts');
    execFileSync(process.execPath, ['out/app.js'], {
      cwd: directory,
      env: { ...process.env, CDK_OUTDIR: join(directory, 'cdk.out') },
    });
    const assets = readdirSync(join(directory, 'cdk.out')).filter((name) => /^asset\.[0-9a-f]+$/.test(name));
    const contents = assets.map((name) => readdirSync(join(directory, 'cdk.out', name)));
    const functions = contents.filter((files) => files.includes('index.mjs'));
    expect(functions.length).toBeGreaterThanOrEqual(6);
    for (const files of functions) expect(files).toEqual(['index.mjs']);
  });

  it('has the command line', () => {
    expect(run('npx', 'headwater', '--help')).toContain('Usage: headwater');
  });

  describe.each(['bash', 'zsh', 'fish'] as const)('completion in %s', (shell) => {
    const bin = join(directory, 'node_modules', '.bin');
    const env = { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}` };

    it.each([
      ['a command', 'headwater ti', ['timeline']],
      ['the commands of a group', 'headwater mask ', ['add', 'list', 'remove']],
      ['an option behind arguments', 'headwater mask add acme/final a --pre', ['--preview']],
      [
        'an option of the command that a group runs by itself',
        'headwater prefer acme/final b --fr',
        ['--from'],
      ],
      ['the values of an option', 'headwater start --durability ', ['disk', 'process']],
      ['the values of an argument', 'headwater completion ', ['bash', 'fish', 'zsh']],
      ['an option behind one with a value', 'headwater event put --if-match x --n', ['--new']],
      ['a file', 'headwater event put acme/final event-', ['event-7.json']],
    ])('of %s', (_, line, wanted) => {
      writeFileSync(join(directory, 'event-7.json'), '{}');
      expect([...offered(shell, line, { cwd: directory, env })].sort()).toEqual(wanted);
    });
  });

  describe('started with the demo', () => {
    let child: ChildProcess;
    const port = 21_000 + (process.pid % 20_000);
    const edge = `http://127.0.0.1:${port}`;

    beforeAll(async () => {
      const regions = ['--region', `one:${port + 1}`, '--region', `two:${port + 2}`];
      child = spawn(
        process.execPath,
        ['node_modules/headwater/bin/headwater.js', 'start', '--demo', '--port', String(port), ...regions],
        { cwd: directory, stdio: 'ignore' },
      );
      for (const endMs = Date.now() + 60_000; Date.now() < endMs;) {
        const answer = await fetch(`${edge}/healthz`).catch(() => undefined);
        if (answer?.status === 200) return;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      throw new Error('wanted /healthz to answer 200 within 60 s');
    });
    afterAll(async () => {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    });

    it.each(['/console/', '/console/vendor/shaka-player.js', '/live/demo/loop/manifest.mpd'])(
      'serves %s',
      async (path) => {
        expect((await fetch(edge + path)).status).toBe(200);
      },
    );

    it('serves a segment of its demo', async () => {
      // Its pipelines begin with the past of half a minute, which on a slow machine takes a moment: the next one then.
      const next = () => fetch(`${edge}/live/demo/loop/v360/${Math.floor(Date.now() / 2000)}.m4s`);
      let answer = await next();
      for (let tries = 0; !answer.ok && tries < 20; tries++) {
        await new Promise((resolve) => setTimeout(resolve, 500));
        answer = await next();
      }
      expect([answer.status, answer.headers.get('headwater-candidate')]).toEqual([
        200,
        expect.stringContaining('pipeline="'),
      ]);
    });
  });
});
