import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  asTrack,
  branded,
  corrupt,
  cutFrames,
  dropFragment,
  shiftFragment,
  shiftTime,
  truncate,
  withoutSync,
} from '../../demo/damage';
import { STRING_BYTES_MAX } from '../../origin/media/box-demand';
import { BOXES_MAX, BRANDS_MAX, DEPTH_MAX, SAMPLES_MAX } from '../../origin/media/box-guard';
import { DEFECT_CLASS_OF, type Defect, type DefectName } from '../../origin/media/defect';
import { inspectSegment } from '../../origin/media/inspect-segment';
import { box, joined } from '../support/boxes';
import { fixture, found, segmentOf } from '../support/media';
import { judged } from '../support/timed';

const PAGE = readFileSync(join(__dirname, '..', '..', 'docs', 'inspection.md'), 'utf8');

/** The rows of the table whose header begins with `column`. */
function tableOf(column: string): readonly (readonly string[])[] {
  const lines = PAGE.split('\n');
  const header = lines.findIndex((line) => new RegExp(`^\\| ${column} +\\|`).test(line));
  if (header < 0)
    throw new Error(`wanted a table that begins with "${column}" in docs/inspection.md, got none`);
  const after = lines.slice(header + 2);
  return after
    .slice(
      0,
      after.findIndex((line) => !line.startsWith('|')),
    )
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

interface Row {
  readonly name: string;
  readonly class: string;
  readonly measures: readonly string[];
  readonly foundBy: string;
}

const ROWS: readonly Row[] = tableOf('defect').map(
  ([name = '', type = '', measures = '', , foundBy = '']) => ({
    name,
    class: type,
    measures: [...measures.matchAll(/`([^`]+)`/g)].map(([, measure]) => measure ?? ''),
    foundBy,
  }),
);

/** Damage that makes each defect which the bytes themselves, or their time, can show. */
const MADE: Partial<Record<DefectName, readonly (() => readonly Defect[])[]>> = {
  malformed: [
    of('avc-25', (bytes) => corrupt(bytes, 7)),
    of('avc-25', (bytes) => joined(bytes, box('mdat'))),
  ],
  truncated: [of('avc-25', (bytes) => truncate(bytes, 4000))],
  'wrong-track': [of('avc-25', (bytes) => asTrack(bytes, 7))],
  'wrong-timescale': [
    () =>
      inspectSegment(segmentOf(fixture('avc-25')).bytes, { timescale: 90_000, contentType: 'video' }).defects,
  ],
  discontinuity: [of('avc-25', (bytes) => shiftTime(bytes, 960n))],
  short: [of('avc-25', (bytes) => cutFrames(bytes, 11))],
  gap: [of('avc-25-chunked', (bytes) => dropFragment(bytes, 3))],
  overlap: [of('avc-25-chunked', (bytes) => shiftFragment(bytes, 49, -512n))],
  'no-sync': [of('avc-25', withoutSync)],
  long: [() => found(fixture('aac-48k'), segmentOf(fixture('aac-48k')).bytes, { duration: 1900 }).defects],
  filler: [of('avc-25', (bytes) => branded(bytes, 'slat'))],
  'encoder-delay': [of('aac-48k-cbcs', (bytes) => bytes)],
  'unusual-boxes': [of('avc-25', (bytes) => joined(bytes, box('mfra')))],
};

function of(name: string, damage: (bytes: Uint8Array) => Uint8Array): () => readonly Defect[] {
  return () => found(fixture(name), damage(segmentOf(fixture(name)).bytes)).defects;
}

describe('the table of defects in docs/inspection.md', () => {
  it('is the closed list of the code, class by class', () => {
    expect(Object.fromEntries(ROWS.map((row) => [row.name, row.class]))).toEqual(DEFECT_CLASS_OF);
  });

  it('is ordered from fatal to note', () => {
    const order = ['fatal', 'severe', 'moderate', 'minor', 'note'];
    const ranks = ROWS.map((row) => order.indexOf(row.class));
    expect(ranks).toEqual([...ranks].sort((left, right) => left - right));
  });

  it.each(ROWS.filter(({ foundBy }) => /guard|inspection|timing/.test(foundBy)))(
    '$name is found in real segments that were damaged so, with the measures of its row',
    ({ name, measures }) => {
      const makers = MADE[name as DefectName] ?? [];
      const made = makers.flatMap((make) => make()).filter((one) => one.name === name);
      expect(made.length).toBeGreaterThan(0);
      expect(new Set(made.flatMap((one) => Object.keys(one.measures)))).toEqual(new Set(measures));
    },
  );

  it('leaves to ingest and review only what one segment cannot show', () => {
    const others = ROWS.filter(({ foundBy }) => !/guard|inspection|timing/.test(foundBy)).map(
      ({ name }) => name,
    );
    expect(others).toEqual(['wrong-init', 'repeated', 'late']);
  });
});

describe('the other tables of docs/inspection.md', () => {
  it('names the limits that the guard has', () => {
    expect(tableOf('limit').map(([, value]) => Number(value))).toEqual([
      BOXES_MAX,
      SAMPLES_MAX,
      BRANDS_MAX,
      DEPTH_MAX,
      STRING_BYTES_MAX,
    ]);
  });

  it.each<[string, string, object, object, readonly string[]]>([
    ['video', 'less than one tick', { baseMediaDecodeTime: 1n }, {}, ['discontinuity;ticks=1']],
    ['audio', 'less than one frame', { baseMediaDecodeTime: 511n }, { contentType: 'audio' }, []],
    [
      'audio',
      'less than one frame',
      { baseMediaDecodeTime: 512n },
      { contentType: 'audio' },
      ['discontinuity;ticks=512'],
    ],
    [
      'text',
      'less than one segment',
      { baseMediaDecodeTime: 25_599n, durationTicks: 1n },
      { contentType: 'text' },
      [],
    ],
    [
      '`sparse`',
      'less than one segment',
      { baseMediaDecodeTime: 25_600n },
      { sparse: true },
      ['discontinuity;ticks=25600'],
    ],
  ])('allows %s to start off by %s', (content, start, inspection, expectation, wanted) => {
    const row = tableOf('content').find(([first = '']) => first.includes(content));
    expect(row?.[1]).toBe(start);
    expect(judged(inspection, expectation)).toEqual(wanted);
  });
});
