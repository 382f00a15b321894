import { hexOf } from '../origin/encoding';
import type { IngestOutcome } from '../origin/ingest/outcome';
import type { Origin } from '../origin/origin';
import type { HttpRequest } from './message';
import { dictionaryMember } from './structured-fields';

export interface PutBody {
  readonly bytes: Uint8Array;
  /** SHA-256, lower-case hexadecimal. */
  readonly digest: string;
}

/** The body of a PUT, or what it comes to without being looked at: there is none, or it is not what its digest says. */
export function bodyOf(
  { digester }: Pick<Origin, 'digester'>,
  request: HttpRequest,
): PutBody | Extract<IngestOutcome, { kind: 'ignored' | 'digest-mismatch' }> {
  const bytes = request.body ?? new Uint8Array();
  if (bytes.length === 0) return { kind: 'ignored', why: 'empty', defects: [] };
  const digest = digester.sha256Hex(bytes);
  return digestMismatch(request, digest) ?? { bytes, digest };
}

/** RFC 9530. Digests of other algorithms, or malformed ones, prove nothing and are passed over. */
function digestMismatch(
  request: HttpRequest,
  got: string,
): Extract<IngestOutcome, { kind: 'digest-mismatch' }> | undefined {
  for (const header of ['content-digest', 'repr-digest']) {
    const value = dictionaryMember(request.headers[header], 'sha-256');
    const wanted = value instanceof Uint8Array ? hexOf(value) : got;
    if (wanted !== got) return { kind: 'digest-mismatch', header, wanted, got };
  }
  return undefined;
}
