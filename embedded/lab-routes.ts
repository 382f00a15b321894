import type { ActiveFault, FaultLab } from '../demo/lab/fault-lab';
import { authenticateOperator } from '../http/authenticate-operator';
import { controlPlane } from '../http/control-plane';
import type { HttpRequest, HttpResponse } from '../http/message';
import { jsonResponse, problemResponse } from '../http/problem';
import type { Origin } from '../origin/origin';
import type { Route } from '../server/http-server';

/** Beside the control plane, and only where somebody started a lab: `faults`, `faults/{id}`. */
export const LAB_PREFIX = '/lab/v1/';

const BODY_MAX = 4096;
const NO_STORE = { 'Cache-Control': 'no-store' } as const;

/** Who may change every event may break things; nobody else may even look. */
export async function labRoute(
  lab: FaultLab,
  origin: Origin,
  head: HttpRequest,
  administratorDigests: readonly string[],
): Promise<Route> {
  const operator = await authenticateOperator(origin, administratorDigests, head.headers['authorization']);
  if (operator?.administers !== true)
    return { kind: 'refuse', response: await controlPlane(origin, head, undefined) };
  return {
    ...{ kind: 'take', bodyBytesMax: BODY_MAX, owners: [`operator ${operator.name}`] },
    answer: (request) => answer(lab, request),
  };
}

async function answer(lab: FaultLab, request: HttpRequest): Promise<HttpResponse> {
  const [resource, id, ...rest] = request.path.slice(LAB_PREFIX.length).split('/');
  if (resource !== 'faults' || rest.length > 0) return unknown();
  switch (`${request.method} ${id === undefined ? 'all' : 'one'}`) {
    case 'GET all':
      return jsonResponse(200, { catalog: lab.catalog, active: lab.active.map(viewOf) });
    case 'POST all':
      return broken(lab, request);
    case 'DELETE all':
      await lab.mendAll();
      return jsonResponse(200, { active: [] });
    case 'DELETE one':
      return (await lab.mend(id ?? '')) ? jsonResponse(200, { active: lab.active.map(viewOf) }) : unknown();
    default:
      return problemResponse(
        {
          status: 405,
          title: 'Method not allowed',
          detail: 'Wanted GET, POST or DELETE of faults, or DELETE of one.',
        },
        { ...NO_STORE, Allow: id === undefined ? 'GET, POST, DELETE' : 'DELETE' },
      );
  }
}

async function broken(lab: FaultLab, { body }: HttpRequest): Promise<HttpResponse> {
  const outcome = await lab.break(jsonOf(body));
  switch (outcome.kind) {
    case 'broken':
      return jsonResponse(201, viewOf(outcome.active));
    case 'twice':
      return problemResponse(
        {
          ...{ status: 409, title: 'Broken already', detail: 'Mend it first, or let it end.' },
          members: { active: viewOf(outcome.active) },
        },
        NO_STORE,
      );
    case 'invalid':
      return problemResponse(
        { status: 400, title: 'Invalid', detail: 'The fault cannot be made.', faults: outcome.faults },
        NO_STORE,
      );
  }
}

/** @returns undefined, which no fault is, for what is not JSON. */
function jsonOf(body: Uint8Array | undefined): unknown {
  try {
    return JSON.parse(Buffer.from(body ?? []).toString()) as unknown;
  } catch {
    return undefined;
  }
}

function viewOf({ fromMs, untilMs, ...fault }: ActiveFault) {
  return { ...fault, from: new Date(fromMs).toISOString(), until: new Date(untilMs).toISOString() };
}

function unknown(): HttpResponse {
  return problemResponse(
    {
      status: 404,
      title: 'Unknown resource',
      detail: `Wanted ${LAB_PREFIX}faults, or the id of a fault in force.`,
    },
    NO_STORE,
  );
}
