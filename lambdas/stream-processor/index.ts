import { originOf } from '../origin';
import { SERVICES } from '../metric-names';
import { telemetryOf } from '../telemetry';
import { streamProcessorHandler } from './handler';

export const handler = streamProcessorHandler(originOf(process.env), telemetryOf(SERVICES.streamProcessor));
