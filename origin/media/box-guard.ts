import { boxSize, fourCharacters, type Box } from './box';
import { DEMANDING_TYPES, demandRule, Payload, STRING_BYTES_MAX, type DemandRule } from './box-demand';
import { defect, measure, type Defect } from './defect';
import { looksLike } from './looks-like';

/** 10 s of 60 fragments a second, encrypted, are 6600; a walk of so many takes some 2 ms. */
export const BOXES_MAX = 10_000;
/** Samples (and index references) of one segment: 10 s of 960 frames a second, or of AAC twenty times over. */
export const SAMPLES_MAX = 10_000;
/** Brands of a styp or ftyp; packagers write five. */
export const BRANDS_MAX = 64;
/** moov/trak/mdia/minf/stbl/stsd/encv/sinf/schi/tenc is 10 deep. */
export const DEPTH_MAX = 12;

/** What the guard found: a tree that every reader may trust, or why there is none. `visited` counts boxes. */
export type GuardResult =
  | { readonly kind: 'guarded'; readonly boxes: readonly Box[]; readonly visited: number }
  | { readonly kind: 'refused'; readonly defect: Defect; readonly visited: number };

/** Boxes that the guard enters, and how many bytes of their payload come before the first child. */
const CHILDREN_AT = new Map<string, number>([
  ...['moov', 'trak', 'edts', 'mdia', 'minf', 'stbl', 'mvex', 'moof', 'traf', 'sinf', 'schi'].map(at(0)),
  ['stsd', 8],
  ['wvtt', 8],
  ...['avc1', 'avc3', 'hvc1', 'hev1', 'dvh1', 'dvhe', 'av01', 'vp09', 'encv'].map(at(78)),
  ...['mp4a', 'ac-3', 'ec-3', 'ac-4', 'Opus', 'fLaC', 'enca'].map(at(28)),
]);

/** What may stand first. Anything else is no ISO BMFF file, or none whose beginning arrived. */
const FIRST = new Set(
  'ftyp styp moov moof mdat sidx ssix emsg prft free skip uuid wide meta mfra pdin'.split(' '),
);

/** All that the guard knows of a type. */
interface TypeRule {
  readonly type: string;
  readonly demand: DemandRule | undefined;
  /** Bytes before the first child; undefined for what is not entered. */
  readonly childrenAt: number | undefined;
}

function makeRule(type: string): TypeRule {
  return { type, demand: demandRule(type), childrenAt: CHILDREN_AT.get(type) };
}

/** By the four bytes as a number: one look for each box, and no text made of the types that occur all the time. */
const RULES = new Map(
  [...FIRST, ...DEMANDING_TYPES, ...CHILDREN_AT.keys()].map((type) => [codeOf(type), makeRule(type)]),
);

function codeOf(type: string): number {
  return Array.from(type).reduce((code, character) => code * 256 + character.charCodeAt(0), 0);
}

/** @returns undefined where the four bytes are not printable. */
function ruleOf(code: number): TypeRule | undefined {
  const known = RULES.get(code);
  if (known !== undefined || !isPrintable(code)) return known;
  return makeRule(String.fromCharCode(code >>> 24, (code >>> 16) & 0xff, (code >>> 8) & 0xff, code & 0xff));
}

type Extent = Pick<Box, 'payload' | 'end'>;

/** Boxes whose entries are read one by one; of the others only the count is checked. */
const READ_ENTRIES = new Set(['trun', 'sidx']);

const NO_BOXES: readonly Box[] = [];

interface Walk {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  visited: number;
  entries: number;
  fault: Defect | undefined;
}

/**
 * Walks the boxes of a file once, before any library reads them, and holds every size, count and depth against the bytes
 * that are there: libraries loop for ever on a size of 0 or a crafted sample count, and one PUT must not stop the origin.
 * Never throws; takes O(boxes), never O(bytes); mdat is skipped, not read.
 */
export function guardBoxes(bytes: Uint8Array): GuardResult {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const walk: Walk = { bytes, view, visited: 0, entries: 0, fault: undefined };
  const boxes = isBoxFile(walk) ? boxesBetween(walk, 0, bytes.length, 0) : [];
  if (walk.fault !== undefined) return { kind: 'refused', defect: walk.fault, visited: walk.visited };
  return { kind: 'guarded', boxes, visited: walk.visited };
}

function isBoxFile(walk: Walk): boolean {
  const { bytes } = walk;
  if (bytes.length === 0) return refuse(walk, 'malformed', { wanted: 'an ISO BMFF box', got: 'no bytes' });
  if (bytes.length >= 8 && FIRST.has(fourCharacters(bytes, 4))) return true;
  if (bytes.length < 8 && looksLike(bytes) === 'no ISO BMFF box') {
    return refuse(walk, 'truncated', { box: 'first', wanted: 8, got: bytes.length });
  }
  return refuse(walk, 'malformed', { wanted: 'an ISO BMFF box', got: looksLike(bytes) });
}

function boxesBetween(walk: Walk, start: number, end: number, depth: number): readonly Box[] {
  if (depth > DEPTH_MAX) refuse(walk, 'malformed', { box: 'nesting', wanted: DEPTH_MAX, got: depth });
  const boxes: Box[] = [];
  for (let at = start; at < end && walk.fault === undefined;) {
    const box = boxAt(walk, at, end, depth);
    if (box === undefined) break;
    boxes.push(box);
    at = box.end;
  }
  return boxes;
}

function boxAt(walk: Walk, start: number, limit: number, depth: number): Box | undefined {
  if (++walk.visited > BOXES_MAX)
    refuse(walk, 'malformed', { box: 'count', wanted: BOXES_MAX, got: walk.visited });
  else if (limit - start < 8) cut(walk, depth, 'header', start + 8, limit);
  if (walk.fault !== undefined) return undefined;
  const rule = ruleOf(walk.view.getUint32(start + 4));
  if (rule === undefined) {
    refuse(walk, 'malformed', {
      at: start,
      wanted: 'a box',
      got: looksLike(walk.bytes.subarray(start, limit)),
    });
    return undefined;
  }
  const { type, childrenAt } = rule;
  const extent = extentOf(walk, start, limit, depth, type);
  if (extent === undefined) return undefined;
  const { payload, end } = extent;
  if (!fits(walk, rule, payload, end)) return undefined;
  const children =
    childrenAt === undefined ? NO_BOXES : boxesBetween(walk, payload + childrenAt, end, depth + 1);
  return { type, start, payload, end, children };
}

/** Four characters from space to tilde. */
function isPrintable(type: number): boolean {
  for (let shift = 24; shift >= 0; shift -= 8) {
    const character = (type >>> shift) & 0xff;
    if (character < 0x20 || character > 0x7e) return false;
  }
  return true;
}

/** Holds a box's size against what is there. 0, "to the end of the file", is for a file's last box only. */
function extentOf(walk: Walk, start: number, limit: number, depth: number, box: string): Extent | undefined {
  const short = walk.view.getUint32(start);
  if (short === 0 && depth === 0) return { payload: start + 8, end: limit };
  const large = short === 1;
  if (large && limit - start < 16) {
    cut(walk, depth, box, start + 16, limit);
    return undefined;
  }
  const size = boxSize(walk.view, start);
  const header = (large ? 16 : 8) + (box === 'uuid' ? 16 : 0);
  if (size < header) {
    refuse(walk, 'malformed', { box, at: start, wanted: header, got: size });
    return undefined;
  }
  if (size > Number.MAX_SAFE_INTEGER) {
    refuse(walk, 'malformed', { box, at: start, wanted: 'a size below 2^53', got: 'a greater one' });
    return undefined;
  }
  if (start + size > limit) {
    cut(walk, depth, box, start + size, limit);
    return undefined;
  }
  return { payload: start + header, end: start + size };
}

/** At the top the bytes end too early: they were cut. Inside a box its parent says how long it is: it contradicts. */
function cut(walk: Walk, depth: number, box: string, wanted: number, got: number): void {
  refuse(walk, depth === 0 ? 'truncated' : 'malformed', { box, wanted: measure(wanted), got });
}

function fits(
  walk: Walk,
  { type: box, demand, childrenAt = 0 }: TypeRule,
  start: number,
  end: number,
): boolean {
  const got = end - start;
  if (childrenAt > got) return refuse(walk, 'malformed', { box, wanted: childrenAt, got });
  if (demand === undefined) return true;
  const payload = new Payload(walk.view, start, end);
  const wanted = demand.bytes(payload);
  if (wanted === Infinity) {
    return refuse(walk, 'malformed', { box, wanted: `strings of at most ${STRING_BYTES_MAX} bytes`, got });
  }
  if (wanted > got) return refuse(walk, 'malformed', { box, wanted, got });
  return withinLimits(walk, box, demand.entries?.(payload) ?? 0, got);
}

/** Counts that fit their box can still be too many: a reader makes an object of every one. */
function withinLimits(walk: Walk, box: string, entries: number, bytes: number): boolean {
  const brands = box === 'styp' || box === 'ftyp' ? Math.floor(bytes / 4) - 1 : 0;
  if (brands > BRANDS_MAX) return refuse(walk, 'malformed', { box, wanted: BRANDS_MAX, got: brands });
  if (READ_ENTRIES.has(box)) walk.entries += entries;
  const most = Math.max(entries, walk.entries);
  if (most > SAMPLES_MAX) return refuse(walk, 'malformed', { box, wanted: SAMPLES_MAX, got: most });
  return true;
}

function refuse(walk: Walk, name: 'malformed' | 'truncated', measures: Defect['measures']): false {
  walk.fault ??= defect(name, measures);
  return false;
}

function at(offset: number) {
  return (type: string): [string, number] => [type, offset];
}
