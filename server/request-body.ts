import type { IncomingMessage } from 'node:http';
import { cancelSource } from '../origin/ports/cancel';
import type { Clock } from '../origin/ports/clock';

/** What came of a request's body. */
export type BodyOutcome =
  | { readonly kind: 'whole'; readonly bytes: Uint8Array }
  /** Read to its end, or as far as a packager may expect, and thrown away. */
  | { readonly kind: 'too-large' }
  /** The server holds as many bytes of bodies as it may. */
  | { readonly kind: 'no-room' }
  /** The client left in the middle. */
  | { readonly kind: 'torn' };

/** A refused body is read on for so long, since packagers die or lose the next segment when a connection closes early. */
const DRAIN_MS_MAX = 15_000;
const DRAIN_FACTOR = 1.5;

/** Bytes of all bodies that a server holds at a time. */
export class BodyMemory {
  readonly #bytesMax: number;
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  take(bytes: number): boolean {
    if (this.#bytes + bytes > this.#bytesMax) return false;
    this.#bytes += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#bytes -= bytes;
  }
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
 */
export async function readBody(
  message: IncomingMessage,
  bytesMax: number,
  memory: BodyMemory,
  clock: Clock,
): Promise<BodyOutcome & { readonly release: () => void }> {
  const declared = contentLengthOf(message);
  const collector = declared === undefined ? new Chunks(memory) : new OneBuffer(memory);
  let refused: 'too-large' | 'no-room' | undefined;
  if (declared !== undefined && declared > bytesMax) refused = 'too-large';
  else if (declared !== undefined && !collector.reserve(declared)) refused = 'no-room';
  let received = 0;
  const end = await receive(message, clock, bytesMax * DRAIN_FACTOR, {
    isDraining: () => refused !== undefined,
    take(chunk) {
      received += chunk.length;
      if (refused === undefined && received > bytesMax) refused = 'too-large';
      else if (refused === undefined && !collector.add(chunk)) refused = 'no-room';
      if (refused !== undefined) collector.release();
    },
  });
  const release = () => collector.release();
  if (refused !== undefined) return { kind: refused, release };
  return end === 'whole' ? { kind: 'whole', bytes: collector.bytes(), release } : { kind: 'torn', release };
}

/** Reads a body away that nobody wants, within the limits above. */
export async function drainBody(message: IncomingMessage, bytesMax: number, clock: Clock): Promise<void> {
  await receive(message, clock, bytesMax * DRAIN_FACTOR, {
    isDraining: () => true,
    take: () => undefined,
  });
}

interface Receiver {
  /** Whether the limits of draining hold. */
  isDraining(): boolean;
  take(chunk: Uint8Array): void;
}

/** Hands every piece to `receiver` until the body ends, is torn, or has been drained for long enough. */
async function receive(
  message: IncomingMessage,
  clock: Clock,
  drainBytesMax: number,
  receiver: Receiver,
): Promise<'whole' | 'torn' | 'cut'> {
  const ended = cancelSource();
  let received = 0;
  return new Promise((resolve) => {
    const end = (how: 'whole' | 'torn' | 'cut') => {
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
    void clock.sleepUntil(clock.nowMs() + DRAIN_MS_MAX, ended).then(() => {
      if (receiver.isDraining()) end('cut');
    });
  });
}

interface Collector {
  reserve(bytes: number): boolean;
  add(chunk: Uint8Array): boolean;
  bytes(): Uint8Array;
  release(): void;
}

/** The declared size at once: no copy but the one out of the socket. */
class OneBuffer implements Collector {
  readonly #memory: BodyMemory;
  #buffer = new Uint8Array();
  #filled = 0;

  constructor(memory: BodyMemory) {
    this.#memory = memory;
  }

  reserve(bytes: number): boolean {
    if (!this.#memory.take(bytes)) return false;
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
    this.#memory.give(this.#buffer.length);
    this.#buffer = new Uint8Array();
  }
}

/** Chunked: the size is known at the end. */
class Chunks implements Collector {
  readonly #memory: BodyMemory;
  #chunks: Uint8Array[] = [];
  #length = 0;

  constructor(memory: BodyMemory) {
    this.#memory = memory;
  }

  reserve(): boolean {
    return true;
  }

  add(chunk: Uint8Array): boolean {
    if (!this.#memory.take(chunk.length)) return false;
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    return true;
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.#chunks, this.#length);
  }

  release(): void {
    this.#memory.give(this.#length);
    this.#chunks = [];
    this.#length = 0;
  }
}
