import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { headwater } from '../support/command-line';
import { EVENT, newestNumber, startOperatedEvent, type OperatedEvent } from '../support/operated-event';
import { temporaryDirectory } from '../support/temporary-directory';

const SHIM = join(__dirname, '..', '..', 'bin', 'headwater.js');

/** In a process of its own, as people run it; the deployment is this one. */
describe('at a shell', () => {
  let operated: OperatedEvent;
  beforeAll(async () => {
    operated = await startOperatedEvent(temporaryDirectory(), { first: newestNumber() - 2, sent: { a: 2 } });
  });
  afterAll(() => operated.stop());

  const shell = (script: string, ...argv: string[]) =>
    spawn('bash', ['-c', script, process.execPath, SHIM, ...argv], {
      env: { ...process.env },
      stdio: 'pipe',
    });
  const ended = async (child: ReturnType<typeof shell>) => {
    let [out, err] = ['', ''];
    child.stdout.on('data', (data: Buffer) => (out += data.toString()));
    child.stderr.on('data', (data: Buffer) => (err += data.toString()));
    const code = await new Promise((resolve) => child.on('close', resolve));
    return { code, out, err };
  };

  it('may stop reading: nothing is said of it', async () => {
    const follow = ['timeline', EVENT, '--follow', '--json'];
    const child = shell('"$0" "$@" | head -c 1; echo " ${PIPESTATUS[0]}"', ...follow);
    expect(await ended(child)).toEqual({ code: 0, out: '{ 0\n', err: '' });
  });

  it('ends --follow by Ctrl-C, with 0', async () => {
    const child = shell('exec "$0" "$@"', 'timeline', EVENT, '--follow');
    child.stdout.once('data', () => child.kill('SIGINT'));
    expect(await ended(child)).toMatchObject({ code: 0, err: '' });
  });

  it('runs an edge before regions until Ctrl-C', async () => {
    const edge = shell(
      'exec "$0" "$@"',
      'edge',
      '--origin',
      process.env['HEADWATER_CONTROL'] ?? '',
      '--port',
      '0',
    );
    const result = ended(edge);
    const url = await new Promise<string>((resolve) =>
      edge.stdout.on('data', (data: Buffer) => {
        const [, found] = /Serving (http\S+)\/live/.exec(data.toString()) ?? [];
        if (found !== undefined) resolve(found);
      }),
    );
    expect((await fetch(`${url}/live/${EVENT}/manifest.mpd`)).status).toBe(200);
    edge.kill('SIGINT');
    expect(await result).toMatchObject({ code: 0, err: '' });
  });

  // tsx and its esbuild are there in a checkout alone.
  it('says what --help says without loading more than it is made of', async () => {
    const packages = `Object.keys(require.cache).map((path) => /node_modules.((?:@[^/]+.)?[^/]+)/.exec(path)?.[1])`;
    const script = `require('./cli').run(['node', 'headwater', '--help']).then(() => console.error([...new Set(${packages})].filter(Boolean).join()))`;
    const child = spawn(process.execPath, ['--import', 'tsx', '-e', script], {
      cwd: join(__dirname, '..', '..'),
      stdio: 'pipe',
    });
    expect(await ended(child)).toMatchObject({ code: 0, err: 'tsx,esbuild,commander\n' });
  });

  it('completes commands, options and choices in bash', async () => {
    const complete = (...words: string[]) =>
      `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _headwater; echo "\${COMPREPLY[*]}"`;
    const asked = [
      complete('headwater', 'ti'),
      complete('headwater', 'mask', ''),
      complete('headwater', 'mask', 'add', EVENT, 'a', '--pre'),
      complete('headwater', 'prefer', EVENT, 'b', '--fr'),
      complete('headwater', 'start', '--durability', ''),
      complete('headwater', 'completion', ''),
      complete('headwater', 'event', 'put', '--if-match', 'x', '--n'),
    ];
    const script = (await headwater('completion', 'bash')).out;
    const { out } = await ended(shell(`${script}\n${asked.join('\n')}`));
    expect(out.split('\n')).toEqual([
      'timeline',
      expect.stringMatching(/^add list remove( |$)/),
      '--preview',
      '--from',
      'process disk',
      expect.stringMatching(/^bash zsh fish( |$)/),
      '--new',
      '',
    ]);
  });
});
