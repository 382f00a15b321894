import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Headwater } from '../../embedded';
import { embeddedRun } from '../support/embedded-run';
import { temporaryDirectory } from '../support/temporary-directory';

const SHIM = join(__dirname, '..', '..', 'bin', 'headwater.js');

interface Told {
  readonly check: string;
  readonly ok: boolean;
  readonly said: string;
  readonly todo?: string;
}

interface Visited {
  readonly status: number | null;
  readonly told: readonly Told[];
}

function doctor(token: string, ...options: string[]): Promise<Visited> {
  return doctorUntil(undefined, token, ...options);
}

/** Runs beside this process, which is the deployment that it looks at; is interrupted once it has told of `check`. */
async function doctorUntil(check: string | undefined, token: string, ...options: string[]): Promise<Visited> {
  const child = spawn(process.execPath, [SHIM, 'doctor', '--json', ...options], {
    env: { ...process.env, HEADWATER_CONTROL_TOKEN: token },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let out = '';
  let isInterrupted = false;
  child.stdout.on('data', (data: Buffer) => {
    out += data.toString();
    if (check === undefined || isInterrupted || !out.includes(check)) return;
    isInterrupted = true;
    child.kill('SIGINT');
  });
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

  const left = () => headwater.regions[0]?.origin.eventStore.list('doctor', 10);

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
    expect(await left()).toEqual([]);
  });

  it('leaves none behind when it is interrupted', async () => {
    const { status, told } = await doctorUntil('one: takes init', headwater.controlToken, ...places());
    expect(status).toBe(1);
    expect(told.at(-1)).toMatchObject({ check: 'control: deletes the event again', ok: true });
    expect(told.map(({ check }) => check)).not.toContain(
      'failover: a mask turns viewers to the next pipeline',
    );
    expect(await left()).toEqual([]);
  });

  it('holds clocks against each other before what depends on them', async () => {
    const cdn = createServer((_, answer) => answer.end(new Date(Date.now() - 5000).toISOString()));
    cdn.listen(0, '127.0.0.1');
    await once(cdn, 'listening');
    const url = `http://127.0.0.1:${(cdn.address() as AddressInfo).port}`;
    const { told } = await doctorUntil('origin agree', headwater.controlToken, ...places({ cdn: url }));
    cdn.close();
    expect(told[1]).toMatchObject({
      check: 'viewers: the clocks of this machine and of the origin agree',
      ok: false,
      said: expect.stringMatching(/got \d{4,} ms that this machine is ahead/) as string,
      todo: expect.stringContaining('NTP') as string,
    });
  });

  it('names what fails and goes on with the rest', async () => {
    // Nobody listens on port 9 of this machine.
    const { status, told } = await doctor(headwater.controlToken, ...places({ two: 'http://127.0.0.1:9' }));
    expect(status).toBe(1);
    const failed = told.filter(({ ok }) => !ok);
    expect(failed.map(({ check }) => check)).toEqual([
      'two: turns away who shows no credential',
      'two: takes init and segment of pipeline a',
      'two: takes init and segment of pipeline b',
    ]);
    expect(failed[0]?.todo).toBe('Is --publish two=URL the publish API of that region, and does it run?');
  });

  it('leaves no event behind where viewers have nobody to ask', async () => {
    const { status, told } = await doctor(headwater.controlToken, ...places({ cdn: 'http://127.0.0.1:9' }));
    expect(status).toBe(1);
    const failed = told.filter(({ ok }) => !ok).map(({ check }) => check.split(':')[0]);
    expect(new Set(failed)).toEqual(new Set(['viewers', 'schedule', 'failover']));
    expect(await left()).toEqual([]);
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
    ['no place at all', [], 2, 'wanted --control, --cdn and one --publish'],
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
    expect([without.status, without.stderr]).toEqual([2, expect.stringContaining('wanted --control, --cdn')]);
  });
});
