import type { EventKey } from '../origin/candidate';
import { appendEntry, deleteEvent, endEvent, putEvent } from '../origin/events/change-event';
import {
  parseCredentialRequest,
  parseEnd,
  parseInitChoice,
  parseMask,
  parsePreference,
} from '../origin/events/change-requests';
import { replaceCredential } from '../origin/events/replace-credential';
import type { LiveEvent } from '../origin/events/live-event';
import type { Origin } from '../origin/origin';
import type { ControlCall } from './control-call';
import {
  changeAnswer,
  entryView,
  eventView,
  invalidAnswer,
  unknownAnswer,
  versionHeaders,
} from './control-answers';
import { grid } from './control-grid';
import { health } from './control-health';
import { explain, timeline } from './control-reads';
import { createToken, listTokens, revokeToken } from './control-tokens';
import { edgeConfigurationOf } from '../origin/events/edge-configuration';
import type { HttpRequest, HttpResponse } from './message';
import { jsonResponse } from './problem';
import { initChoiceEntry } from '../origin/events/accept-init';

interface Route {
  readonly method: string;
  readonly pattern: readonly string[];
  readonly writes: boolean;
  /** Of the deployment as a whole, not of a tenant. */
  readonly administers?: true;
  readonly run: (call: ControlCall) => Promise<HttpResponse>;
}

const EVENTS_LISTED_MAX = 500;
const EVENT = 'tenants/:tenant/events/:event';

/** Every call of the control plane, in the order of docs/openapi.yaml. */
export const CONTROL_ROUTES: readonly Route[] = [
  read('GET', 'tenants/:tenant/events', async ({ origin, names }) => {
    const heads = await origin.eventStore.list(names['tenant'] ?? '', EVENTS_LISTED_MAX);
    return jsonResponse(200, { events: heads.map(eventView) });
  }),
  write('PUT', EVENT, async ({ origin, names, input, request }) => {
    const outcome = await putEvent(origin, keyOf(names), input, request.headers['if-match']);
    return changeAnswer(outcome, eventView, (head) => versionHeaders(head));
  }),
  onEvent('GET', EVENT, (_, { head }) =>
    Promise.resolve(jsonResponse(200, eventView(head), versionHeaders(head))),
  ),
  write('DELETE', EVENT, async ({ origin, names }) =>
    changeAnswer(await deleteEvent(origin, keyOf(names)), eventView, () => ({})),
  ),
  write('POST', `${EVENT}/end`, async ({ origin, names, input }) => {
    const parsed = parseEnd(input);
    if ('faults' in parsed) return invalidAnswer(parsed.faults);
    return changeAnswer(await endEvent(origin, keyOf(names), parsed.finalSegment), eventView, versionHeaders);
  }),
  write('PUT', `${EVENT}/pipelines/:pipeline/credential`, credential),
  onEvent('GET', `${EVENT}/masks`, (_, event) => Promise.resolve(jsonResponse(200, { masks: event.masks }))),
  write('POST', `${EVENT}/masks`, ({ origin, names, input, operator }) =>
    appended(origin, keyOf(names), (event, base) => {
      const parsed = parseMask(input, event);
      return 'faults' in parsed ? parsed : { ...base, kind: 'mask', by: operator.name, ...parsed };
    }),
  ),
  write('DELETE', `${EVENT}/masks/:mask`, ({ origin, names, operator }) =>
    appended(origin, keyOf(names), (event, base) => {
      const target = names['mask'] ?? '';
      if (!event.masks.some(({ id }) => id === target))
        return { faults: [{ parameter: 'id', wanted: 'the id of a mask in force', got: target }] };
      return { ...base, id: `undo#${target}`, kind: 'undo', by: operator.name, target };
    }).then((response) => ({ ...response, status: response.status === 201 ? 200 : response.status })),
  ),
  onEvent('GET', `${EVENT}/preferences`, (_, event) =>
    Promise.resolve(jsonResponse(200, { preferences: event.preferences })),
  ),
  write('POST', `${EVENT}/preferences`, ({ origin, names, input, operator }) =>
    appended(origin, keyOf(names), (event, base) => {
      const parsed = parsePreference(input, event);
      return 'faults' in parsed ? parsed : { ...base, kind: 'preference', by: operator.name, ...parsed };
    }),
  ),
  write('POST', `${EVENT}/inits/:representation`, ({ origin, names, input, operator }) =>
    appended(origin, keyOf(names), (event, base) => {
      const parsed = parseInitChoice(input, event);
      if ('faults' in parsed) return parsed;
      return initChoiceEntry(event, names['representation'] ?? '', parsed, { ...base, by: operator.name });
    }),
  ),
  onEvent('GET', `${EVENT}/timeline`, timeline),
  onEvent('GET', `${EVENT}/grid`, grid),
  onEvent('GET', `${EVENT}/health`, health),
  onEvent('GET', `${EVENT}/explain`, explain),
  onEvent('GET', `${EVENT}/edge`, ({ request }, event) => Promise.resolve(edgeAnswer(event, request))),
  administer(write('POST', 'tokens', createToken)),
  administer(read('GET', 'tokens', listTokens)),
  administer(write('DELETE', 'tokens/:token', revokeToken)),
];

function read(method: string, pattern: string, run: Route['run']): Route {
  return { method, pattern: pattern.split('/'), writes: false, run };
}

function write(method: string, pattern: string, run: Route['run']): Route {
  return { method, pattern: pattern.split('/'), writes: true, run };
}

function administer(route: Route): Route {
  return { ...route, administers: true };
}

/** A call about an event that has to exist. */
function onEvent(
  method: string,
  pattern: string,
  run: (call: ControlCall, event: LiveEvent) => Promise<HttpResponse>,
): Route {
  return read(method, pattern, async (call) => {
    const event = await call.origin.events.get(keyOf(call.names));
    return event === undefined ? unknownAnswer() : run(call, event);
  });
}

async function appended(
  origin: Origin,
  key: EventKey,
  make: Parameters<typeof appendEntry>[3],
): Promise<HttpResponse> {
  return changeAnswer(await appendEntry(origin, key, 1, make), entryView, () => ({}));
}

/** The secret is in this one answer and nowhere else. */
async function credential({ origin, names, input, operator }: ControlCall): Promise<HttpResponse> {
  const key = keyOf(names);
  const pipeline = names['pipeline'] ?? '';
  const event = await origin.events.reload(key);
  if (event?.configuration.pipelines.includes(pipeline) !== true) return unknownAnswer();
  const parsed = parseCredentialRequest(input, origin.clock.nowMs());
  if ('faults' in parsed) return invalidAnswer(parsed.faults);
  const made = await replaceCredential(origin, key, pipeline, parsed.previousValidUntilMs, operator.name);
  const previousValidUntil = new Date(parsed.previousValidUntilMs).toISOString();
  return jsonResponse(200, { ...made, previousValidUntil });
}

/** Small, and asked for every second by every edge: its ETag is the event's revision. */
function edgeAnswer(event: LiveEvent, request: HttpRequest): HttpResponse {
  const headers = { ETag: `"${event.head.revision}"`, 'Cache-Control': 'max-age=1' };
  if (request.headers['if-none-match'] === headers.ETag) return { status: 304, headers };
  return jsonResponse(200, edgeConfigurationOf(event), headers);
}

function keyOf(names: Readonly<Record<string, string>>): EventKey {
  return { tenant: names['tenant'] ?? '', event: names['event'] ?? '' };
}
