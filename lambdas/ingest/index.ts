import { originOf } from '../origin';
import { SERVICES } from '../metric-names';
import { telemetryOf } from '../telemetry';
import { ingestHandler } from './handler';

export const handler = ingestHandler(originOf(process.env), telemetryOf(SERVICES.ingest));
