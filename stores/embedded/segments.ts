import { open, stat } from 'node:fs/promises';
import { bytesPath, type SegmentRef } from '../../origin/candidate';
import { NAME_PATTERN } from '../../origin/events/name-pattern';
import {
  SegmentMissing,
  type Body,
  type ByteRange,
  type SegmentStore,
} from '../../origin/ports/segment-store';
import type { RecentBytes } from '../../origin/serve/recent-bytes';
import type { ObjectRef } from '../../origin/ports/upload-store';
import type { RegionFiles } from './region-files';

/** Numbers in one directory: about 34 minutes of 2 s segments, a few thousand names. */
const BLOCK_SEGMENTS = 1024;

/** Bytes read from disk at once, so also what one slow reader holds in memory. */
const CHUNK_BYTES = 262_144;

const DIGEST = /^[0-9a-f]{64}$/;

/** Segment bytes of one region: files, and the newest of them in memory. */
export class EmbeddedSegments implements SegmentStore {
  readonly #files: RegionFiles;
  readonly #recent: RecentBytes;

  constructor(files: RegionFiles, recent: RecentBytes) {
    this.#files = files;
    this.#recent = recent;
  }

  /** Keeps `bytes` in memory without copying them: the caller must not change them afterwards. */
  async write(ref: SegmentRef, bytes: Uint8Array, expiresAtMs: number): Promise<void> {
    if (bytes.byteLength !== ref.size)
      throw new RangeError(`bytes: wanted ${ref.size} (ref.size), got ${bytes.byteLength}`);
    const path = segmentFile(ref);
    await this.#files.write(path, [bytes], expiresAtMs);
    this.#recent.put(bytesPath(ref), bytes);
  }

  async read(ref: SegmentRef, range: ByteRange = { start: 0, end: ref.size }): Promise<Body> {
    if (!(range.start >= 0 && range.start < range.end && range.end <= ref.size))
      throw new RangeError(`range: wanted bytes within 0-${ref.size}, got ${range.start}-${range.end}`);
    const path = segmentFile(ref);
    const recent = this.#recent.get(bytesPath(ref));
    if (recent !== undefined) return recent.subarray(range.start, range.end);
    const file = this.#files.absolute(path);
    const size = await sizeOf(file);
    if (size !== ref.size)
      throw new SegmentMissing(`segment ${path}: wanted ${ref.size} bytes, got ${size ?? 'no file'}`);
    return chunksOf(file, range);
  }
}

/**
 * The file of a segment, relative to the region's directory. Names cannot hold a dot, so none can leave its place.
 * @throws RangeError when a part of `ref` is no name, number or digest: callers check, and this still looks.
 */
export function segmentFile(ref: ObjectRef): string {
  const { tenant, event, representation, number, pipeline, digest } = ref;
  for (const name of [tenant, event, representation, pipeline])
    if (!NAME_PATTERN.test(name)) throw new RangeError(`ref: wanted names, got ${JSON.stringify(name)}`);
  if (!Number.isSafeInteger(number) || number < 0)
    throw new RangeError(`ref.number: wanted 0 or more, got ${number}`);
  if (!DIGEST.test(digest))
    throw new RangeError(`ref.digest: wanted SHA-256 in hex, got ${JSON.stringify(digest)}`);
  const block = Math.floor(number / BLOCK_SEGMENTS);
  return `segments/${tenant}/${event}/${representation}/${block}/${number}.${pipeline}.${digest}`;
}

/** The reverse of {@link segmentFile}; undefined for any other file. */
export function readSegmentFile(path: string): ObjectRef | undefined {
  const [room, tenant, event, representation, , name] = path.split('/');
  const [number, pipeline, digest] = name?.split('.') ?? [];
  if (room !== 'segments' || !tenant || !event || !representation || !pipeline || !digest) return undefined;
  return { tenant, event, representation, number: Number(number), pipeline, digest };
}

async function sizeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Opened only when somebody begins to read: a body that nobody wants leaves no descriptor behind. Retention removes
 * bytes a while after they expire, so what was there for the caller is there for this.
 */
async function* chunksOf(file: string, { start, end }: ByteRange): AsyncGenerator<Uint8Array> {
  const handle = await open(file, 'r');
  try {
    for (let position = start; position < end;) {
      const chunk = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, end - position));
      const { bytesRead } = await handle.read(chunk, 0, chunk.length, position);
      if (bytesRead === 0) throw new SegmentMissing(`segment ${file}: wanted ${end} bytes, got ${position}`);
      position += bytesRead;
      yield bytesRead === chunk.length ? chunk : chunk.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}
