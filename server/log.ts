import type { Clock } from '../origin/ports/clock';

/** One line of JSON an entry; `fields` must be serialisable. */
export interface Log {
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** Entries a second; a failing disk would otherwise fill another with its log. */
const ENTRIES_MAX = 100;

/** Writes `{"time":...,"level":...,"message":...}` lines; counts what it leaves out. */
export function jsonLog(clock: Clock, write: (line: string) => void): Log {
  let second = 0;
  let entries = 0;
  const log = (level: string, message: string, fields: Readonly<Record<string, unknown>> = {}) => {
    const nowMs = clock.nowMs();
    const thisSecond = Math.floor(nowMs / 1000);
    const leftOut = thisSecond === second ? 0 : Math.max(0, entries - ENTRIES_MAX);
    if (thisSecond !== second) [second, entries] = [thisSecond, 0];
    if (++entries > ENTRIES_MAX) return;
    const time = new Date(nowMs).toISOString();
    write(`${JSON.stringify({ time, level, message, ...(leftOut > 0 && { leftOut }), ...fields })}\n`);
  };
  return {
    warn: (message, fields) => log('warn', message, fields),
    error: (message, fields) => log('error', message, fields),
  };
}

/** What an exception says of itself, for a log entry. */
export function errorFields(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { error: String(error) };
  return { error: error.message, name: error.name, stack: error.stack?.split('\n').slice(1, 6) };
}
