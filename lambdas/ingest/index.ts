import { originOf } from '../origin';
import { SERVICES } from '../metric-names';
import { telemetryOf } from '../telemetry';
import { ingestHandler } from './handler';
import { byAuthorizer, byCertificate } from './publisher-of';

const origin = originOf(process.env);
const telemetry = telemetryOf(SERVICES.ingest);

export const handler = ingestHandler(origin, telemetry, byAuthorizer);
export const certified = ingestHandler(origin, telemetry, byCertificate(origin));
