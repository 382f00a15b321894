import { edgeConfigurationOf } from '../origin/events/edge-configuration';
import type { LiveEvent } from '../origin/events/live-event';
import { eventView, unknownAnswer, versionHeaders } from './control-answers';
import { keyOf, type ControlCall, type Route } from './control-call';
import {
  acceptInit,
  addMask,
  addPreference,
  credential,
  end,
  listed,
  MASKS,
  PREFERENCES,
  putConfiguration,
  remove,
  takeBack,
} from './control-changes';
import { explain } from './control-explain';
import { grid } from './control-grid';
import { health } from './control-health';
import { history } from './control-history';
import { addInvalidation, listInvalidations } from './control-invalidations';
import { addNotice, listNotices, removeNotice } from './control-notices';
import { timeline } from './control-reads';
import { createToken, listTokens, revokeToken } from './control-tokens';
import type { HttpRequest, HttpResponse } from './message';
import { jsonResponse } from './problem';

const EVENTS_LISTED_MAX = 500;
const EVENT = 'tenants/:tenant/events/:event';
const PREVIEWS = { previews: true } as const;

/** Every call of the control plane, in the order of docs/openapi.yaml. */
export const CONTROL_ROUTES: readonly Route[] = [
  read('GET', 'tenants/:tenant/events', async ({ origin, names }) => {
    const heads = await origin.eventStore.list(names['tenant'] ?? '', EVENTS_LISTED_MAX);
    return jsonResponse(200, { events: heads.map(eventView) });
  }),
  write('PUT', EVENT, putConfiguration, { ...PREVIEWS, wholeBody: true }),
  onEvent('GET', EVENT, (_, { head }) =>
    Promise.resolve(jsonResponse(200, eventView(head), versionHeaders(head))),
  ),
  write('DELETE', EVENT, remove),
  write('POST', `${EVENT}/end`, end, PREVIEWS),
  read('GET', `${EVENT}/history`, history),
  write('PUT', `${EVENT}/pipelines/:pipeline/credential`, credential),
  onEvent('GET', `${EVENT}/masks`, listed(MASKS)),
  write('POST', `${EVENT}/masks`, addMask, PREVIEWS),
  write('DELETE', `${EVENT}/masks/:id`, takeBack(MASKS), PREVIEWS),
  onEvent('GET', `${EVENT}/preferences`, listed(PREFERENCES)),
  write('POST', `${EVENT}/preferences`, addPreference, PREVIEWS),
  write('DELETE', `${EVENT}/preferences/:id`, takeBack(PREFERENCES), PREVIEWS),
  write('POST', `${EVENT}/inits/:representation`, acceptInit, PREVIEWS),
  onEvent('GET', `${EVENT}/notices`, listNotices),
  write('POST', `${EVENT}/notices`, addNotice, PREVIEWS),
  write('DELETE', `${EVENT}/notices/:type`, removeNotice, PREVIEWS),
  write('DELETE', `${EVENT}/notices/:type/:id`, removeNotice, PREVIEWS),
  onEvent('GET', `${EVENT}/invalidations`, listInvalidations),
  write('POST', `${EVENT}/invalidations`, addInvalidation, PREVIEWS),
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

function write(
  method: string,
  pattern: string,
  run: Route['run'],
  more: Pick<Route, 'previews' | 'wholeBody'> = {},
): Route {
  return { method, pattern: pattern.split('/'), writes: true, run, ...more };
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
    const event = await call.origin.events.get(keyOf(call));
    return event === undefined ? unknownAnswer() : run(call, event);
  });
}

/** Small, and asked for every second by every edge: its ETag is the event's revision. */
function edgeAnswer(event: LiveEvent, request: HttpRequest): HttpResponse {
  const headers = { ETag: `"${event.head.revision}"`, 'Cache-Control': 'max-age=1' };
  if (request.headers['if-none-match'] === headers.ETag) return { status: 304, headers };
  return jsonResponse(200, edgeConfigurationOf(event), headers);
}
