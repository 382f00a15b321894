import { originOf } from '../origin';
import { telemetryOf } from '../telemetry';
import { sweepHandler } from './handler';

export const handler = sweepHandler(originOf(process.env), telemetryOf('sweep'));
