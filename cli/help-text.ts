import type { AddHelpTextContext } from 'commander';

/** As commander takes it where nobody says how wide the terminal is. */
const COLUMNS = 80;

/** What stands below the options of a command's help, as wide as the terminal is. */
export function helpText(text: string): (context: AddHelpTextContext) => string {
  return ({ command, error }) => {
    const output = command.configureOutput();
    return reflow(text, (error ? output.getErrHelpWidth?.() : output.getOutHelpWidth?.()) ?? COLUMNS);
  };
}

/** Prose is wrapped; what is to be copied, and what stands in columns, stays as it is. */
export function reflow(text: string, columns: number): string {
  const lines = text.split('\n');
  const isCode = (at: number): boolean =>
    /^ +\$ /.test(lines[at] ?? '') || ((lines[at - 1] ?? '').endsWith('\\') && isCode(at - 1));
  const pieces: { readonly indent: string; text: string; readonly kept: boolean }[] = [];
  for (const [at, line] of lines.entries()) {
    const indent = /^ */.exec(line)?.[0] ?? '';
    const words = line.slice(indent.length);
    const kept = words === '' || isCode(at) || words.includes('  ');
    const last = pieces.at(-1);
    if (!kept && last?.kept === false && last.indent === '' && indent === '') last.text += ` ${words}`;
    else pieces.push({ indent, text: words, kept });
  }
  return pieces
    .flatMap((piece) => (piece.kept ? [piece.indent + piece.text] : wrapped(piece, columns)))
    .join('\n');
}

function wrapped({ indent, text }: { readonly indent: string; readonly text: string }, columns: number) {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(indent + word);
  }
  return lines;
}
