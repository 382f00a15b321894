import { spawnSync } from 'node:child_process';
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { startText } from '../../cli/start-text';
import { temporaryDirectory } from '../support/temporary-directory';

const SHIM = join(__dirname, '..', '..', 'bin', 'headwater.js');

function headwater(...arguments_: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SHIM, ...arguments_], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

describe('headwater start', () => {
  it('--help has examples, and loads nothing that takes time', () => {
    const { status, stdout } = headwater('start', '--help');
    expect(status).toBe(0);
    expect(stdout).toContain('$ headwater start --demo');
  });

  it.each([
    ['a port that is none', ['--port', '99999'], 2, 'Wanted a port, 0 to 65535'],
    ['a region without a port', ['--region', 'one'], 2, 'Wanted NAME:PORT'],
    ['a name that no URL takes', ['--region', 'a/b:1'], 2, 'Wanted NAME:PORT'],
    ['a durability that is none', ['--durability', 'hope'], 2, 'process, disk'],
    ['no disk at all', ['--max-disk', '0'], 2, 'Wanted gigabytes'],
    ['one port twice', ['--port', '9', '--region', 'one:9'], 2, 'wanted ports that differ, got 9, 9'],
    [
      'one region twice',
      ['--region', 'one:1', '--region', 'one:2'],
      2,
      'wanted names that differ, got one, one',
    ],
    ['a data directory that cannot be', ['--data', '/dev/null/x'], 1, '/dev/null/x'],
  ])('says what is wrong with %s', (_, options, status, text) => {
    const result = headwater('start', ...options);
    expect([result.status, result.stderr]).toEqual([status, expect.stringContaining(text)]);
    expect(result.stderr).not.toContain('    at ');
  });

  it('suggests the command that was meant', () => {
    const { status, stderr } = headwater('strat');
    expect([status, stderr]).toEqual([2, expect.stringContaining('Did you mean start?')]);
  });

  describe('with a port that is in use', () => {
    let taken: Server;
    let port: string;
    beforeAll(async () => {
      taken = createServer();
      await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
      port = String((taken.address() as AddressInfo).port);
    });
    afterAll(() => void taken.close());

    it.each([
      ['--port', () => ['--port', port, '--region', 'one:0']],
      ['--region NAME:PORT', () => ['--port', '0', '--region', `one:${port}`]],
    ])('names it, and %s to choose another', (option, options) => {
      const { status, stderr } = headwater('start', '--data', temporaryDirectory(), ...options());
      expect(status).toBe(1);
      expect(stderr).toContain(`port ${port} is in use`);
      expect(stderr).toContain(option);
    });
  });
});

describe('what a person is told after the start', () => {
  const regions = [
    { name: 'one', url: 'http://127.0.0.1:1' },
    { name: 'two', url: 'http://127.0.0.1:2' },
  ];
  const base = {
    ...{ edgeUrl: 'http://127.0.0.1:8080', regions, controlTokenPath: '.headwater/control-token' },
    consoleToken: undefined,
  };

  it('is where everything is', () => {
    const text = startText({ ...base, publishingPoints: undefined });
    for (const wanted of [
      'http://127.0.0.1:8080/console/',
      'http://127.0.0.1:1',
      'two',
      '.headwater/control-token',
    ])
      expect(text).toContain(wanted);
    expect(text).not.toContain('ffmpeg');
    expect(text).not.toContain('#token');
  });

  it("has the demo's token after a #, which browsers send to nobody", () => {
    const text = startText({ ...base, consoleToken: 'abc', publishingPoints: undefined });
    expect(text).toContain('http://127.0.0.1:8080/console/#token=abc\n');
  });

  it('with the demo: manifests, and each pipeline on a region of its own', () => {
    const event = { tenant: 'demo', event: 'live' };
    const publishingPoints = ['a', 'b'].map((pipeline) => ({
      event,
      pipeline,
      secret: `secret-${pipeline}`,
    }));
    const lines = startText({ ...base, publishingPoints }).split('\n');
    expect(lines).toContain('EVENT=http://127.0.0.1:1/live/demo/live PIPELINE=a SECRET=secret-a');
    expect(lines).toContain('EVENT=http://127.0.0.1:2/live/demo/live PIPELINE=b SECRET=secret-b');
    expect(lines.join('\n')).toContain('/live/demo/loop/manifest.mpd');
  });
});
