import { hexOf } from '../origin/encoding';
import type { LiveEvent } from '../origin/events/live-event';
import type { PutTarget } from '../origin/events/target';
import { completeUpload, offerPlace } from '../origin/ingest/hand-off';
import type { IngestOutcome } from '../origin/ingest/outcome';
import type { Origin } from '../origin/origin';
import type { HttpRequest } from './message';
import { reportedDefects } from './segment-inspection';
import { dictionaryMember } from './structured-fields';

/** Whether a request is about a hand-off: POST with `?upload` or `?upload=complete`. */
export function isHandOff({ method, query }: HttpRequest): boolean {
  return method === 'POST' && query['upload'] !== undefined;
}

/**
 * POST with `?upload` asks for a place, with `?upload=complete` says that the bytes are there. Both name them by
 * `Repr-Digest`, so nothing is remembered in between.
 */
export async function handOffOutcome(
  origin: Origin,
  event: LiveEvent,
  target: PutTarget,
  request: HttpRequest,
  pipeline: string,
): Promise<IngestOutcome> {
  if (target.kind === 'init-needed' || target.kind === 'not-canonical') return target;
  if (target.kind !== 'segment') return unclear('path', 'the path of a segment', target.kind);
  const value = dictionaryMember(request.headers['repr-digest'], 'sha-256');
  if (!(value instanceof Uint8Array) || value.length !== 32)
    return unclear('Repr-Digest', 'sha-256 of the segment', 'none');
  const { representation, number } = target;
  const reported = reportedDefects(request.headers['segment-inspection']);
  const claim = { event, representation, number, pipeline, digest: hexOf(value), reported };
  const step = request.query['upload'] ?? '';
  if (step === 'complete') return completeUpload(origin, claim);
  if (step !== '') return unclear('upload', 'nothing, or complete', step);
  const length = lengthOf(request.body);
  return length === undefined
    ? unclear('length', 'a whole number of bytes, 1 or more, as {"length": 7340032}', 'none')
    : offerPlace(origin, claim, length);
}

function unclear(parameter: string, wanted: string, got: string): IngestOutcome {
  return { kind: 'unclear', fault: { parameter, wanted, got: got.slice(0, 40) } };
}

/** Characters of the body; ours has 20. */
const BODY_LENGTH_MAX = 1024;

function lengthOf(body: Uint8Array = new Uint8Array()): number | undefined {
  if (body.length > BODY_LENGTH_MAX) return undefined;
  try {
    const { length } = JSON.parse(String.fromCharCode(...body)) as { readonly length?: unknown };
    return typeof length === 'number' && Number.isSafeInteger(length) && length > 0 ? length : undefined;
  } catch {
    return undefined;
  }
}
