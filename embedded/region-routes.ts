import { authenticate } from '../http/authenticate';
import { authenticateOperator } from '../http/authenticate-operator';
import { CONTROL_BODY_MAX, CONTROL_PREFIX, controlPlane } from '../http/control-plane';
import type { HttpRequest, HttpResponse } from '../http/message';
import { publishPlane } from '../http/publish-plane';
import { jsonResponse } from '../http/problem';
import { failedServe, servePlane } from '../http/serve-plane';
import { tooLargeAnswer } from '../http/too-large';
import type { Publisher } from '../origin/ingest/publisher';
import type { Origin } from '../origin/origin';
import { ANYBODY, pipelineOwners } from '../server/body-memory';
import type { Route, Router } from '../server/http-server';
import type { EmbeddedUploads } from '../stores/embedded';
import type { RegionMetrics } from './metrics';
import { isUpload, uploadRoute } from './upload-route';

/** Bytes of body that a GET may bring and nobody reads. */
const READ_BODY_MAX = 65_536;
const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** The port of one region: publish, serve and control, health and metrics. */
export function regionRouter(
  origin: Origin,
  metrics: RegionMetrics,
  limits: {
    readonly segmentBytesMax: number;
    readonly administratorDigests: readonly string[];
    readonly uploads: EmbeddedUploads;
  },
): Router {
  return (head) => {
    if (head.path === '/healthz') return read(() => health(origin));
    if (head.path === '/metrics') return read(() => metrics.response());
    if (head.path.startsWith(CONTROL_PREFIX)) return controlRoute(origin, head, limits.administratorDigests);
    if (isUpload(head)) return uploadRoute(limits.uploads, head);
    return READS.has(head.method)
      ? serve(origin, metrics, head)
      : publish(origin, metrics, head, limits.segmentBytesMax);
  };
}

function read(answer: () => Promise<HttpResponse>): Route {
  return { kind: 'take', bodyBytesMax: READ_BODY_MAX, owners: ANYBODY, answer };
}

function serve(origin: Origin, metrics: RegionMetrics, head: HttpRequest): Route {
  return {
    kind: 'take',
    bodyBytesMax: READ_BODY_MAX,
    owners: ANYBODY,
    async answer(_, cancel) {
      const served = await servePlane(origin, head, cancel);
      metrics.served(head, served);
      return served.response;
    },
    failed: (head) => failedServe(origin, head),
  };
}

/** The credential is checked before the body is taken: a stranger's bytes are never kept. */
async function publish(
  origin: Origin,
  metrics: RegionMetrics,
  head: HttpRequest,
  bodyBytesMax: number,
): Promise<Route> {
  const publisher = await authenticate(origin, head.headers['authorization']);
  if (publisher === undefined)
    return { kind: 'refuse', response: (await publishPlane(origin, head, undefined)).response };
  return {
    ...{ kind: 'take', bodyBytesMax, owners: pipelineOwners(publisher) },
    tooLarge: tooLargeAnswer(bodyBytesMax, origin.local.uploads.bytesMax),
    answer: (request) => published(origin, metrics, request, publisher),
  };
}

async function published(
  origin: Origin,
  metrics: RegionMetrics,
  request: HttpRequest,
  publisher: Publisher,
): Promise<HttpResponse> {
  const outcome = await publishPlane(origin, request, publisher);
  metrics.published(outcome, publisher.pipeline);
  return outcome.response;
}

/** A call of the control plane, answered by `origin`; a stranger's body is never kept. */
export async function controlRoute(
  origin: Origin,
  head: HttpRequest,
  administratorDigests: readonly string[],
): Promise<Route> {
  const operator = await authenticateOperator(origin, administratorDigests, head.headers['authorization']);
  if (operator === undefined)
    return { kind: 'refuse', response: await controlPlane(origin, head, undefined) };
  return {
    kind: 'take',
    bodyBytesMax: CONTROL_BODY_MAX,
    owners: [`operator ${operator.name}`],
    answer: (request) => controlPlane(origin, request, operator),
  };
}

/** Healthy: the region's stores and the events' answer. A failing store rejects, and the adapter says 503. */
async function health(origin: Origin): Promise<HttpResponse> {
  const nothing = { tenant: 'healthz', event: 'healthz' };
  await origin.local.candidates.ofSegment({ ...nothing, representation: 'healthz', number: 0 });
  await origin.eventStore.read(nothing);
  return jsonResponse(200, { status: 'ok', region: origin.local.region });
}
