/**
 * A regular expression, without groups that count and without anchors, of exactly the whole numbers from `from` to `to`,
 * written without leading zeros. Varnish's bans know no other arithmetic on what an object carries.
 * @param from 0 or more
 * @param to `from` or more, at most 2^53 - 1
 * @throws RangeError for anything else
 * @example `numberRange(8, 123)` is `(?:[89]|[1-9]\d|1[01]\d|12[0-3])`
 */
export function numberRange(from: number, to: number): string {
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from < 0 || to < from)
    throw new RangeError(`range: wanted whole numbers, 0 <= from <= to, got ${from} to ${to}`);
  const parts: string[] = [];
  for (let start = from; start <= to;) {
    const end = blockEnd(start, to);
    parts.push(pattern(start.toString(), end.toString()));
    start = end + 1;
  }
  return `(?:${parts.join('|')})`;
}

/**
 * The last number of the longest run from `start` that one pattern covers: the digits before differ in none, one digit
 * spans a range, and those behind it are any.
 */
function blockEnd(start: number, to: number): number {
  let end = start;
  for (let power = 1; power <= 1e15; power *= 10) {
    // Digits behind the spanning one must all begin at 0, and the number must not grow a digit.
    if (start % power !== 0 || (power > 1 && start < power)) break;
    const digit = Math.floor(start / power) % 10;
    const last = start + (9 - digit) * power + power - 1;
    const whole = Math.min(9, digit + Math.floor((to - start + 1) / power) - 1);
    if (whole < digit) break;
    end = last <= to ? last : start + (whole - digit) * power + power - 1;
    if (last > to) break;
  }
  return end;
}

/** Two numbers of the same length that differ in one digit alone, and in 0 against 9 behind it. */
function pattern(start: string, end: string): string {
  let text = '';
  let any = 0;
  for (let at = 0; at < start.length; at += 1) {
    const low = start[at] ?? '';
    const high = end[at] ?? '';
    if (low === high) text += low;
    else if (low === '0' && high === '9') any += 1;
    else text += Number(high) - Number(low) === 1 ? `[${low}${high}]` : `[${low}-${high}]`;
  }
  if (any === 0) return text;
  return any === 1 ? `${text}\\d` : `${text}\\d{${any}}`;
}
