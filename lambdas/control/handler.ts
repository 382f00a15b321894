import { controlPlane } from '../../http/control-plane';
import { failedAnswer } from '../../http/serve-plane';
import type { Origin } from '../../origin/origin';
import { decodeRequest, encodeResponse, type HttpEvent, type HttpResult, requestIdOf } from '../http-event';
import type { Telemetry } from '../telemetry';
import type { OperatorOf } from './operator-of';

/** Calls of operators, as API Gateway hands them in. */
export function controlHandler(origin: Origin, operatorOf: OperatorOf, { log }: Telemetry) {
  return async (event: HttpEvent): Promise<HttpResult> => {
    log.setCorrelationId(requestIdOf(event));
    const request = decodeRequest(event);
    const { method, path } = request;
    try {
      const operator = await operatorOf(event, request);
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
