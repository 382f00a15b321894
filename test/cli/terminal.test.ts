import { logText } from '../../cli/log-line';
import { harmless, Redrawn, tableLines } from '../../cli/terminal';
import { cellsThatFit, LEGEND, timelineLines, type Grid } from '../../cli/timeline-lines';

const plain = (_: string, text: string) => text;

describe('what is printed', () => {
  it('has columns of equal width, and no space at the end of a line', () => {
    expect(
      tableLines(
        ['id', 'reason'],
        [
          ['a-long-one', ''],
          ['b', 'why'],
        ],
      ),
    ).toEqual(['ID          REASON', 'a-long-one', 'b           why']);
  });

  it('lets nobody steer the terminal', () => {
    expect(harmless('\x1b]0;title\x07 a\u009b31m b\u202e\x7f')).toBe('?]0;title? a?31m b??');
    expect(tableLines(['reason'], [['two\nlines \x1b[31m']])[1]).toBe('two lines ?[31m');
  });
});

describe('a table', () => {
  const { isTTY, columns } = process.stdout;
  afterEach(() => Object.assign(process.stdout, { isTTY, columns }));
  const head = ['pipeline', 'why', 'digest'];
  const rows = [
    ['a', 'SERVED', '4dc8d3375465'],
    ['b', '', '880946475ffc'],
  ];

  it.each([
    [
      'that the terminal is too narrow for has a line for each cell',
      { isTTY: true, columns: 20 },
      [
        'pipeline  a',
        'why       SERVED',
        'digest    4dc8d3375465',
        '',
        'pipeline  b',
        'digest    880946475ffc',
      ],
    ],
    [
      'that fits is one, though its last column is long',
      { isTTY: true, columns: 26 },
      ['PIPELINE  WHY     DIGEST', 'a         SERVED  4dc8d3375465', 'b                 880946475ffc'],
    ],
    [
      'in a file is one, however wide',
      { isTTY: false, columns: undefined },
      ['PIPELINE  WHY     DIGEST', 'a         SERVED  4dc8d3375465', 'b                 880946475ffc'],
    ],
  ])('%s', (_, terminal, lines) => {
    Object.assign(process.stdout, terminal);
    expect(tableLines(head, rows)).toEqual(lines);
  });
});

describe('a log at a terminal', () => {
  it('is read by people: the time of day, and what is not nothing', () => {
    const fields = {
      region: 'one',
      pipeline: 'a',
      state: 'down',
      late: 0,
      missing: 4,
      receivedIn: { one: 14 },
    };
    const line = JSON.stringify({
      ...{ time: '2026-11-28T22:26:37.283Z', level: 'warn', message: 'the state of a pipeline has changed' },
      ...fields,
    });
    expect(logText(line)).toBe(
      '22:26:37 warn: the state of a pipeline has changed: region one, pipeline a, state down, missing 4',
    );
  });
});

describe('what is drawn again and again', () => {
  const { isTTY, rows } = process.stdout;
  afterEach(() => {
    Object.assign(process.stdout, { isTTY, rows });
    jest.restoreAllMocks();
  });

  it.each([
    ['on a terminal in place, no longer than the screen', true, ['a\nb\n', '\x1b[2A\x1b[Jc\n']],
    ['in a log one after the other', false, ['a\nb\n', 'c\nd\ne\n']],
  ])('is %s', (_, onTerminal, written) => {
    const lines: string[] = [];
    Object.assign(process.stdout, { isTTY: onTerminal, rows: 3 });
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
    const redrawn = new Redrawn();
    redrawn.draw(onTerminal ? ['a', 'b', 'beyond the screen'] : ['a', 'b']);
    redrawn.draw(onTerminal ? ['c'] : ['c', 'd', 'e']);
    expect(lines).toEqual(written);
  });
});

describe('the timeline', () => {
  const grid: Grid = {
    nowMs: 1_767_225_600_000,
    ...{ from: 100, to: 111, liveEdge: 110 },
    ...{ pipelines: ['b', 'a'], unheard: ['us-west-2'] },
    representations: [
      {
        representation: 'v720',
        selected: '000111-10001',
        pipelines: [
          { pipeline: 'b', fates: 'gldmmmmm.gpp', masks: '-----------a' },
          { pipeline: 'a', fates: 'ggggggmggggg', masks: '-------oo---' },
        ],
      },
    ],
  };

  it('has a letter a segment, capital where viewers get it, and a mark at the live edge', () => {
    expect(timelineLines('acme/final', grid, plain)).toEqual([
      'acme/final  2026-01-01T00:00:00Z  live edge 110',
      '                    100      111',
      '                              |',
      'v720        b       CLDmmmmm C.r',
      '            a       cccCCCmOoccC',
      'Without an answer from us-west-2.',
    ]);
  });

  it('fits the terminal', () => {
    const columns = 64;
    const count = cellsThatFit(columns);
    const row = 'g'.repeat(count);
    const wide: Grid = {
      ...{ ...grid, from: 1, to: count },
      representations: [
        {
          representation: 'a-name-that-is-much-too-long',
          selected: '0'.repeat(count),
          pipelines: [{ pipeline: 'b', fates: row, masks: '-'.repeat(count) }],
        },
      ],
    };
    for (const line of [...timelineLines('acme/final', wide, plain).slice(1), ...LEGEND]) {
      expect(line.length).toBeLessThanOrEqual(columns);
      expect(line).not.toContain('\n');
    }
  });
});
