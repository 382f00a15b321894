import { variable } from '../environment';
import { originOf } from '../origin';
import { telemetryOf } from '../telemetry';
import { EDGE_CREDENTIAL_DIGESTS } from './environment';
import { bufferedHandler, responder, streamedHandler, type StreamingRuntime } from './handler';

const digests = new Set(variable(process.env, EDGE_CREDENTIAL_DIGESTS).split(','));
const respond = responder(originOf(process.env), digests, telemetryOf('serve'));

/** Emulators and function URLs without streaming have no such global. */
const { awslambda } = globalThis as unknown as { readonly awslambda?: StreamingRuntime };

export const buffered = bufferedHandler(respond);
export const streamed = awslambda && streamedHandler(respond, awslambda);
