/**
 * DASH segment templates (ISO/IEC 23009-1, 5.3.9.4.4): `$RepresentationID$`, `$Number$`, `$Time$`, a width as in
 * `$Number%09d$`. Restricted to what makes one canonical URL for each segment: every number has exactly one name.
 */
export interface SegmentName {
  readonly prefix: string;
  readonly suffix: string;
  /** Least digits, padded with zeros; 1 for a plain `$Number$`. */
  readonly width: number;
}

const PLACEHOLDER = /\$(?:RepresentationID|(?:Number|Time)(?:%0(\d{1,2})d)?)\$/g;
const PATH = /^[A-Za-z0-9._~-]+(\/[A-Za-z0-9._~-]+)*$/;
const WIDTH_MAX = 16;

/** @returns what is wrong with a template, or undefined. `$RepresentationID$` may be left out of an override. */
export function checkTemplate(
  kind: 'initialization' | 'media' | 'ingestMedia',
  template: string,
): string | undefined {
  const counter = { initialization: undefined, media: '$Number', ingestMedia: '$Time' }[kind];
  const counters = template.match(/\$(Number|Time)(%0\d{1,2}d)?\$/g) ?? [];
  if (counter === undefined && counters.length > 0) return `wanted no $Number$ or $Time$ in ${kind}`;
  if (counter !== undefined && (counters.length !== 1 || !counters[0].startsWith(counter)))
    return `wanted ${counter}$ once in ${kind}`;
  if (counters.some((found) => Number(/%0(\d+)d/.exec(found)?.[1] ?? 1) > WIDTH_MAX))
    return `wanted a width of at most ${WIDTH_MAX}`;
  const plain = template.replace(PLACEHOLDER, '0');
  if (!PATH.test(plain) || plain.split('/').some((part) => part === '.' || part === '..'))
    return 'wanted names of A-Z a-z 0-9 . _ ~ - separated by /, without dot segments';
  return undefined;
}

/** A template of one representation with its counter left open. The template has passed {@link checkTemplate}. */
export function segmentName(template: string, representation: string): SegmentName {
  const filled = template.replaceAll('$RepresentationID$', representation);
  const counter = /\$(?:Number|Time)(?:%0(\d{1,2})d)?\$/.exec(filled);
  if (counter === null) return { prefix: filled, suffix: '', width: 0 };
  return {
    prefix: filled.slice(0, counter.index),
    suffix: filled.slice(counter.index + counter[0].length),
    width: Math.max(1, Number(counter[1] ?? 1)),
  };
}

/** @example `writeNumber({ prefix: 'v/', suffix: '.m4s', width: 1 }, 7)` is `v/7.m4s`. */
export function writeNumber(name: SegmentName, number: number | bigint): string {
  return name.prefix + number.toString().padStart(name.width, '0') + name.suffix;
}

/**
 * The number in a path that has the name's form; undefined when it has another form, `'not-canonical'` when it is an
 * alias (leading zeros beyond the width) or no safe integer.
 */
export function readNumber(name: SegmentName, path: string): number | 'not-canonical' | undefined {
  const digits = digitsOf(name, path);
  if (digits === undefined) return undefined;
  const number = Number(digits);
  if (!Number.isSafeInteger(number) || digits !== number.toString().padStart(name.width, '0'))
    return 'not-canonical';
  return number;
}

/** As {@link readNumber} for `$Time$`, whose ticks may exceed 2^53. */
export function readTime(name: SegmentName, path: string): bigint | undefined {
  const digits = digitsOf(name, path);
  return digits === undefined ? undefined : BigInt(digits);
}

function digitsOf(name: SegmentName, path: string): string | undefined {
  if (!path.startsWith(name.prefix) || !path.endsWith(name.suffix)) return undefined;
  const digits = path.slice(name.prefix.length, path.length - name.suffix.length);
  return /^\d{1,20}$/.test(digits) ? digits : undefined;
}
