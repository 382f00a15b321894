import type { Published } from '../../http/publish-plane';
import { publishPlane } from '../../http/publish-plane';
import { failedAnswer } from '../../http/serve-plane';
import type { Publisher } from '../../origin/ingest/publisher';
import type { Origin } from '../../origin/origin';
import { decodeRequest, encodeResponse, type HttpEvent, type HttpResult, requestIdOf } from '../http-event';
import type { Telemetry } from '../telemetry';
import type { PublisherOf } from './publisher-of';

/** PUTs as API Gateway hands them in. */
export function ingestHandler(origin: Origin, telemetry: Telemetry, publisherOf: PublisherOf) {
  return async (event: HttpEvent): Promise<HttpResult> => {
    telemetry.log.setCorrelationId(requestIdOf(event));
    const request = decodeRequest(event);
    let publisher: Publisher | undefined;
    try {
      publisher = await publisherOf(event, request);
      const published = await publishPlane(origin, request, publisher);
      report(telemetry, published, publisher, request.path);
      return await encodeResponse(published.response);
    } catch (error) {
      telemetry.log.error('store failing', { path: request.path, ...publisher, error });
      return encodeResponse(failedAnswer());
    }
  };
}

function report(
  { log, count }: Telemetry,
  { response, outcome }: Published,
  publisher: Publisher | undefined,
  path: string,
): void {
  const { tenant, event, pipeline } = publisher ?? {};
  const subject = { ...(tenant && { tenant }), ...(event && { event }), ...(pipeline && { pipeline }) };
  const { status, headers } = response;
  const defects = headers['Headwater-Defects'];
  count(status < 400 ? 'Received' : 'Refused', subject);
  if (defects !== undefined) count('Defective', subject);
  if (isLate(outcome)) count('Late', subject);
  const line = {
    path,
    status,
    outcome: outcome?.kind,
    defects,
    credential: publisher?.credential,
    ...subject,
  };
  if (status >= 400 || defects !== undefined) log.warn('published', line);
  else log.info('published', line);
}

function isLate(outcome: Published['outcome']): boolean {
  return outcome?.kind === 'stored' && outcome.candidate.defects.some(({ name }) => name === 'late');
}
