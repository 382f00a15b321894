import { styleText } from 'node:util';

/** Colours where somebody looks: on a terminal that has them, and without NO_COLOR (no-color.org). */
export type Colour = 'red' | 'green' | 'yellow' | 'cyan' | 'dim' | 'bold';
export type Paint = (colour: Colour, text: string) => string;

/** How texts are coloured on standard output, decided once a command. */
export function painter(): Paint {
  const { stdout } = process;
  // stdout.hasColors is there on terminals alone, and goes by NO_COLOR and TERM.
  const isColoured = stdout.isTTY && stdout.hasColors();
  return isColoured ? (colour, text) => styleText(colour, text) : (_, text) => text;
}

export function print(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/** An answer as programs want it, or as people do. */
export function show(json: boolean, answer: unknown, lines: () => readonly string[]): void {
  if (json) printJson(answer);
  else print(...lines());
}

/** What others wrote must not steer the terminal: control characters (and those of Unicode's C1) are shown as `?`. */
export function harmless(text: string): string {
  return text.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g, '?');
}

/**
 * Lines with columns of equal width; the last one is as long as it likes. On a terminal that is too narrow for the others,
 * a line for each cell.
 * @param paint of a whole row's text, by its place
 */
export function tableLines(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  paint: (line: string, row: number) => string = (line) => line,
): string[] {
  const cells = rows.map((row) => row.map((cell) => harmless(cell).replaceAll('\n', ' ')));
  const widths = head.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const fixed = widths.slice(0, -1).reduce((sum, width) => sum + width + 2, 0) + (head.at(-1)?.length ?? 0);
  if (process.stdout.isTTY && fixed > process.stdout.columns) return cellLines(head, cells, paint);
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  return [line(head.map((title) => title.toUpperCase())), ...cells.map((row, at) => paint(line(row), at))];
}

/** A row is a block of lines; what is empty is left out. */
function cellLines(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  paint: (line: string, row: number) => string,
): string[] {
  const width = Math.max(...head.map(({ length }) => length));
  return rows.flatMap((row, at) => [
    ...(at === 0 ? [] : ['']),
    ...row.flatMap((cell, column) =>
      cell === '' ? [] : [paint(`${(head[column] ?? '').padEnd(width)}  ${cell}`, at)],
    ),
  ]);
}

/** Lines that stay in place on a terminal, and follow each other in a log. */
export class Redrawn {
  #drawn = 0;

  draw(lines: readonly string[]): void {
    const { stdout } = process;
    // What has scrolled off cannot be drawn over.
    const shown = stdout.isTTY ? lines.slice(0, Math.max(1, stdout.rows - 1)) : lines;
    const back = stdout.isTTY && this.#drawn > 0 ? `\x1b[${this.#drawn}A\x1b[J` : '';
    stdout.write(`${back}${shown.join('\n')}\n`);
    this.#drawn = shown.length;
  }
}
