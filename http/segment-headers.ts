import { encodeCmsdStatic } from '@svta/cml-cmsd';
import { encodeSfDict, encodeSfList, SfItem, SfToken } from '@svta/cml-structured-field-values';
import { base64Of, bytesOfHex } from '../origin/encoding';
import type { Candidate } from '../origin/candidate';
import type { LiveEvent, Representation } from '../origin/events/live-event';
import { writeNumber } from '../origin/events/template';
import { isNote } from '../origin/media/defect';
import type { Defect } from '../origin/media/defect';
import type { SegmentOutcome, Timings } from '../origin/serve/serve-segment';
import { dueMs } from '../origin/schedule/schedule';
import { defectsOf } from '../origin/selection/select';
import { mediaCacheControl } from './cache-policy';
import { segmentTags } from './cache-tags';
import { eventHeaders } from './common-headers';

/** Strong validator of the bytes (RFC 9110, 8.8.3): equal for every replica of a candidate. */
export function etagOf(digest: string): string {
  return `"${digest}"`;
}

/** RFC 9530. */
export function reprDigest(digest: string): string {
  return `sha-256=:${base64Of(bytesOfHex(digest))}:`;
}

/** `short;missing=11, discontinuity;ticks=960`: what stands above a note, the worst first. Empty when nothing does. */
export function encodeDefects(defects: readonly Defect[]): string {
  const shown = defects.filter((found) => !isNote(found));
  return encodeSfList(shown.map(({ name, measures }) => new SfItem(new SfToken(name), { ...measures })));
}

const TYPE_OF = {
  video: 'video/mp4',
  audio: 'audio/mp4',
  text: 'application/mp4',
  application: 'application/mp4',
};
const CMSD_TYPE_OF = { video: 'v', audio: 'a', text: 'c', application: 'o' } as const;

export function contentTypeOf(representation: Representation): string {
  return TYPE_OF[representation.configuration.contentType];
}

/** Every header of a 200 (or 206, but for its range) that carries a segment. */
export function segmentHeaders(
  event: LiveEvent,
  representation: Representation,
  served: string,
  outcome: Extract<SegmentOutcome, { kind: 'selected' }>,
): Record<string, string> {
  const { decision, copy, served: replica, timings } = outcome;
  const defects = encodeDefects(defectsOf(copy));
  const provisional = defects !== '' || decision.unheard.length > 0;
  return {
    ...eventHeaders(event),
    'Content-Type': contentTypeOf(representation),
    'Cache-Control': mediaCacheControl(event, provisional),
    'Accept-Ranges': 'bytes',
    ETag: etagOf(replica.digest),
    'Repr-Digest': reprDigest(replica.digest),
    'Last-Modified': new Date(replica.publishedAtMs).toUTCString(),
    'CMSD-Static': cmsdStatic(event, representation, served, replica, defects, timings),
    'Headwater-Candidate': encodeSfDict({
      pipeline: replica.pipeline,
      replica: replica.region,
      served,
      number: replica.number,
    }),
    ...(defects !== '' && { 'Headwater-Defects': defects }),
    ...(decision.unheard.length > 0 && { 'Headwater-Unheard': encodeSfList([...decision.unheard]) }),
    'Cache-Tag': segmentTags(event.key, { ...replica, region: served }),
    'Server-Timing': serverTiming(timings),
  };
}

/** CTA-5006: what the object is, how long the origin held it, and which object comes next. */
function cmsdStatic(
  event: LiveEvent,
  representation: Representation,
  region: string,
  replica: Candidate,
  defects: string,
  timings: Timings,
): string {
  const { schedule } = event;
  const isLast = replica.number === schedule.finalSegment;
  const bandwidth = representation.configuration.bandwidth;
  const dueAtMs = dueMs(schedule, replica.number);
  return encodeCmsdStatic({
    ot: CMSD_TYPE_OF[representation.configuration.contentType],
    st: 'l',
    d: dueAtMs - dueMs(schedule, replica.number - 1),
    at: replica.publishedAtMs,
    n: `headwater-${region}`,
    ...(bandwidth !== undefined && { br: Math.round(bandwidth / 1000) }),
    ...(timings.heldMs > 0 && { ht: timings.heldMs }),
    ...(!isLast && { nor: nextName(representation, replica.number + 1) }),
    ...(defects !== '' && { 'com.headwater-df': defects }),
  });
}

/** Relative to the object that carries it, as CMSD wants: media templates put a representation's numbers side by side. */
function nextName(representation: Representation, number: number): string {
  const path = writeNumber(representation.media, number);
  return path.slice(path.lastIndexOf('/') + 1);
}

function serverTiming({ candidatesMs, bytesMs, heldMs }: Timings): string {
  return `candidates;dur=${candidatesMs}, bytes;dur=${bytesMs}, held;dur=${heldMs}`;
}
