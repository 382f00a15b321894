/** What a name tells where no configuration says it: `v720/882.m4s` is number 882 of the track `v720/*.m4s`. */
export interface TrackName {
  /** The path below the event with its counter left open. */
  readonly track: string;
  /** As it stands there; absent in names that count nothing. */
  readonly counter?: string;
}

const EXTENSION = /\.[A-Za-z][A-Za-z0-9]*$/;

/**
 * Splits a path below an event. The counter is the last part of the file's name that is nothing but digits (of
 * `chunk-stream0-00001.m4s`: 00001), else its last run of digits (of `segment12.m4s`: 12).
 */
export function trackName(path: string): TrackName {
  const slash = path.lastIndexOf('/') + 1;
  const folder = path.slice(0, slash);
  const file = path.slice(slash);
  const extension = EXTENSION.exec(file)?.[0] ?? '';
  const stem = file.slice(0, file.length - extension.length);
  const found = lastOf(stem, /(?<![A-Za-z0-9])\d+(?![A-Za-z0-9])/g) ?? lastOf(stem, /\d+/g);
  if (found === undefined) return { track: path };
  const [counter] = found;
  const open = `${stem.slice(0, found.index)}*${stem.slice(found.index + counter.length)}`;
  return { track: folder + open + extension, counter };
}

function lastOf(text: string, pattern: RegExp): RegExpExecArray | undefined {
  return [...text.matchAll(pattern)].at(-1);
}

/**
 * How many parts two paths have in common, extensions aside: words between slashes, dots, dashes and underscores. An init
 * belongs to the media with which it shares most (`init-stream0.m4s` and `chunk-stream0-*.m4s`).
 */
export function sharedParts(left: string, right: string): number {
  const parts = partsOf(left);
  return [...partsOf(right)].filter((part) => parts.has(part)).length;
}

function partsOf(path: string): ReadonlySet<string> {
  const words = path.replace(EXTENSION, '').split(/[^A-Za-z0-9]+/);
  return new Set(words.filter((word) => word !== ''));
}
