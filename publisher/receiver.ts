import { parseMediaPath } from '../http/media-path';
import type { HttpRequest, HttpResponse } from '../http/message';
import { jsonResponse, problemResponse } from '../http/problem';
import { unknownNameAnswer, wrongMethodAnswer } from '../http/publish-answers';
import { encodeDefects } from '../http/segment-headers';
import type { Route, Router } from '../server/http-server';
import type { Intake } from './intake';

const NO_STORE = { 'Cache-Control': 'no-store' } as const;

/**
 * What a packager meets: the origin's own paths, and an answer as soon as its body is whole. Nothing that happens in a
 * region ever shows here, and neither does a defect as a status: packagers ignore statuses or die of them, and none
 * sends better bytes for it. So whatever came whole is 201; defects are in the body and in `Headwater-Defects`.
 */
export function receiverRouter(
  intake: Intake,
  bodyBytesMax: number,
  metrics: () => Promise<HttpResponse>,
): Router {
  return (head) => {
    if (head.path === '/healthz') return take(0, () => Promise.resolve(jsonResponse(200, { status: 'ok' })));
    if (head.path === '/metrics') return take(0, metrics);
    if (parseMediaPath(head.path) === undefined) return { kind: 'refuse', response: unknownNameAnswer() };
    switch (head.method) {
      case 'PUT':
      case 'POST':
        return take(bodyBytesMax, (request) => Promise.resolve(accepted(intake, request)));
      case 'DELETE':
        // Retention is the origin's: nothing is passed on.
        return take(bodyBytesMax, () => Promise.resolve({ status: 200, headers: NO_STORE }));
      case 'GET':
      case 'HEAD':
        return { kind: 'refuse', response: nothingToRead() };
      default:
        return { kind: 'refuse', response: wrongMethodAnswer(head.method) };
    }
  };
}

function take(bodyBytesMax: number, answer: (request: HttpRequest) => Promise<HttpResponse>): Route {
  // Whoever sends here is of one machine.
  return { kind: 'take', bodyBytesMax, owners: [], answer };
}

function accepted(intake: Intake, { path, body, headers }: HttpRequest): HttpResponse {
  // A packager's test of its connection.
  if (body === undefined || body.length === 0) return { status: 200, headers: NO_STORE };
  const { parcel, verdict } = intake.accept(path, body, headers);
  const defects = encodeDefects(verdict.defects);
  const { kind, digest } = parcel;
  return jsonResponse(
    201,
    { path, kind, digest, defects: verdict.defects.map(({ name, measures }) => ({ name, ...measures })) },
    defects === '' ? {} : { 'Headwater-Defects': defects },
  );
}

function nothingToRead(): HttpResponse {
  const detail = 'The publisher takes PUT, POST and DELETE; read from a region or from the edge.';
  return problemResponse(
    { status: 405, title: 'Nothing to read', detail },
    { ...NO_STORE, Allow: 'PUT, POST, DELETE' },
  );
}
