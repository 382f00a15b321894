import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryDirectory } from '../support/temporary-directory';

const ROOT = join(__dirname, '..', '..');
const SHIM = join(ROOT, 'bin', 'headwater.js');
const PAGE = readFileSync(join(ROOT, 'docs', 'operating.md'), 'utf8');

/** Seconds that a fault lasts here, in place of the page's 10 and 20: it leaves its mark on three segments or so. */
const FAULT_SECONDS = 6;
/** Anything that the page says is seen is seen sooner or later, on a slow machine too. */
const SEEN_MS = 60_000;

interface Told {
  readonly code: number | null;
  readonly out: string;
}

/**
 * What a line of the page tells, in the words of the page. One that only looks is run again until it does; so is one that was
 * refused, since the pipelines of a slow machine are late.
 */
interface Step {
  readonly line: RegExp;
  readonly wanted: RegExp | ((told: string) => boolean);
  readonly again?: true;
  /** Afterwards what the change before said as `Undo: ...` is done. */
  readonly takesBack?: true;
}

/** Letters of a pipeline's row, of v720. */
function lettersOf(told: string, pipeline: string): string {
  const lines = told.split('\n');
  const first = lines.findIndex((line) => line.startsWith('v720'));
  const row = lines.slice(first, first + 2).find((line) => line.slice(12).startsWith(pipeline));
  return row?.slice(20).trimEnd() ?? '';
}

/** A segment of which `a` has this letter, and `b` the capital. */
function failsOver(letter: string): Step['wanted'] {
  return (told) => {
    const [a, b] = [lettersOf(told, 'a'), lettersOf(told, 'b')];
    return a.split('').some((one, at) => one === letter && b[at] === 'C');
  };
}

const STEPS: readonly Step[] = [
  {
    line: /timeline/,
    wanted: (told) => /^ *C+\.*$/.test(lettersOf(told, 'a')) && /^ *c+\.*$/.test(lettersOf(told, 'b')),
    again: true,
  },
  { line: /lab list/, wanted: /^stop +pipeline +a b +sends nothing any more$[^]*^Nothing is broken\.$/m },
  { line: /break cut-frames a/, wanted: /^cut-frames of a until \S+Z\. Earlier: headwater lab mend / },
  { line: /timeline/, wanted: failsOver('d'), again: true },
  { line: /break stop a/, wanted: /^stop of a until / },
  { line: /timeline/, wanted: failsOver('m'), again: true },
  { line: /health/, wanted: /^v720 +a +\w+ +\d+ +\d+ +[1-9]\d* +[1-9]\d* /m },
  {
    line: /explain/,
    wanted:
      /^Segment \d+ of v720: served from pipeline a, which us-east-1 and us-west-2 have: it is the first in order[^]*^a +SERVED[^]*^b +later-in-order/m,
    again: true,
  },
  {
    line: /mask .* --preview/,
    wanted: /^Preview, nothing is changed: [^]*^Changes \d+ segments?: /m,
    again: true,
  },
  {
    line: /mask .* --reason drill/,
    wanted: /within 2 s\. Slower:[^]*^Undo: headwater mask remove demo\/loop \S+$/m,
    again: true,
  },
  { line: /timeline/, wanted: (told) => /oo/.test(lettersOf(told, 'a')), again: true, takesBack: true },
  { line: /prefer/, wanted: /^Done: prefer b, a from segment / },
  { line: /notice add/, wanted: /^Done: tell notice ad-break\.$/m },
  { line: /invalidate/, wanted: /^Done: make caches forget segments \d+ to \d+\.$/m },
  {
    line: /timeline/,
    wanted: (told) => /C[ .]*$/.test(lettersOf(told, 'b')) && !/C[ .]*$/.test(lettersOf(told, 'a')),
    again: true,
  },
  { line: /curl -sI/, wanted: /^headwater-notices: .*ad-break;.*duration=30/im, again: true },
  { line: /break stop-region us-east-1/, wanted: /^stop-region of us-east-1 until / },
  { line: /curl -s -o/, wanted: /^200$/m },
  { line: /event end .*--preview/, wanted: /^Preview, nothing is changed: end demo\/loop/ },
  { line: /event end .*--reason drill/, wanted: /^Done: end demo\/loop/ },
  {
    line: /event history/,
    wanted: (told) =>
      [/ended +"drill"/, /invalidation/, /notice/, /preference +"drill"/, /undone/, /mask +"drill"/].every(
        (one) => one.test(told),
      ),
  },
];

/** Every line of every block for a shell, in the order of the page. */
function linesOfPage(): readonly string[] {
  return [...PAGE.matchAll(/^```sh\n([^]*?)^```$/gm)].flatMap(([, block = '']) => block.trim().split('\n'));
}

/** As somebody follows it: one line after the other in one directory, where `npm start` runs. */
describe('docs/operating.md', () => {
  const [start = '', ...lines] = linesOfPage();
  const directory = temporaryDirectory();
  let running: ChildProcess;
  let edge = '';
  let undo = '';

  /** The page's port is replaced here, and how long faults last; nothing else. */
  const asRun = (line: string) =>
    line.replaceAll('http://127.0.0.1:8080', edge).replace(/--seconds \d+/, `--seconds ${FAULT_SECONDS}`);
  const shell = (line: string) =>
    spawn('bash', ['-c', line], {
      cwd: directory,
      env: {
        ...process.env,
        ...{ PATH: `${join(directory, 'bin')}:${process.env['PATH'] ?? ''}`, HEADWATER_CONTROL: edge },
      },
      // In a group of its own, so that what a line starts ends with it.
      ...{ detached: true, stdio: ['ignore', 'pipe', 'ignore'] },
    });
  const run = async (line: string): Promise<Told> => {
    const child = shell(asRun(line));
    let out = '';
    child.stdout.on('data', (data: Buffer) => (out += data.toString()));
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    return { code, out };
  };
  const isSeen = (wanted: Step['wanted'], { code, out }: Told) =>
    code === 0 && (typeof wanted === 'function' ? wanted(out) : wanted.test(out));
  const follow = async (line: string, { wanted, again }: Pick<Step, 'wanted' | 'again'>): Promise<Told> => {
    const endMs = Date.now() + SEEN_MS;
    let told = await run(line);
    while (again === true && !isSeen(wanted, told) && Date.now() < endMs) {
      await sleep(500);
      told = await run(line);
    }
    if (!isSeen(wanted, told)) throw new Error(`${line}: wanted ${String(wanted)}, got ${told.out}`);
    return told;
  };

  beforeAll(async () => {
    // `npm start` with ports of its own; `npx headwater` without npx, which takes a second to find this checkout.
    mkdirSync(join(directory, 'bin'));
    const ports = '--port 0 --region us-east-1:0 --region us-west-2:0';
    const npm = `case $1 in start) exec ${process.execPath} ${SHIM} start --demo ${ports};; esac`;
    for (const [name, script] of [
      ['npm', npm],
      ['npx', `shift; exec ${process.execPath} ${SHIM} "$@"`],
    ] as const) {
      const file = join(directory, 'bin', name);
      writeFileSync(file, `#!/bin/sh\n${script}\n`);
      chmodSync(file, 0o755);
    }
    running = shell(start);
    edge = await new Promise<string>((resolve) =>
      running.stdout?.on('data', (data: Buffer) => {
        const [, found] = /^ +Console +(http:\/\/[^/]+)\/console\//m.exec(data.toString()) ?? [];
        if (found !== undefined) resolve(found);
      }),
    );
  }, SEEN_MS);
  afterAll(async () => {
    const ended = new Promise((resolve) => running.once('close', resolve));
    process.kill(-(running.pid ?? NaN), 'SIGTERM');
    await ended;
  });

  it('begins with what the package starts, and has a line for every step', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    expect([start, scripts['start']]).toEqual(['npm ci && npm start', 'node bin/headwater.js start --demo']);
    expect(lines).toEqual(STEPS.map(({ line }) => expect.stringMatching(line) as string));
  });

  it.each(lines.map((line, at) => [line, STEPS[at] as Step] as const))(
    '%s',
    async (line, step) => {
      const { code, out } = await follow(line, step);
      expect(code).toBe(0);
      undo = /^Undo: (headwater .*)$/m.exec(out)?.[1] ?? undo;
      if (step.takesBack) await follow(`npx ${undo}`, { wanted: /^Done: take back mask/ });
    },
    2 * SEEN_MS,
  );
});
