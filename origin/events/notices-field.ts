import { decodeSfDict, encodeSfDict, encodeSfItem, SfItem, SfToken } from '@svta/cml-structured-field-values';
import * as v from 'valibot';
import { faultsOf, segmentNumber, type Fault } from './configuration';
import type { Notice } from './event-record';

/**
 * `Headwater-Notices`, a Dictionary (RFC 9651): `version=1722470400000, notices=(ad-break;id="17";from=895000120;seconds=30
 * captions-lost), more=2`. Newest first; `more` counts those that found no room. Pipelines send `notices` alone.
 */

/** Bytes of the header: it is on every answer. */
export const NOTICES_BYTES_MAX = 512;
/** Bytes of one notice, so that the newest always has room. */
export const NOTICE_BYTES_MAX = 400;
/** Notices in one header of a pipeline. */
const SENT_MAX = 16;
const DATA_MEMBERS_MAX = 8;
/** RFC 9651, 3.3.1 and 3.3.2: 15 digits; a decimal has 12 of them before its point, and 3 after it. */
const INTEGER_MAX = 999_999_999_999_999;
const DECIMAL_MAX = 1e12;

/** Both stand in URLs too. A type is a token of a structured field. */
const type = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z][A-Za-z0-9_-]{0,31}$/, 'wanted 1-32 of A-Z a-z 0-9 _ -, the first a letter'),
);
const name = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/, 'wanted 1-32 of A-Z a-z 0-9 _ -, the first a letter or digit'),
);
const key = v.pipe(
  v.string(),
  v.regex(/^[a-z][a-z0-9_.*-]{0,31}$/, 'wanted names of 1-32 of a-z 0-9 _ . * -, the first a letter'),
  v.notValue('id', 'wanted no member called id: it stands beside data'),
  v.notValue('from', 'wanted no member called from: it is fromSegment, beside data'),
);
const value = v.union([
  v.pipe(v.string(), v.regex(/^[ -~]{0,300}$/, 'wanted at most 300 printable characters of ASCII')),
  v.pipe(
    v.number(),
    v.check(isSfNumber, 'wanted a whole number of at most 15 digits, or at most 12.3 digits'),
  ),
  v.boolean(),
]);

export const noticeSchema = v.pipe(
  v.strictObject({
    type,
    id: v.exactOptional(name),
    fromSegment: v.exactOptional(
      v.pipe(segmentNumber, v.maxValue(INTEGER_MAX, `wanted at most ${INTEGER_MAX}`)),
    ),
    data: v.optional(
      v.pipe(
        v.record(key, value),
        v.check(
          (data) => Object.keys(data).length <= DATA_MEMBERS_MAX,
          `wanted at most ${DATA_MEMBERS_MAX} members`,
        ),
      ),
      {},
    ),
  }),
  v.transform(({ id = '', ...rest }): Notice => ({ ...rest, name: id })),
  v.check(
    (notice) => encodeNotice(notice).length <= NOTICE_BYTES_MAX,
    `wanted a notice that takes at most ${NOTICE_BYTES_MAX} bytes in a header`,
  ),
);

function isSfNumber(number: number): boolean {
  if (Number.isInteger(number)) return Math.abs(number) <= INTEGER_MAX;
  return Math.abs(number) < DECIMAL_MAX && Math.round(number * 1000) / 1000 === number;
}

/** One member of the inner list. */
export function encodeNotice(notice: Notice): string {
  return encodeSfItem(itemOf(notice));
}

function itemOf({ type: kind, name: id, fromSegment, data }: Notice): SfItem {
  return new SfItem(new SfToken(kind), {
    ...(id !== '' && { id }),
    ...(fromSegment !== undefined && { from: fromSegment }),
    ...data,
  });
}

/** The header's value; the newest win. @param newestFirst each of at most {@link NOTICE_BYTES_MAX} */
export function encodeNotices(
  version: number,
  newestFirst: readonly Notice[],
): { readonly field: string; readonly carried: number } {
  for (let carried = Math.min(newestFirst.length, NOTICES_BYTES_MAX / 2); ; carried--) {
    const more = newestFirst.length - carried;
    const field = encodeSfDict({
      version,
      notices: new SfItem(newestFirst.slice(0, carried).map(itemOf)),
      ...(more > 0 && { more }),
    });
    if (field.length <= NOTICES_BYTES_MAX || carried === 0) return { field, carried };
  }
}

/** The version that a header's value begins with; -1 for what is none of ours. */
export function noticesVersion(field: string | undefined): number {
  const [, digits] = /^version=(\d{1,15})(?:,|$)/.exec(field ?? '') ?? [];
  return digits === undefined ? -1 : Number(digits);
}

/** Reads a pipeline's header, strictly: one thing wrong, and none of it counts (RFC 9651, 4.2). */
export function parseNotices(
  header: string,
): { readonly notices: readonly Notice[] } | { readonly faults: readonly Fault[] } {
  const got = header.slice(0, 100);
  if (header.length > NOTICES_BYTES_MAX)
    return refused(`at most ${NOTICES_BYTES_MAX} bytes`, `${header.length} bytes`);
  const items = itemsOf(header);
  if (items === undefined) return refused('a dictionary of the one member notices, a list of tokens', got);
  if (items.length > SENT_MAX) return refused(`at most ${SENT_MAX} notices`, `${items.length} notices`);
  const result = v.safeParse(v.array(noticeSchema), items.map(inputOf));
  if (!result.success)
    return {
      faults: faultsOf(result.issues).map((fault) => ({
        ...fault,
        parameter: `Headwater-Notices.${fault.parameter}`,
      })),
    };
  return { notices: result.output };
}

interface DecodedItem {
  readonly value: unknown;
  readonly params?: Readonly<Record<string, unknown>>;
}

function itemsOf(header: string): readonly DecodedItem[] | undefined {
  try {
    const { notices, ...others } = decodeSfDict(header) as Readonly<Record<string, DecodedItem | undefined>>;
    if (!Array.isArray(notices?.value) || Object.keys(others).length > 0) return undefined;
    return notices.value as readonly DecodedItem[];
  } catch {
    return undefined;
  }
}

/** As an operator would write it. The library decodes tokens as symbols; a quoted type is none. */
function inputOf({ value: decoded, params = {} }: DecodedItem): unknown {
  const { id, from, ...data } = params;
  return {
    type: typeof decoded === 'symbol' ? decoded.description : undefined,
    ...(id !== undefined && { id }),
    ...(from !== undefined && { fromSegment: from }),
    data,
  };
}

function refused(wanted: string, got: string): { readonly faults: readonly Fault[] } {
  return { faults: [{ parameter: 'Headwater-Notices', wanted, got }] };
}
