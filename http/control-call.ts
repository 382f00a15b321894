import type { EventKey } from '../origin/candidate';
import type { ChangeTerms } from '../origin/events/change-outcome';
import type { Origin } from '../origin/origin';
import type { HttpRequest, HttpResponse } from './message';

/** Who operates, as the token says. */
export interface Operator {
  /** Names the token in the record of changes; tells nothing of the token. */
  readonly name: string;
  readonly tenants: '*' | readonly string[];
  readonly write: boolean;
  /** May also make, list and revoke the tokens of others. */
  readonly administers?: true;
}

/** One call of the control plane, routed, allowed and parsed. */
export interface ControlCall {
  readonly origin: Origin;
  readonly request: HttpRequest;
  readonly operator: Operator;
  /** What stands at the `:` places of the route's pattern. */
  readonly names: Readonly<Record<string, string>>;
  /** The JSON body; `{}` when there is none. Without what {@link ControlCall.terms} has of it. */
  readonly input: unknown;
  readonly terms: ChangeTerms;
}

export interface Route {
  readonly method: string;
  readonly pattern: readonly string[];
  readonly writes: boolean;
  /** Of the deployment as a whole, not of a tenant. */
  readonly administers?: true;
  /** Can be asked what it would do. */
  readonly previews?: true;
  /** The body is the resource itself, and has no members of the request beside it. */
  readonly wholeBody?: true;
  readonly run: (call: ControlCall) => Promise<HttpResponse>;
}

/** The event that the call is about. */
export function keyOf({ names }: Pick<ControlCall, 'names'>): EventKey {
  return { tenant: names['tenant'] ?? '', event: names['event'] ?? '' };
}
