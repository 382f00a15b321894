import { variable } from '../environment';
import { originOf } from '../origin';
import { SERVICES } from '../metric-names';
import { telemetryOf } from '../telemetry';
import { BY_IAM, CONTROL_AUTHORIZATION, OPERATOR_TOKEN_DIGESTS } from './environment';
import { controlHandler } from './handler';
import { byIam, byToken } from './operator-of';

// Operators read what they have just written, so the control plane reads where it writes.
const origin = originOf(process.env, 'home');
const operatorOf =
  process.env[CONTROL_AUTHORIZATION] === BY_IAM
    ? byIam
    : byToken(origin, variable(process.env, OPERATOR_TOKEN_DIGESTS).split(','));

export const handler = controlHandler(origin, operatorOf, telemetryOf(SERVICES.control));
