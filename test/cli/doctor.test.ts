import { spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Headwater } from '../../embedded';
import { embeddedRun } from '../support/embedded-run';
import { temporaryDirectory } from '../support/temporary-directory';

const SHIM = join(__dirname, '..', '..', 'bin', 'headwater.js');

interface Told {
  readonly check: string;
  readonly ok: boolean;
  readonly said: string;
}

/** Runs beside this process, which is the deployment that it looks at. */
async function doctor(token: string, ...options: string[]): Promise<{ status: number | null; told: Told[] }> {
  const child = spawn(process.execPath, [SHIM, 'doctor', '--json', ...options], {
    env: { ...process.env, HEADWATER_CONTROL_TOKEN: token },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let out = '';
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  const told = out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Told);
  return { status, told };
}

describe('headwater doctor', () => {
  let headwater: Headwater;

  beforeAll(async () => {
    headwater = await embeddedRun(['one', 'two']);
  });

  const places = (changes: Record<string, string> = {}) => {
    const [one, two] = headwater.regions;
    const urls = { one: one?.url ?? '', two: two?.url ?? '', cdn: headwater.edgeUrl, ...changes };
    return [
      '--control',
      one?.url ?? '',
      '--cdn',
      urls.cdn,
      '--publish',
      `one=${urls.one}`,
      '--publish',
      `two=${urls.two}`,
    ];
  };

  it('finds a running origin well, and leaves no event behind', async () => {
    const { status, told } = await doctor(headwater.controlToken, ...places(), '--chunked');
    expect(told.filter(({ ok }) => !ok)).toEqual([]);
    expect(status).toBe(0);
    expect(told.map(({ check }) => check)).toEqual(
      expect.arrayContaining([
        'two: takes a chunked body, byte for byte',
        'schedule: the next segment is held until it is published',
        'failover: a mask turns viewers to the next pipeline',
      ]),
    );
    const [one] = headwater.regions;
    const listed = await one?.origin.eventStore.list('doctor', 10);
    expect(listed).toEqual([]);
  });

  it('names what fails and goes on with the rest', async () => {
    // Nobody listens on port 9 of this machine.
    const { status, told } = await doctor(headwater.controlToken, ...places({ two: 'http://127.0.0.1:9' }));
    expect(status).toBe(1);
    const failed = told.filter(({ ok }) => !ok).map(({ check }) => check);
    expect(failed).toEqual([
      'two: turns away who shows no credential',
      'two: takes init and segment of pipeline a',
      'two: takes init and segment of pipeline b',
    ]);
  });

  it('stops at once where the token is refused', async () => {
    const { status, told } = await doctor('wrong', ...places());
    expect([status, told]).toEqual([
      1,
      [expect.objectContaining({ ok: false, said: expect.stringContaining('401') as string })],
    ]);
  });
});

describe('what headwater doctor is told', () => {
  const run = (...options: string[]) =>
    spawnSync(process.execPath, [SHIM, 'doctor', ...options], { encoding: 'utf8' });

  it.each([
    ['no place at all', [], 1, 'wanted --control, --cdn and one --publish'],
    ['a region without a URL', ['--publish', 'one'], 2, 'Wanted a URL'],
    ['outputs that are none', ['--outputs', 'nowhere.json'], 1, 'wanted the outputs of cdk deploy'],
  ])('says what is wrong with %s', (_, options, status, text) => {
    const result = run(...options);
    expect([result.status, result.stderr]).toEqual([status, expect.stringContaining(text)]);
  });

  it('reads the URLs from the outputs of a deployment', () => {
    const file = join(temporaryDirectory(), 'outputs.json');
    const publish = 'https://abc.execute-api.eu-west-1.amazonaws.com/live';
    writeFileSync(
      file,
      JSON.stringify({ 'x-eu-west-1': { PublishUrl: publish, ControlUrl: 'https://c.example/control' } }),
    );
    // The CDN's stack is missing, and no more than that is asked for.
    const without = run('--outputs', file);
    expect([without.status, without.stderr]).toEqual([1, expect.stringContaining('wanted --control, --cdn')]);
  });
});
