import { encodeDefects } from '../../http/segment-headers';
import { BOXES_MAX, guardBoxes } from '../../origin/media/box-guard';
import { isDefectName, isFatal, severityOf, type Defect } from '../../origin/media/defect';
import { inspectInit } from '../../origin/media/inspect-init';
import { inspectSegment } from '../../origin/media/inspect-segment';
import { timingDefects, type SegmentExpectation } from '../../origin/media/timing';
import type { Track } from '../../origin/media/track';
import { decodeInspection, encodeInspection } from '../../stores/candidate-codec';
import { nodeDigester } from '../../stores/node-digester';

/** What is wrong with how `bytes` were answered; undefined when nothing is. A throw is wrong too. */
export function faultOf(
  bytes: Uint8Array,
  track: Track,
  expectation: SegmentExpectation,
): string | undefined {
  try {
    return guardFault(bytes) ?? segmentFault(bytes, track, expectation) ?? initFault(bytes);
  } catch (error) {
    return `threw ${error instanceof Error ? error.stack : String(error)}`;
  }
}

/** A walk that never ends has visited more than the guard allows. */
function guardFault(bytes: Uint8Array): string | undefined {
  const { visited } = guardBoxes(bytes);
  return visited > BOXES_MAX + 1
    ? `visited: wanted at most ${BOXES_MAX + 1} boxes, got ${visited}`
    : undefined;
}

function segmentFault(bytes: Uint8Array, track: Track, expectation: SegmentExpectation): string | undefined {
  const { inspection, defects } = inspectSegment(bytes, track, nodeDigester);
  const fault = defectFault(defects);
  if (fault !== undefined) return fault;
  if (defects.some(isFatal) !== (inspection === undefined))
    return `inspection: wanted one exactly without fatal defects, got ${JSON.stringify(defects)}`;
  if (inspection === undefined) return undefined;
  const again = decodeInspection(encodeInspection(inspection));
  if (again.baseMediaDecodeTime !== inspection.baseMediaDecodeTime) return 'tfdt did not survive storage';
  return (
    defectFault(timingDefects(inspection, expectation)) ?? defectFault(timingDefects(again, expectation))
  );
}

function initFault(bytes: Uint8Array): string | undefined {
  const inspected = inspectInit(bytes, nodeDigester);
  if (inspected.kind === 'defective')
    return inspected.defects.length === 0
      ? 'a defective init without a defect'
      : defectFault(inspected.defects);
  const { timescale, identity } = inspected.init;
  return timescale > 0 && identity.length === 64 ? undefined : `init: got ${JSON.stringify(inspected.init)}`;
}

/** Fatal ones are answered with 400, so they say what was wanted and what came; all must fit a header. */
function defectFault(defects: readonly Defect[]): string | undefined {
  for (const one of defects) {
    const { wanted, got } = one.measures;
    if (!isDefectName(one.name)) return `name: got ${JSON.stringify(one)}`;
    if (isFatal(one) && (wanted === undefined || got === undefined))
      return `measures: wanted wanted and got, got ${JSON.stringify(one)}`;
    if (Object.values(one.measures).some((value) => typeof value === 'number' && !Number.isFinite(value)))
      return `measures: wanted finite numbers, got ${JSON.stringify(one)}`;
  }
  if (!Number.isSafeInteger(severityOf(defects))) return `severity: got ${severityOf(defects)}`;
  const header = encodeDefects(defects);
  return /^[ -~]{0,2000}$/.test(header)
    ? undefined
    : `header: wanted printable ASCII, got ${header.slice(0, 200)}`;
}
