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

/** The only form that is sent today (RFC 9110, 5.6.7); what is in another is as good as expired. */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;

/** Headers of a request that change no answer of the media plane, though servers in between name them in Vary. */
const CHANGES_NOTHING = new Set([
  'accept-encoding',
  'origin',
  'access-control-request-headers',
  'access-control-request-method',
]);

/** What `must-understand` asks about (RFC 9111, 5.2.2.3): statuses of which the edge knows what they mean. */
const UNDERSTOOD = new Set([200, 404, 410, 503]);

/**
 * Only what says so itself is stored: no heuristics. A part or a revalidation is never stored.
 * @param headers names in lower case
 */
export function freshnessOf(status: number, headers: Readonly<Record<string, string>>): Freshness {
  const directives = directivesOf(headers['cache-control'] ?? '');
  const refused = ['no-store', 'no-cache', 'private'].some((name) => directives.has(name));
  if (refused || status === 206 || status === 304 || 'set-cookie' in headers) return NOT_STORED;
  if (directives.has('must-understand') && !UNDERSTOOD.has(status)) return NOT_STORED;
  if (variesByRequest(headers['vary'] ?? '')) return NOT_STORED;
  const freshSeconds = Math.max(0, lifetimeSeconds(directives, headers) - ageSeconds(headers));
  if (freshSeconds === 0) return NOT_STORED;
  const mustRevalidate = directives.has('must-revalidate') || directives.has('proxy-revalidate');
  return {
    freshMs: freshSeconds * 1000,
    staleIfErrorMs: mustRevalidate ? 0 : secondsOf(directives.get('stale-if-error')) * 1000,
  };
}

/** How old a response was when it came; an Age that is no number is ignored (RFC 9111, 5.1). */
export function ageSeconds(headers: Readonly<Record<string, string>>): number {
  const [first] = (headers['age'] ?? '').split(',');
  return secondsOf(first?.trim());
}

function lifetimeSeconds(
  directives: ReadonlyMap<string, string>,
  { date, expires }: Readonly<Record<string, string>>,
): number {
  const said = directives.get('s-maxage') ?? directives.get('max-age');
  if (said !== undefined) return secondsOf(said);
  const seconds = (httpDateMs(expires) - httpDateMs(date)) / 1000;
  return Number.isNaN(seconds) ? 0 : Math.min(SECONDS_MAX, Math.max(0, seconds));
}

/** One object answers all: nothing of a client's request goes upstream, so no other answer was ever seen. */
function variesByRequest(vary: string): boolean {
  const names = vary.split(',').map((name) => name.trim().toLowerCase());
  return names.some((name) => name !== '' && !CHANGES_NOTHING.has(name));
}

/** Of a directive that is there twice the first counts (RFC 9111, 4.2.1). */
function directivesOf(header: string): ReadonlyMap<string, string> {
  const directives = header.split(',').map((part) => {
    const [name = '', value = ''] = part.split('=', 2);
    return [name.trim().toLowerCase(), value.trim().replace(/^"(.*)"$/, '$1')] as const;
  });
  return new Map(directives.reverse());
}

/** 0 for what is missing or no delta-seconds (RFC 9111, 1.2.2). */
function secondsOf(text: string | undefined): number {
  return text !== undefined && /^\d+$/.test(text) ? Math.min(SECONDS_MAX, Number(text)) : 0;
}

function httpDateMs(text: string | undefined): number {
  return text !== undefined && HTTP_DATE.test(text) ? Date.parse(text) : NaN;
}
