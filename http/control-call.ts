import type { Origin } from '../origin/origin';
import type { HttpRequest } from './message';

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
  /** The JSON body; `{}` when there is none. */
  readonly input: unknown;
}
