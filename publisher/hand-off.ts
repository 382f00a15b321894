import { request } from 'undici';
import * as v from 'valibot';
import { cancelSource } from '../origin/ports/cancel';
import type { Clock } from '../origin/ports/clock';
import type { Delivered, Delivery } from './delivery';
import type { Parcel } from './parcel';

const offerSchema = v.object({
  upload: v.pipe(v.string(), v.regex(/^\?upload\b/)),
  bytesMax: v.optional(v.number(), 0),
  uploadBytesMax: v.optional(v.number(), Infinity),
});
const placeSchema = v.object({
  url: v.string(),
  headers: v.optional(v.record(v.string(), v.string()), {}),
});

/** What a 413 offers. */
export interface HandOffOffer {
  /** Appended to the path, it asks for a place: `?upload`. */
  readonly upload: string;
  /** Bytes of a PUT; 0 where it was not told. */
  readonly bytesMax: number;
  /** Bytes of a hand-off. */
  readonly uploadBytesMax: number;
}

/** The hand-off that the problem document of a 413 names; undefined where it names none. */
export function handOffOf(problem: string): HandOffOffer | undefined {
  const read = v.safeParse(offerSchema, parsed(problem));
  return read.success ? read.output : undefined;
}

/**
 * Brings bytes that are too many for one PUT: asks for a place, PUTs them there, says that they are complete. Our
 * credential goes to the region only; the place has one in its URL.
 * @param base the region's, which a relative place is resolved against.
 */
export async function handOff(
  { delivery, base, clock }: { readonly delivery: Delivery; readonly base: URL; readonly clock: Clock },
  { path, bytes, headers }: Parcel,
  { upload }: HandOffOffer,
  deadlineMs: number,
): Promise<Delivered> {
  const post = { headers: { ...headers, 'content-type': 'application/json' }, method: 'POST' } as const;
  const length = Buffer.from(JSON.stringify({ length: bytes.length }));
  const asked = await delivery.put(path + upload, length, deadlineMs, post);
  if (asked.kind !== 'acknowledged') return asked;
  const place = v.safeParse(placeSchema, parsed(asked.answer));
  // It is there already, or the event does not want it: what a PUT would have been told.
  if (!place.success) return asked;
  const url = new URL(place.output.url, urlOf(base, path));
  const status = await putTo(url, place.output.headers, bytes, deadlineMs, clock);
  // 412: If-None-Match, so these very bytes are there from an earlier attempt.
  if (typeof status === 'number' && (status < 300 || status === 412))
    return delivery.put(`${path}?upload=complete`, Buffer.alloc(0), deadlineMs, post);
  return { kind: 'abandoned', reason: `hand-off: ${status}` };
}

function urlOf(base: URL, path: string): URL {
  return new URL(base.pathname.replace(/\/$/, '') + path, base);
}

async function putTo(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
  deadlineMs: number,
  clock: Clock,
): Promise<number | string> {
  const abort = new AbortController();
  const answered = cancelSource();
  void clock.sleepUntil(deadlineMs, answered).then(() => abort.abort());
  try {
    const answer = await request(url, { method: 'PUT', headers, body, signal: abort.signal });
    await answer.body.dump();
    return answer.statusCode;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    answered.cancel();
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
