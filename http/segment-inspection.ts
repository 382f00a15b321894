import { encodeSfDict, SfItem, SfToken } from '@svta/cml-structured-field-values';
import { defect, isDefectName, severityOf } from '../origin/media/defect';
import type { Defect } from '../origin/media/defect';
import type { SegmentInspection } from '../origin/media/inspection';
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
  // The library decodes tokens as symbols; a publisher that quotes the names is understood as well.
  const name = typeof value === 'symbol' ? value.description : value;
  if (typeof name !== 'string' || !isDefectName(name)) return [];
  const measures = Object.entries((params ?? {}) as Record<string, unknown>).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number',
  );
  return [defect(name, Object.fromEntries(measures.slice(0, MEASURES_MAX)))];
}

/** RFC 9651, section 3.3.1: the greatest integer that a header may carry; ticks beyond it go as a string. */
const SF_INTEGER_MAX = 999_999_999_999_999n;

/**
 * Writes what {@link reportedDefects} reads, and what the segment's boxes say: first tfdt, duration (both in ticks of the
 * track) and sample count.
 */
export function encodeSegmentInspection(
  inspection: SegmentInspection | undefined,
  defects: readonly Defect[],
): string {
  const worst = [...defects].sort((left, right) => severityOf([right]) - severityOf([left]));
  const items = worst
    .slice(0, REPORTED_MAX)
    .map(({ name, measures }) => new SfItem(new SfToken(name), numbersOf(measures)));
  return encodeSfDict({
    ...(inspection && {
      tfdt: ticks(inspection.baseMediaDecodeTime),
      dur: ticks(inspection.durationTicks),
      samples: inspection.sampleCount,
    }),
    defects: new SfItem(items),
  });
}

/** Texts (what a file seemed to be) may hold what no header may, and are not read either. */
function numbersOf(measures: Defect['measures']): Record<string, number> {
  const fits = (value: unknown) =>
    typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= Number(SF_INTEGER_MAX);
  const numbers = Object.entries(measures).filter((entry): entry is [string, number] => fits(entry[1]));
  return Object.fromEntries(numbers);
}

function ticks(value: bigint): number | string {
  return value <= SF_INTEGER_MAX ? Number(value) : value.toString();
}
