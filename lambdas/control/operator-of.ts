import { ADMINISTRATOR, authenticateOperator } from '../../http/authenticate-operator';
import type { Operator } from '../../http/control-call';
import type { HttpRequest } from '../../http/message';
import type { Origin } from '../../origin/origin';
import { callerArnOf, type HttpEvent } from '../http-event';

/** Who operates; undefined for nobody that may. */
export type OperatorOf = (
  event: HttpEvent,
  request: HttpRequest,
) => Promise<Operator | undefined> | Operator | undefined;

/** @param administratorDigests SHA-256 of the administrator's tokens: the current one and the one before. */
export function byToken(origin: Origin, administratorDigests: readonly string[]): OperatorOf {
  return (_, request) => authenticateOperator(origin, administratorDigests, request.headers['authorization']);
}

/**
 * The IAM identity that signed the request. API Gateway has held method and path against its policy, which is where
 * tenants are kept apart: `execute-api:Invoke` on `{api}/control/GET/v1/tenants/acme/*`. Only for an API whose methods
 * all ask for IAM: a caller's ARN is there then, and cannot be sent.
 */
export const byIam: OperatorOf = (event) => {
  const arn = callerArnOf(event);
  return arn === '' ? undefined : { ...ADMINISTRATOR, name: arn.slice(arn.lastIndexOf(':') + 1) };
};
