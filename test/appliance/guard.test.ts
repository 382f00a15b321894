import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildGuard } from '../../edge/build-guard';
import type { Verdict } from '../../edge/guard/guard';
import { edgeConfigurationOf } from '../../origin/events/edge-configuration';
import { writeNumber } from '../../origin/events/template';
import { dueMs, opensAtMs, positionOf } from '../../origin/schedule/schedule';
import { handler, type Question } from '../edge/guard-build/handler';
import { questions } from '../edge/guard-build/questions';
import { liveEvent, TWO_SECONDS } from '../support/live-event';
import { programPath } from './daemon';

let directory = '';
beforeAll(() => (directory = mkdtempSync(join(tmpdir(), 'headwater-njs-'))));
afterAll(() => rmSync(directory, { recursive: true }));

/** Runs the built guard under Debian's njs. */
function underNjs(asked: readonly Question[]): string {
  const module = join(directory, 'guard.js');
  const input = join(directory, 'questions.json');
  const output = join(directory, 'answers.json');
  const main = join(directory, 'main.js');
  writeFileSync(module, buildGuard('njs', join(__dirname, '../edge/guard-build/answer.ts')));
  writeFileSync(input, JSON.stringify(asked));
  writeFileSync(
    main,
    `import fs from 'fs'; import guard from ${JSON.stringify(module)};
     fs.writeFileSync(${JSON.stringify(output)}, guard.answer(fs.readFileSync(${JSON.stringify(input)}, 'utf8')));`,
  );
  execFileSync(programPath('njs'), [main]);
  return readFileSync(output, 'utf8');
}

describe('the guard under njs', () => {
  it('says what the source says', () => {
    const asked = questions(5000, 2);
    expect(JSON.parse(underNjs(asked))).toEqual(JSON.parse(handler(JSON.stringify(asked))));
  });

  it('agrees with the schedule in every millisecond around every boundary', () => {
    // 2.002 s segments: boundaries fall between milliseconds.
    const event = liveEvent({
      segmentTemplate: { ...TWO_SECONDS, timescale: 30_000, duration: 60_060 },
      initialSegmentNumber: 100,
      finalSegmentNumber: 140,
      timeShiftBufferDepthSeconds: 30,
      publish: { delayMs: 300, holdMs: 700, retryDeadlineMs: 900 },
    });
    const { schedule } = event;
    const number = 120;
    const boundaries = [
      dueMs(schedule, number - 2),
      dueMs(schedule, number - 1),
      opensAtMs(schedule, number),
      dueMs(schedule, number),
      dueMs(schedule, number) + 700,
      dueMs(schedule, number) + 900,
      dueMs(schedule, number + schedule.depthSegments + 1),
      dueMs(schedule, 140),
    ];
    const times = boundaries.flatMap((atMs) => Array.from({ length: 101 }, (_, off) => atMs - 50 + off));
    const path = `/live/acme/final/${writeNumber(event.representations.get('v720')!.media, number)}`;
    const configuration = edgeConfigurationOf(event);
    const said = JSON.parse(underNjs(times.map((nowMs) => ({ path, configuration, nowMs })))) as readonly {
      readonly verdict: Verdict;
    }[];
    const rows = times.map((nowMs, index) => [nowMs, said[index]?.verdict.kind]);
    expect(rows).toEqual(times.map((nowMs) => [nowMs, expected(nowMs)]));
    // Every kind was met, or the sweep would show nothing.
    expect(new Set(rows.map(([, kind]) => kind))).toEqual(new Set(['early', 'hold', 'pass', 'expired']));

    function expected(nowMs: number): Verdict['kind'] {
      const position = positionOf(schedule, number, nowMs);
      if (position.kind === 'expected') return 'hold';
      return position.kind === 'next' || position.kind === 'overdue' ? 'pass' : position.kind;
    }
  });
});
