import { harmless } from './terminal';

/**
 * How a server's log is written: for programs as it is, a line of JSON an entry; for who sits at a terminal as a line to
 * read.
 * @returns undefined where the log is nobody's terminal
 */
export function terminalLog(): { readonly writeLog: (line: string) => void } | undefined {
  const { stderr } = process;
  if (!stderr.isTTY) return undefined;
  return {
    writeLog: (line) => void stderr.write(`${logText(line).slice(0, Math.max(40, stderr.columns - 1))}\n`),
  };
}

/** @example `22:26:37 warn: the state of a pipeline has changed: region one, event loop, pipeline a, state down` */
export function logText(line: string): string {
  const { time, level, message, ...fields } = JSON.parse(line) as Readonly<Record<string, unknown>>;
  const told = Object.entries(fields)
    .filter(([, value]) => typeof value !== 'object' && value !== 0)
    .map(([name, value]) => `${name} ${String(value)}`);
  const said = `${String(time).slice(11, 19)} ${String(level)}: ${String(message)}`;
  return harmless(told.length === 0 ? said : `${said}: ${told.join(', ')}`);
}
