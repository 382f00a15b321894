import { decodeSfDict } from '@svta/cml-structured-field-values';

/**
 * One member of a dictionary header (RFC 9651), or undefined when there is no such header or member, or it is
 * malformed: optional headers from outside never fail a request.
 */
export function dictionaryMember(header: string | undefined, key: string): unknown {
  if (header === undefined) return undefined;
  try {
    const members = decodeSfDict(header) as Readonly<
      Record<string, { readonly value?: unknown } | undefined>
    >;
    return members[key]?.value;
  } catch {
    return undefined;
  }
}
