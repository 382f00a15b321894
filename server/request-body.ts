import type { IncomingMessage } from 'node:http';
import { cancelSource } from '../origin/ports/cancel';
import type { Clock } from '../origin/ports/clock';
import type { BodyMemory } from './body-memory';

/** What came of a request's body. */
export type BodyOutcome =
  | { readonly kind: 'whole'; readonly bytes: Uint8Array }
  /** Read to its end, or as far as a packager may expect, and thrown away. */
  | { readonly kind: 'too-large' }
  /** Its owners hold as many bytes of bodies as they may. */
  | { readonly kind: 'no-room' }
  /** It came more slowly than anything does that is to be whole in time. */
  | { readonly kind: 'too-slow' }
  /** The client left in the middle. */
  | { readonly kind: 'torn' };

/** A refused body is read on for so long, since packagers die or lose the next segment when a connection closes early. */
const DRAIN_MS_MAX = 15_000;
const DRAIN_FACTOR = 1.5;

/**
 * In any two of these spans a body brings at least this part of the memory that it holds. That is a quarter of the pace
 * at which it is whole when a request has to be (120 s), and as long as a socket may be silent anyway (30 s): a segment
 * that is sent while it is made has paused or ended long before, whatever its bit rate.
 */
const PACE_SPAN_MS = DRAIN_MS_MAX;
const PACE_PART = 1 / 16;

/** The memory as the owners of one body see it. */
interface Share {
  take(bytes: number): boolean;
  give(bytes: number): void;
}

/** The declared length of a body, undefined when it is chunked; node:http has checked its form. */
export function contentLengthOf(message: IncomingMessage): number | undefined {
  const header = message.headers['content-length'];
  return header === undefined ? undefined : Number(header);
}

export function hasBody(message: IncomingMessage): boolean {
  return message.headers['transfer-encoding'] !== undefined || (contentLengthOf(message) ?? 0) > 0;
}

/**
 * Reads a body of at most `bytesMax` bytes whole. With a Content-Length its bytes are written into one buffer of that
 * size. The caller gives the memory back with `release` once it is done with the bytes.
 * @param owners of the memory that it takes; see {@link BodyMemory}
 */
export async function readBody(
  message: IncomingMessage,
  { bodyBytesMax: bytesMax, owners }: { readonly bodyBytesMax: number; readonly owners: readonly string[] },
  memory: BodyMemory,
  clock: Clock,
): Promise<BodyOutcome & { readonly release: () => void }> {
  const declared = contentLengthOf(message);
  const share: Share = {
    take: (bytes) => memory.take(owners, bytes),
    give: (bytes) => {
      memory.give(owners, bytes);
    },
  };
  const collector = declared === undefined ? new Chunks(share) : new OneBuffer(share);
  let refused: 'too-large' | 'no-room' | undefined;
  if (declared !== undefined && declared > bytesMax) refused = 'too-large';
  else if (declared !== undefined && !collector.reserve(declared)) refused = 'no-room';
  let received = 0;
  const end = await receive(message, clock, bytesMax * DRAIN_FACTOR, {
    isDraining: () => refused !== undefined,
    heldBytes: () => collector.heldBytes,
    take(chunk) {
      received += chunk.length;
      if (refused === undefined && received > bytesMax) refused = 'too-large';
      else if (refused === undefined && !collector.add(chunk)) refused = 'no-room';
      if (refused !== undefined) collector.release();
    },
  });
  const release = () => collector.release();
  if (refused !== undefined) return { kind: refused, release };
  if (end === 'whole') return { kind: 'whole', bytes: collector.bytes(), release };
  return { kind: end === 'too-slow' ? end : 'torn', release };
}

/** Reads a body away that nobody wants, within the limits above. */
export async function drainBody(message: IncomingMessage, bytesMax: number, clock: Clock): Promise<void> {
  await receive(message, clock, bytesMax * DRAIN_FACTOR, {
    isDraining: () => true,
    heldBytes: () => 0,
    take: () => undefined,
  });
}

interface Receiver {
  /** Whether the limits of draining hold. */
  isDraining(): boolean;
  heldBytes(): number;
  take(chunk: Uint8Array): void;
}

type End = 'whole' | 'torn' | 'cut' | 'too-slow';

/** Hands every piece to `receiver` until the body ends, is torn, crawls, or has been drained for long enough. */
async function receive(
  message: IncomingMessage,
  clock: Clock,
  drainBytesMax: number,
  receiver: Receiver,
): Promise<End> {
  const ended = cancelSource();
  let received = 0;
  return new Promise((resolve) => {
    const end = (how: End) => {
      if (ended.cancelled) return;
      ended.cancel();
      message.off('data', onData);
      message.pause();
      resolve(how);
    };
    const onData = (chunk: Buffer) => {
      received += chunk.length;
      receiver.take(chunk);
      if (receiver.isDraining() && received > drainBytesMax) end('cut');
    };
    message.on('end', () => end(message.complete ? 'whole' : 'torn'));
    message.on('close', () => end(message.complete ? 'whole' : 'torn'));
    message.on('error', () => end('torn'));
    message.on('data', onData);
    const watch = async () => {
      let [twoSpansAgo, oneSpanAgo] = [-Infinity, 0];
      while (!ended.cancelled) {
        await clock.sleepUntil(clock.nowMs() + PACE_SPAN_MS, ended);
        if (receiver.isDraining()) end('cut');
        if (received - twoSpansAgo < receiver.heldBytes() * PACE_PART) end('too-slow');
        [twoSpansAgo, oneSpanAgo] = [oneSpanAgo, received];
      }
    };
    void watch();
  });
}

interface Collector {
  readonly heldBytes: number;
  reserve(bytes: number): boolean;
  add(chunk: Uint8Array): boolean;
  bytes(): Uint8Array;
  release(): void;
}

/** The declared size at once: no copy but the one out of the socket. */
class OneBuffer implements Collector {
  readonly #share: Share;
  #buffer = new Uint8Array();
  #filled = 0;

  constructor(share: Share) {
    this.#share = share;
  }

  get heldBytes(): number {
    return this.#buffer.length;
  }

  reserve(bytes: number): boolean {
    if (!this.#share.take(bytes)) return false;
    this.#buffer = Buffer.allocUnsafeSlow(bytes);
    return true;
  }

  add(chunk: Uint8Array): boolean {
    this.#buffer.set(chunk, this.#filled);
    this.#filled += chunk.length;
    return true;
  }

  bytes(): Uint8Array {
    return this.#buffer;
  }

  release(): void {
    this.#share.give(this.#buffer.length);
    this.#buffer = new Uint8Array();
  }
}

/** Chunked: the size is known at the end. */
class Chunks implements Collector {
  readonly #share: Share;
  #chunks: Uint8Array[] = [];
  #length = 0;

  constructor(share: Share) {
    this.#share = share;
  }

  get heldBytes(): number {
    return this.#length;
  }

  reserve(): boolean {
    return true;
  }

  add(chunk: Uint8Array): boolean {
    if (!this.#share.take(chunk.length)) return false;
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    return true;
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.#chunks, this.#length);
  }

  release(): void {
    this.#share.give(this.#length);
    this.#chunks = [];
    this.#length = 0;
  }
}
