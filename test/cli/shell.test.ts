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
