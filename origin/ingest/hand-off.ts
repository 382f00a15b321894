import type { Candidate } from '../candidate';
import { isFatal, isValid } from '../media/defect';
import { inspectSegment } from '../media/inspect-segment';
import { readSparsely } from '../media/sparse-segment';
import type { Origin } from '../origin';
import type { Body } from '../ports/segment-store';
import { PLACE_MS, type ObjectRef } from '../ports/upload-store';
import { expiryOf, outsideEvent, takeSegment, trackOrRefusal, type SegmentClaim } from './ingest-segment';
import type { IngestOutcome } from './outcome';

/**
 * The first half of a hand-off: a place for a segment that is too large for a PUT. What a PUT of it would be refused for
 * is refused here, before anybody uploads megabytes for nothing.
 * @param size bytes, as the publisher says; the place takes no other number of them.
 * @throws what the stores throw.
 */
export async function offerPlace(origin: Origin, claim: SegmentClaim, size: number): Promise<IngestOutcome> {
  const { local, clock } = origin;
  const nowMs = clock.nowMs();
  if (size > local.uploads.bytesMax) return { kind: 'too-large', bytesMax: local.uploads.bytesMax };
  const track = trackOrRefusal(claim, nowMs);
  if ('kind' in track) return track;
  const ignored = outsideEvent(claim, nowMs);
  if (ignored !== undefined) return { kind: 'ignored', why: ignored, defects: [] };
  const ref = refOf(claim);
  const held = (await local.candidates.ofSegment(ref)).find(({ pipeline }) => pipeline === claim.pipeline);
  const settled = held && settledBy(held, claim.digest);
  // Kept for as long as if it arrived when the place closes.
  return (
    settled ?? {
      kind: 'place',
      place: await local.uploads.offer({ ...ref, size }, expiryOf(claim, nowMs + PLACE_MS)),
    }
  );
}

/** What is clear without the new bytes; a defective copy may yet give way to them. */
function settledBy(held: Candidate, digest: string): IngestOutcome | undefined {
  if (held.digest === digest && !held.defects.some(isFatal)) return { kind: 'unchanged', candidate: held };
  return held.digest !== digest && isValid(held.defects) ? { kind: 'held', held } : undefined;
}

/**
 * The second half: inspects what was uploaded by range reads, never its media data, and records it. Its length and digest
 * are the store's own word, not the publisher's.
 * @throws what the stores throw; then no candidate is visible, and it may be said again.
 */
export async function completeUpload(origin: Origin, claim: SegmentClaim): Promise<IngestOutcome> {
  const { uploads, segments } = origin.local;
  const { digest } = claim;
  const found = await uploads.find(refOf(claim));
  if (found === undefined) return { kind: 'not-uploaded', digest };
  const { size, storedAtMs } = found;
  if (found.digest !== digest)
    return { kind: 'digest-mismatch', header: 'repr-digest', wanted: digest, got: found.digest };
  if (size > uploads.bytesMax) return { kind: 'too-large', bytesMax: uploads.bytesMax };
  const ref = { ...refOf(claim), size };
  return takeSegment(origin, claim, {
    ...{ size, storedAtMs },
    // Without a digester: the digest of the media data would need the media data.
    inspect: async (track) =>
      inspectSegment(
        await readSparsely(size, async (range) =>
          whole(await segments.read(ref, range), range.end - range.start),
        ),
        track,
      ),
    store: () => Promise.resolve(),
  });
}

function refOf({ event, representation, number, pipeline, digest }: SegmentClaim): ObjectRef {
  return { ...event.key, representation: representation.configuration.id, number, pipeline, digest };
}

/** @throws Error when the store gives more or fewer bytes than it was asked for. */
async function whole(body: Body, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let at = 0;
  for await (const piece of body instanceof Uint8Array ? [body] : body) {
    bytes.set(piece, at);
    at += piece.length;
  }
  if (at !== length) throw new Error(`range: wanted ${length} bytes, got ${at}`);
  return bytes;
}
