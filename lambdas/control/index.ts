import { variable } from '../environment';
import { originOf } from '../origin';
import { SERVICES } from '../metric-names';
import { telemetryOf } from '../telemetry';
import { OPERATOR_TOKEN_DIGESTS } from './environment';
import { controlHandler } from './handler';

const digests = variable(process.env, OPERATOR_TOKEN_DIGESTS).split(',');

// Operators read what they have just written, so the control plane reads where it writes.
export const handler = controlHandler(originOf(process.env, 'home'), digests, telemetryOf(SERVICES.control));
