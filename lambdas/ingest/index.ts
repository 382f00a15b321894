import { originOf } from '../origin';
import { telemetryOf } from '../telemetry';
import { ingestHandler } from './handler';

export const handler = ingestHandler(originOf(process.env), telemetryOf('ingest'));
