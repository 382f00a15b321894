import { originOf } from '../origin';
import { telemetryOf } from '../telemetry';
import { streamProcessorHandler } from './handler';

export const handler = streamProcessorHandler(originOf(process.env), telemetryOf('stream-processor'));
