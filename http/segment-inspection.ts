import { defect, isDefectName } from '../origin/media/defect';
import type { Defect } from '../origin/media/defect';
import { dictionaryMember } from './structured-fields';

/** Defects that a publisher may report at once; there are not more names. */
const REPORTED_MAX = 16;
/** Measures of one defect that are kept; ours have three at most, and candidates are small. */
const MEASURES_MAX = 4;

/**
 * Reads the publisher's verdict: `Segment-Inspection: tfdt=1, samples=50, defects=(short;missing=5 discontinuity)`.
 * Only its defects count, since a verdict never makes a segment better; what cannot be read reports nothing.
 */
export function reportedDefects(header: string | undefined): readonly Defect[] {
  const reported = dictionaryMember(header, 'defects');
  if (!Array.isArray(reported)) return [];
  const defects = reported.slice(0, REPORTED_MAX).flatMap(defectOfItem);
  return defects.filter(({ name }, index) => defects.findIndex((other) => other.name === name) === index);
}

function defectOfItem(item: unknown): Defect[] {
  const { value, params } = item as { value?: unknown; params?: unknown };
  const name =
    typeof value === 'object' && value !== null && 'description' in value ? value.description : value;
  if (typeof name !== 'string' || !isDefectName(name)) return [];
  const measures = Object.entries((params ?? {}) as Record<string, unknown>).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number',
  );
  return [defect(name, Object.fromEntries(measures.slice(0, MEASURES_MAX)))];
}
