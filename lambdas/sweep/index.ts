import { originOf } from '../origin';
import { SERVICES } from '../metric-names';
import { telemetryOf } from '../telemetry';
import { sweepHandler } from './handler';

export const handler = sweepHandler(originOf(process.env), telemetryOf(SERVICES.sweep));
