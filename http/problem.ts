import type { Fault } from '../origin/events/configuration';
import type { HttpResponse } from './message';

/** RFC 9457: what went wrong, for programs (`type`, members) and for people (`title`, `detail`). */
export interface Problem {
  readonly status: number;
  /** Short and stable; `type` is `/problems/` and its kebab-case form. */
  readonly title: string;
  /** What to do about it. */
  readonly detail: string;
  /** What was wrong with the request, member by member. */
  readonly faults?: readonly Fault[];
  /** Further members that programs may want, such as the number expected now. */
  readonly members?: Readonly<Record<string, unknown>>;
}

/** Relative, so that a problem names no host: docs/http-api.md lists them. */
const TYPE_BASE = '/problems/';

/**
 * A response with the problem as its body, in the dialect of edges (edge/guard); `headers` come on top and must say how long it may be
 * cached.
 */
export function problemResponse(
  problem: Problem,
  headers: Readonly<Record<string, string>> & { readonly 'Cache-Control': string },
): HttpResponse {
  const type = TYPE_BASE + problem.title.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const body = JSON.stringify({
    type: type,
    title: problem.title,
    status: problem.status,
    detail: problem.detail,
    faults: problem.faults,
    ...problem.members,
  });
  return {
    status: problem.status,
    headers: { 'Content-Type': 'application/problem+json', ...headers },
    body: `${body}\n`,
  };
}

/** A JSON answer of the control plane or a PUT: never cached. */
export function jsonResponse(
  status: number,
  value: unknown,
  headers?: Readonly<Record<string, string>>,
): HttpResponse {
  return {
    status,
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...headers },
    body: `${JSON.stringify(value)}\n`,
  };
}
