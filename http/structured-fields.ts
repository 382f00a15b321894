import type { Fault } from '../origin/events/configuration';
import { decodeSfDict, encodeSfList } from '@svta/cml-structured-field-values';

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

/** What was wrong with a header that did not fail its request: a list of strings, for people. */
export function faultsHeader(faults: readonly Fault[]): string {
  const told = faults.map(({ parameter, wanted, got }) => `${parameter}: wanted ${wanted}, got ${got}`);
  // RFC 9651, 3.3.3: a string is of printable ASCII.
  return encodeSfList(told.slice(0, 4).map((text) => text.replace(/[^ -~]/g, '?')));
}
