import { textOfUtf8 } from '../origin/encoding';
import type { Origin } from '../origin/origin';
import type { HttpRequest, HttpResponse } from './message';
import { CONTROL_ROUTES } from './control-routes';
import type { ControlCall, Operator, Route } from './control-call';
import { invalidAnswer } from './control-answers';
import { termsOf } from './control-terms';
import { problemResponse } from './problem';
import { NAME_PATTERN } from '../origin/events/name-pattern';

export const CONTROL_PREFIX = '/control/v1/';

/** Bytes of a control request's body; a configuration of 64 representations has some 20 kB. */
export const CONTROL_BODY_MAX = 262_144;

const NO_STORE = { 'Cache-Control': 'no-store' } as const;

/**
 * The control plane, in every runtime. `operator` is who the token speaks for, if anyone.
 * @throws what stores throw.
 */
export async function controlPlane(
  origin: Origin,
  request: HttpRequest,
  operator: Operator | undefined,
): Promise<HttpResponse> {
  if (operator === undefined)
    return problemResponse(
      {
        status: 401,
        title: 'Token needed',
        detail: 'Send an operator token.',
        faults: [
          { parameter: 'Authorization', wanted: 'Bearer, an operator token', got: 'none that is valid' },
        ],
      },
      { ...NO_STORE, 'WWW-Authenticate': 'Bearer realm="headwater"' },
    );
  const routed = route(request);
  if (typeof routed === 'string') return unroutedAnswer(request, routed);
  const { route: found, names } = routed;
  const lacking = lackOf(operator, found, names['tenant'] ?? '');
  if (lacking !== undefined) return forbiddenAnswer(operator, lacking);
  const input = parseBody(request.body);
  if (found.writes && input instanceof Error)
    return problemResponse(
      {
        status: 400,
        title: 'Not JSON',
        detail: 'The body cannot be read.',
        faults: [
          {
            parameter: 'body',
            wanted: `a JSON object of at most ${CONTROL_BODY_MAX} bytes`,
            got: input.message.slice(0, 200),
          },
        ],
      },
      NO_STORE,
    );
  const asked = termsOf(found, request, operator, input);
  if ('faults' in asked) return invalidAnswer(asked.faults);
  const call: ControlCall = { origin, request, operator, names, ...asked };
  return found.run(call);
}

/** What an operator lacks for a route; undefined when nothing. */
function lackOf(operator: Operator, route: Routed['route'], tenant: string): Lack | undefined {
  if (route.administers === true)
    return operator.administers === true
      ? undefined
      : { detail: 'Only the administrator makes tokens.', wanted: 'the token of the deployment' };
  if (operator.tenants !== '*' && !operator.tenants.includes(tenant))
    return { detail: 'The token is for other tenants.', wanted: `a token of tenant ${tenant}` };
  return route.writes && !operator.write
    ? { detail: 'The token may only read.', wanted: 'a token that may write' }
    : undefined;
}

interface Lack {
  readonly detail: string;
  readonly wanted: string;
}

function forbiddenAnswer({ name }: Operator, { detail, wanted }: Lack): HttpResponse {
  const faults = [{ parameter: 'Authorization', wanted, got: name }];
  return problemResponse({ status: 403, title: 'Not allowed', detail, faults }, NO_STORE);
}

interface Routed {
  readonly route: Route;
  readonly names: Readonly<Record<string, string>>;
}

function route(request: HttpRequest): Routed | 'unknown' | 'method' {
  if (!request.path.startsWith(CONTROL_PREFIX) || request.path.length > 1024) return 'unknown';
  const parts = request.path.slice(CONTROL_PREFIX.length).split('/');
  let pathKnown = false;
  for (const candidate of CONTROL_ROUTES) {
    const names = matchPattern(candidate.pattern, parts);
    if (names === undefined) continue;
    if (candidate.method === request.method) return { route: candidate, names };
    pathKnown = true;
  }
  return pathKnown ? 'method' : 'unknown';
}

function matchPattern(
  pattern: readonly string[],
  parts: readonly string[],
): Record<string, string> | undefined {
  if (pattern.length !== parts.length) return undefined;
  const names: Record<string, string> = {};
  for (const [index, wanted] of pattern.entries()) {
    const part = parts[index] ?? '';
    if (!wanted.startsWith(':')) {
      if (wanted !== part) return undefined;
    } else if (!NAME_PATTERN.test(part)) return undefined;
    else names[wanted.slice(1)] = part;
  }
  return names;
}

function unroutedAnswer(request: HttpRequest, why: 'unknown' | 'method'): HttpResponse {
  return why === 'method'
    ? problemResponse(
        {
          status: 405,
          title: 'Method not allowed',
          detail: 'The resource has other methods.',
          faults: [{ parameter: 'method', wanted: allowedAt(request), got: request.method }],
        },
        { ...NO_STORE, Allow: allowedAt(request) },
      )
    : problemResponse(
        {
          status: 404,
          title: 'Unknown resource',
          detail: 'docs/openapi.yaml lists the calls of the control plane.',
          faults: [
            { parameter: 'path', wanted: 'a call of the control plane', got: request.path.slice(0, 200) },
          ],
        },
        NO_STORE,
      );
}

function allowedAt(request: HttpRequest): string {
  const parts = request.path.slice(CONTROL_PREFIX.length).split('/');
  return CONTROL_ROUTES.filter(({ pattern }) => matchPattern(pattern, parts) !== undefined)
    .map(({ method }) => method)
    .join(', ');
}

/** @returns the value, `{}` for no body, or an Error that says what is wrong. */
function parseBody(body: Uint8Array | undefined): unknown {
  if (body === undefined || body.length === 0) return {};
  if (body.length > CONTROL_BODY_MAX) return new Error(`it has ${body.length} bytes`);
  try {
    const value = JSON.parse(textOfUtf8(body)) as unknown;
    // An array has no members, and so would pass for an object of none.
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? value
      : new Error('it is no object');
  } catch (error) {
    return error instanceof Error ? error : new Error('it cannot be read');
  }
}
