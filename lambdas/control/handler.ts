import { authenticateOperator } from '../../http/authenticate-operator';
import { controlPlane } from '../../http/control-plane';
import { failedAnswer } from '../../http/serve-plane';
import type { Origin } from '../../origin/origin';
import { decodeRequest, encodeResponse, type HttpEvent, type HttpResult, requestIdOf } from '../http-event';
import type { Telemetry } from '../telemetry';

/**
 * Calls of operators, who show the administrator's token or one made by it.
 * @param administratorDigests SHA-256 of the administrator's tokens: the current one and the one before.
 */
export function controlHandler(origin: Origin, administratorDigests: readonly string[], { log }: Telemetry) {
  return async (event: HttpEvent): Promise<HttpResult> => {
    log.setCorrelationId(requestIdOf(event));
    const request = decodeRequest(event);
    const { method, path } = request;
    try {
      const operator = await authenticateOperator(
        origin,
        administratorDigests,
        request.headers['authorization'],
      );
      const response = await controlPlane(origin, request, operator);
      // Who changed what: reads are not recorded.
      if (method !== 'GET')
        log.info('control', { method, path, status: response.status, by: operator?.name });
      return await encodeResponse(response);
    } catch (error) {
      log.error('store failing', { method, path, error });
      return encodeResponse(failedAnswer());
    }
  };
}
