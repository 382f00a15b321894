import { request } from 'undici';
import * as v from 'valibot';
import { cancelSource } from '../origin/ports/cancel';
import type { Clock } from '../origin/ports/clock';
import type { Delivered, Delivery } from './delivery';
import type { Parcel } from './parcel';

const problemSchema = v.object({ upload: v.pipe(v.string(), v.regex(/^\?upload\b/)) });
const uploadSchema = v.object({
  url: v.pipe(v.string(), v.url()),
  headers: v.optional(v.record(v.string(), v.string()), {}),
});

/** The query with which a 413 offers the hand-off, for example `?upload`; undefined where it offers none. */
export function handOffOf(problem: string): string | undefined {
  const read = v.safeParse(problemSchema, parsed(problem));
  return read.success ? read.output.upload : undefined;
}

/**
 * Brings bytes that are too many for one PUT: asks for a place, PUTs them there, says that they are complete. Our
 * credential goes to the region only; the place has one in its URL.
 */
export async function handOff(
  delivery: Delivery,
  { path, bytes, headers }: Parcel,
  query: string,
  deadlineMs: number,
  clock: Clock,
): Promise<Delivered> {
  const post = { headers: { ...headers, 'content-type': 'application/json' }, method: 'POST' } as const;
  const length = Buffer.from(JSON.stringify({ length: bytes.length }));
  const asked = await delivery.put(path + query, length, deadlineMs, post);
  if (asked.kind !== 'acknowledged') return asked;
  const place = v.safeParse(uploadSchema, parsed(asked.answer));
  if (!place.success)
    return { kind: 'refused', status: 413, answer: 'the answer to ?upload names no url to PUT to' };
  const status = await putTo(place.output.url, place.output.headers, bytes, deadlineMs, clock);
  // 412: If-None-Match, so these very bytes are there from an earlier attempt.
  if (typeof status === 'number' && (status < 300 || status === 412))
    return delivery.put(`${path}?upload=complete`, Buffer.alloc(0), deadlineMs, post);
  return { kind: 'abandoned', reason: `hand-off: ${status}` };
}

async function putTo(
  url: string,
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
