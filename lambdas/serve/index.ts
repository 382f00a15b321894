import { variable } from '../environment';
import { originOf } from '../origin';
import { SERVICES } from '../metric-names';
import { telemetryOf } from '../telemetry';
import { EDGE_CREDENTIAL_DIGESTS } from './environment';
import { bufferedHandler, responder, streamedHandler, type StreamingRuntime } from './handler';

const digests = variable(process.env, EDGE_CREDENTIAL_DIGESTS).split(',');
const respond = responder(originOf(process.env), digests, telemetryOf(SERVICES.serve));

/** Lambda's own Node runtime streams; emulators have no such global, or an empty one. */
const { awslambda } = globalThis as unknown as { readonly awslambda?: Partial<StreamingRuntime> };

export const buffered = bufferedHandler(respond);
export const streamed = canStream(awslambda) ? streamedHandler(respond, awslambda) : undefined;

function canStream(runtime: Partial<StreamingRuntime> | undefined): runtime is StreamingRuntime {
  return runtime?.streamifyResponse !== undefined;
}
