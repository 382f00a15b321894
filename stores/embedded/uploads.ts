import { createHmac, timingSafeEqual } from 'node:crypto';
import type { SegmentRef } from '../../origin/candidate';
import type { Clock } from '../../origin/ports/clock';
import type { Digester } from '../../origin/ports/digester';
import {
  PLACE_MS,
  type ObjectRef,
  type StoredObject,
  type UploadPlace,
  type UploadStore,
} from '../../origin/ports/upload-store';
import type { RegionFiles } from './region-files';
import { segmentFile, type EmbeddedSegments } from './segments';

/** What a place was offered for, as its URL says and nobody else can. */
export interface Ticket {
  readonly ref: SegmentRef;
  readonly expiresAtMs: number;
  readonly untilMs: number;
}

/** What became of the bytes that came to a place. */
export type Receipt = 'stored' | 'there-already' | 'other-bytes';

/** Four times the largest PUT, as the publisher's own limit of one body. */
const UPLOAD_BYTES_MAX = 64 * 2 ** 20;
const KEY_BITS = 256;
/** Characters; ours have some 400. */
const TICKET_LENGTH_MAX = 2048;

/** Places of this region are URLs of its own port, signed with a key that ends with the process. */
export class EmbeddedUploads implements UploadStore {
  readonly bytesMax = UPLOAD_BYTES_MAX;
  readonly #segments: EmbeddedSegments;
  readonly #files: RegionFiles;
  readonly #clock: Clock;
  readonly #digester: Digester;
  readonly #key: string;

  constructor(segments: EmbeddedSegments, files: RegionFiles, clock: Clock, digester: Digester) {
    this.#segments = segments;
    this.#files = files;
    this.#clock = clock;
    this.#digester = digester;
    this.#key = digester.randomToken(KEY_BITS);
  }

  async offer(ref: SegmentRef, expiresAtMs: number): Promise<UploadPlace> {
    const untilMs = this.#clock.nowMs() + PLACE_MS;
    const ticket: Ticket = { ref, expiresAtMs, untilMs };
    const text = Buffer.from(JSON.stringify(ticket)).toString('base64url');
    const url = `?upload=bytes&ticket=${text}.${this.#sign(text).toString('base64url')}`;
    return { url, headers: { 'if-none-match': '*' }, untilMs };
  }

  async find(ref: ObjectRef): Promise<StoredObject | undefined> {
    const entry = this.#files.entry(segmentFile(ref));
    // Whatever was written there had this digest: a file's name is its own.
    return entry && { size: entry.size, digest: ref.digest, storedAtMs: entry.writtenAtMs };
  }

  /** Reads a ticket of {@link EmbeddedUploads.offer}. @returns undefined for one that is not ours, or over. */
  ticketOf(text: string): Ticket | undefined {
    const [content = '', signature = '', ...rest] = text.slice(0, TICKET_LENGTH_MAX).split('.');
    const [wanted, got] = [this.#sign(content), Buffer.from(signature, 'base64url')];
    if (rest.length > 0 || got.length !== wanted.length || !timingSafeEqual(wanted, got)) return undefined;
    const ticket = JSON.parse(Buffer.from(content, 'base64url').toString()) as Ticket;
    return ticket.untilMs > this.#clock.nowMs() ? ticket : undefined;
  }

  /** Stores the bytes that a ticket was made for, and no others. Durable when it resolves. */
  async receive({ ref, expiresAtMs }: Ticket, bytes: Uint8Array): Promise<Receipt> {
    if (bytes.length !== ref.size || this.#digester.sha256Hex(bytes) !== ref.digest) return 'other-bytes';
    if (this.#files.entry(segmentFile(ref)) !== undefined) return 'there-already';
    await this.#segments.write(ref, bytes, expiresAtMs);
    return 'stored';
  }

  #sign(text: string): Buffer {
    return createHmac('sha256', this.#key).update(text).digest();
  }
}
