/** How long a shared cache may answer from a response (RFC 9111, 4.2). */
export interface Freshness {
  /** From when it was received; 0: it may not be stored. Milliseconds. */
  readonly freshMs: number;
  /** Beyond that, while every origin fails (RFC 5861, 4). Milliseconds. */
  readonly staleIfErrorMs: number;
}

/** Longer than any segment is kept; greater values are cut, so that no sum overflows. */
const SECONDS_MAX = 31_536_000;

const NOT_STORED: Freshness = { freshMs: 0, staleIfErrorMs: 0 };

/**
 * Only what says so itself is stored: no heuristics, no Expires. A part or a revalidation is never stored.
 * @param headers names in lower case
 */
export function freshnessOf(status: number, headers: Readonly<Record<string, string>>): Freshness {
  const directives = directivesOf(headers['cache-control'] ?? '');
  const refused = ['no-store', 'no-cache', 'private'].some((name) => directives.has(name));
  if (refused || status === 206 || status === 304 || 'set-cookie' in headers) return NOT_STORED;
  const lifetime = directives.get('s-maxage') ?? directives.get('max-age');
  const freshSeconds = Math.max(0, secondsOf(lifetime) - secondsOf(headers['age']));
  if (freshSeconds === 0) return NOT_STORED;
  return {
    freshMs: freshSeconds * 1000,
    staleIfErrorMs: secondsOf(directives.get('stale-if-error')) * 1000,
  };
}

function directivesOf(header: string): ReadonlyMap<string, string> {
  const directives = header.split(',').map((part) => {
    const [name = '', value = ''] = part.split('=', 2);
    return [name.trim().toLowerCase(), value.trim().replace(/^"(.*)"$/, '$1')] as const;
  });
  return new Map(directives);
}

/** 0 for what is missing or no delta-seconds (RFC 9111, 1.2.2). */
function secondsOf(text: string | undefined): number {
  return text !== undefined && /^\d+$/.test(text) ? Math.min(SECONDS_MAX, Number(text)) : 0;
}
