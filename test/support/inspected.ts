import { inspectInit } from '../../origin/media/inspect-init';
import { inspectSegment, type InspectedSegment } from '../../origin/media/inspect-segment';
import type { InitInspection, SegmentInspection } from '../../origin/media/inspection';
import { nodeDigester } from '../../stores/node-digester';

/** The init, which must be sound. */
export function inspectedInit(bytes: Uint8Array): InitInspection {
  const inspected = inspectInit(bytes, nodeDigester);
  if (inspected.kind !== 'init') throw new Error(`wanted an init segment, got ${JSON.stringify(inspected)}`);
  return inspected.init;
}

/** A segment behind its init, with the digest of its media data. */
export function inspectedSegment(bytes: Uint8Array, init: InitInspection): InspectedSegment {
  return inspectSegment(bytes, init, nodeDigester);
}

/** The inspection of a segment in which nothing is defective. */
export function soundSegment(bytes: Uint8Array, init: InitInspection): SegmentInspection {
  const { inspection, defects } = inspectedSegment(bytes, init);
  if (inspection === undefined || defects.length > 0)
    throw new Error(`wanted a sound segment, got ${JSON.stringify(defects)}`);
  return inspection;
}
