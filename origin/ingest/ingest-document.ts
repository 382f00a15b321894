import type { LiveEvent } from '../events/live-event';
import type { Origin } from '../origin';
import type { IngestOutcome } from './outcome';

/** A packager's own manifest or a passthrough object: the last one stays. @throws what the document store throws. */
export async function ingestDocument(
  origin: Origin,
  event: LiveEvent,
  path: string,
  bytes: Uint8Array,
): Promise<IngestOutcome> {
  const nowMs = origin.clock.nowMs();
  const expiresAtMs = nowMs + event.configuration.timeShiftBufferDepthSeconds * 1000 + 3_600_000;
  const contentType = documentType(path);
  await origin.local.documents.write(event.key, path, {
    bytes,
    contentType,
    publishedAtMs: nowMs,
    expiresAtMs,
  });
  return { kind: 'document-stored', path };
}

/** By name: packagers send octet-stream for everything. */
function documentType(path: string): string {
  const extension = path.slice(path.lastIndexOf('.') + 1);
  return DOCUMENT_TYPES[extension] ?? 'application/octet-stream';
}

const DOCUMENT_TYPES: Readonly<Record<string, string>> = {
  mpd: 'application/dash+xml',
  m3u8: 'application/vnd.apple.mpegurl',
  m4s: 'video/iso.segment',
  mp4: 'video/mp4',
  ts: 'video/mp2t',
  vtt: 'text/vtt',
  jpg: 'image/jpeg',
  json: 'application/json',
};
