import { variable } from '../environment';
import { originOf } from '../origin';
import { SERVICES } from '../metric-names';
import { telemetryOf } from '../telemetry';
import { EDGE_CREDENTIAL_DIGESTS } from './environment';
import { bufferedHandler, responder, streamedHandler, type StreamingRuntime } from './handler';
import { openConnections } from './open-connections';

const digests = variable(process.env, EDGE_CREDENTIAL_DIGESTS).split(',');
const origin = originOf(process.env);
openConnections(origin);
const telemetry = telemetryOf(SERVICES.serve);
const respond = responder(origin, digests, telemetry);

/** Lambda's own Node runtime streams; emulators have no such global, or an empty one. */
const { awslambda } = globalThis as unknown as { readonly awslambda?: Partial<StreamingRuntime> };

export const buffered = bufferedHandler(respond);
export const streamed = canStream(awslambda) ? streamedHandler(respond, awslambda, telemetry) : undefined;

function canStream(runtime: Partial<StreamingRuntime> | undefined): runtime is StreamingRuntime {
  return runtime?.streamifyResponse !== undefined;
}
