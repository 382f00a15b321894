import { parseAuthorization } from '../../http/authenticate';
import type { Operator } from '../../http/control-call';
import { controlPlane } from '../../http/control-plane';
import { failedAnswer } from '../../http/serve-plane';
import type { Origin } from '../../origin/origin';
import { decodeRequest, encodeResponse, type HttpEvent, type HttpResult } from '../http-event';
import type { Telemetry } from '../telemetry';

/** The generated token's holder: may read and change every tenant's events. */
const OPERATOR: Operator = { name: 'operator', tenants: '*', write: true };

/** Calls of operators, who show a token whose digest is among `operatorTokenDigests`. */
export function controlHandler(
  origin: Origin,
  operatorTokenDigests: ReadonlySet<string>,
  { log }: Telemetry,
) {
  return async (event: HttpEvent): Promise<HttpResult> => {
    const request = decodeRequest(event);
    const claim = parseAuthorization(request.headers['authorization'] ?? '');
    const known = claim !== undefined && operatorTokenDigests.has(origin.digester.sha256Hex(claim.secret));
    try {
      const response = await controlPlane(origin, request, known ? OPERATOR : undefined);
      // Who changed what: reads are not recorded.
      if (request.method !== 'GET')
        log.info('control', { method: request.method, path: request.path, status: response.status });
      return await encodeResponse(response);
    } catch (error) {
      log.error('store failing', { method: request.method, path: request.path, error });
      return encodeResponse(failedAnswer());
    }
  };
}
