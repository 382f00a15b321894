import type { Colour, Paint } from './terminal';

/** What `GET .../grid` answers (docs/openapi.yaml), as far as it is drawn. */
export interface Grid {
  readonly nowMs: number;
  readonly from: number;
  readonly to: number;
  readonly liveEdge: number;
  /** `selected` has places in it. */
  readonly pipelines: readonly string[];
  readonly unheard: readonly string[];
  readonly representations: readonly {
    readonly representation: string;
    /** A digit a number, `-` for none. */
    readonly selected: string;
    readonly pipelines: readonly {
      readonly pipeline: string;
      /** A letter a number: good, late, defective, missing, pending, `.` not needed. */
      readonly fates: string;
      /** `o` an operator's, `a` by rule, `-` none. */
      readonly masks: string;
    }[];
  }[];
}

/** The letters of docs/cli.md: first letters of the console's words. */
const LETTERS: Readonly<Record<string, { readonly letter: string; readonly colour: Colour }>> = {
  g: { letter: 'c', colour: 'green' },
  l: { letter: 'l', colour: 'yellow' },
  d: { letter: 'd', colour: 'red' },
  m: { letter: 'm', colour: 'red' },
  p: { letter: '.', colour: 'dim' },
  '.': { letter: ' ', colour: 'dim' },
};
const OPERATORS = { letter: 'o', colour: 'cyan' } as const;
const BY_RULE = { letter: 'r', colour: 'cyan' } as const;

export const LEGEND = [
  'c clean  l late  d defective  m missing  . may still come',
  'o masked by an operator  r masked by rule',
  'a capital letter: viewers get this copy; | is at the live edge',
];

/** Columns before the cells of a row; longer names are cut. */
const REPRESENTATION_COLUMNS = 12;
const PIPELINE_COLUMNS = 8;
const LABEL_COLUMNS = REPRESENTATION_COLUMNS + PIPELINE_COLUMNS;

/** How many segments a row has room for. @param columns of the terminal */
export function cellsThatFit(columns: number): number {
  return Math.max(1, columns - LABEL_COLUMNS - 1);
}

/** The grid as text: a row for each pipeline of each representation, the newest segment at the right. */
export function timelineLines(event: string, grid: Grid, paint: Paint): string[] {
  const { nowMs, from, to, liveEdge, unheard } = grid;
  const count = to - from + 1;
  const [oldest, newest] = [`${from}`, `${to}`];
  const ruler =
    count > oldest.length + newest.length
      ? oldest + newest.padStart(count - oldest.length)
      : `${oldest} to ${newest}`;
  const at = liveEdge - from;
  const mark = at >= 0 && at < count ? [`${indent()}${' '.repeat(at)}|`] : [];
  return [
    `${paint('bold', event)}  ${new Date(nowMs).toISOString().slice(0, 19)}Z  live edge ${liveEdge}`,
    `${indent()}${ruler}`,
    ...mark,
    ...grid.representations.flatMap((row) => rowLines(row, grid.pipelines, paint)),
    ...(unheard.length > 0 ? [paint('red', `Without an answer from ${unheard.join(', ')}.`)] : []),
  ];
}

function indent(): string {
  return ' '.repeat(LABEL_COLUMNS);
}

function label(text: string, columns: number): string {
  return text.slice(0, columns - 1).padEnd(columns);
}

type Row = Grid['representations'][number];

function rowLines(
  { representation, selected, pipelines }: Row,
  order: readonly string[],
  paint: Paint,
): string[] {
  return pipelines.map(({ pipeline, fates, masks }, index) => {
    const place = `${order.indexOf(pipeline)}`;
    const cells = fates.split('').map((fate, at) => cellOf(fate, masks[at] ?? '-', selected[at] === place));
    return `${label(index === 0 ? representation : '', REPRESENTATION_COLUMNS)}${label(pipeline, PIPELINE_COLUMNS)}${painted(cells, paint)}`;
  });
}

interface Drawn {
  readonly letter: string;
  readonly colour: Colour;
}

function cellOf(fate: string, mask: string, isSelected: boolean): Drawn {
  const drawn = mask === 'o' ? OPERATORS : mask === 'a' ? BY_RULE : LETTERS[fate];
  const { letter, colour } = drawn ?? { letter: '?', colour: 'red' };
  return { letter: isSelected ? letter.toUpperCase() : letter, colour };
}

/** Neighbours of one colour are painted together: a row is a few escapes, not one a cell. */
function painted(cells: readonly Drawn[], paint: Paint): string {
  const runs: { colour: Colour; text: string }[] = [];
  for (const { letter, colour } of cells) {
    const last = runs.at(-1);
    if (last?.colour === colour) last.text += letter;
    else runs.push({ colour, text: letter });
  }
  return runs
    .map(({ colour, text }) => paint(colour, text))
    .join('')
    .trimEnd();
}
