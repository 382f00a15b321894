/**
 * The closed list of defects. The table of docs/inspection.md is the same list for people; a test holds the two
 * together.
 */
export const DEFECT_CLASS_OF = {
  malformed: 'fatal',
  truncated: 'fatal',
  'wrong-track': 'fatal',
  'wrong-timescale': 'fatal',
  discontinuity: 'severe',
  'wrong-init': 'severe',
  repeated: 'severe',
  short: 'moderate',
  gap: 'moderate',
  overlap: 'moderate',
  'no-sync': 'moderate',
  long: 'minor',
  filler: 'minor',
  late: 'note',
  'encoder-delay': 'note',
  'unusual-boxes': 'note',
} as const satisfies Record<string, DefectClass>;

export type DefectName = keyof typeof DEFECT_CLASS_OF;

/** From the one that only informs to the one that refuses the bytes. */
export type DefectClass = 'note' | 'minor' | 'moderate' | 'severe' | 'fatal';

const RANK: Readonly<Record<DefectClass, number>> = { note: 0, minor: 1, moderate: 2, severe: 3, fatal: 4 };

/** Why a candidate is not valid (or, for a note, what is remarkable about it), with its numbers. */
export interface Defect {
  readonly name: DefectName;
  /**
   * The numbers behind the finding, by the names docs/inspection.md gives them: `missing` (frames or samples),
   * `ticks` (signed, track timescale), ... Strings only where a number would lose precision or make no sense.
   */
  readonly measures: Readonly<Record<string, number | string>>;
}

export function defect(name: DefectName, measures: Defect['measures'] = {}): Defect {
  return { name, measures };
}

/** The greatest integer that a header may carry (RFC 9651, 3.3.1); defects travel in headers. */
const HEADER_INTEGER_MAX = 999_999_999_999_999;

/** Ticks, frames or bytes that may be of any size, as a measure: a number while headers can carry it. */
export function measure(amount: bigint | number): number | string {
  const number = Number(amount);
  return Math.abs(number) <= HEADER_INTEGER_MAX ? number : amount.toString();
}

export function isDefectName(name: string): name is DefectName {
  return Object.hasOwn(DEFECT_CLASS_OF, name);
}

/** Notes inform; everything above a note makes a candidate invalid. */
export function isNote(found: Defect): boolean {
  return DEFECT_CLASS_OF[found.name] === 'note';
}

export function isFatal(found: Defect): boolean {
  return DEFECT_CLASS_OF[found.name] === 'fatal';
}

/** The order in which defects are told. */
export function worstFirst(defects: readonly Defect[]): readonly Defect[] {
  return [...defects].sort((left, right) => severityOf([right]) - severityOf([left]));
}

/** Valid: nothing above a note. */
export function isValid(defects: readonly Defect[]): boolean {
  return defects.every(isNote);
}

/**
 * How bad a set of defects is, as one integer that stores can compare: highest class, then how many defects, then the
 * amount missing. 0 is valid; {@link FATAL_SEVERITY} and above is never served.
 */
export function severityOf(defects: readonly Defect[]): number {
  const counted = defects.filter((found) => !isNote(found));
  if (counted.length === 0) return 0;
  const highest = Math.max(...counted.map((found) => RANK[DEFECT_CLASS_OF[found.name]]));
  const missing = counted.reduce((sum, found) => sum + missingOf(found), 0);
  return highest * 100_000_000 + Math.min(counted.length, 99) * 1_000_000 + Math.min(missing, 999_999);
}

/** The least severity of a candidate that is never served. */
export const FATAL_SEVERITY = RANK.fatal * 100_000_000;

function missingOf(found: Defect): number {
  const missing = found.measures['missing'];
  return typeof missing === 'number' && missing > 0 ? Math.ceil(missing) : 0;
}
