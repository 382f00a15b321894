import type { ChangeTerms } from '../origin/events/change-outcome';
import type { Fault } from '../origin/events/configuration';
import type { Operator, Route } from './control-call';
import type { HttpRequest } from './message';

/** Why a change is made, for calls without a body of ours; the body's `reason` otherwise. */
const REASON_HEADER = 'headwater-reason';
const REASON_LENGTH_MAX = 500;
/** Characters of a condition; ETags have some ten each. */
const CONDITION_LENGTH_MAX = 1024;

interface Terms {
  readonly terms: ChangeTerms;
  /** The body without the members that are terms. */
  readonly input: unknown;
}

/** On what terms a call is made: `?preview`, `?force`, conditions and the reason, in headers or beside what is sent. */
export function termsOf(
  route: Route,
  request: HttpRequest,
  operator: Operator,
  body: unknown,
): Terms | { readonly faults: readonly Fault[] } {
  const { own, input } = route.wholeBody === true ? { own: {}, input: body } : apart(body);
  const preview = flagOf('preview', request.query['preview']);
  const force = flagOf('force', 'force' in own ? own.force : request.query['force']);
  const reason = reasonOf('reason' in own ? own.reason : (request.headers[REASON_HEADER] ?? ''));
  const ifMatch = conditionOf('If-Match', request.headers['if-match']);
  const ifNoneMatch = conditionOf('If-None-Match', request.headers['if-none-match']);
  const faults = [preview, force, reason, ifMatch, ifNoneMatch].filter(isFault);
  if (preview === true && route.previews !== true)
    faults.push({ parameter: 'preview', wanted: 'none: this call cannot be tried out', got: 'preview' });
  if (isFault(preview) || isFault(force) || isFault(reason) || isFault(ifMatch) || isFault(ifNoneMatch))
    return { faults };
  if (faults.length > 0) return { faults };
  const conditions = {
    ...(ifMatch !== undefined && { ifMatch }),
    ...(ifNoneMatch !== undefined && { ifNoneMatch }),
  };
  return { input, terms: { by: operator.name, reason, preview, force, ...conditions } };
}

interface OwnTerms {
  readonly reason?: unknown;
  readonly force?: unknown;
}

function apart(body: unknown): { readonly own: OwnTerms; readonly input: unknown } {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return { own: {}, input: body };
  const members = Object.entries(body);
  const isOwn = ([name]: readonly [string, unknown]) => name === 'reason' || name === 'force';
  return {
    own: Object.fromEntries(members.filter(isOwn)),
    input: Object.fromEntries(members.filter((member) => !isOwn(member))),
  };
}

function flagOf(parameter: string, value: unknown): boolean | Fault {
  if (value === undefined || value === false || value === 'false') return false;
  if (value === true || value === 'true' || value === '') return true;
  return { parameter, wanted: 'true or false', got: toldOf(value) };
}

function reasonOf(value: unknown): string | Fault {
  if (typeof value === 'string' && value.length <= REASON_LENGTH_MAX) return value;
  const wanted = `text of at most ${REASON_LENGTH_MAX} characters`;
  return { parameter: 'reason', wanted, got: toldOf(value) };
}

function conditionOf(parameter: string, value: string | undefined): string | undefined | Fault {
  if (value === undefined || value.length <= CONDITION_LENGTH_MAX) return value;
  const wanted = `ETags, at most ${CONDITION_LENGTH_MAX} characters`;
  return { parameter, wanted, got: `${value.length} characters` };
}

function toldOf(value: unknown): string {
  return (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 100);
}

function isFault(value: unknown): value is Fault {
  return typeof value === 'object' && value !== null;
}
