/**
 * nginx's part of an appliance, run by njs on every request of the media plane: answers what the schedule alone can
 * answer, and hands the rest to Varnish with the event's version. Built by edge/build-guard.ts; in the dialect of edges.
 */
// njs takes default imports only.
import fs from 'fs';
import { PREFLIGHT_HEADERS } from '../../http/common-headers';
import type { HttpResponse } from '../../http/message';
import { methodAnswer } from '../../http/method-answer';
import { TIME_PATH, timeAnswer } from '../../http/time-answer';
import { unknownAnswer } from '../../http/unknown-answer';
import { eventNameOf, guard, objectNameOf } from '../guard/guard';
import { guardAnswer } from '../guard/guard-answer';
import { knownQuery } from '../guard/known-query';
import { edgeClassOf, trafficOf } from '../traffic';
import type { ShownHealth } from '../agent/health-files';
import { eventFileOf, folderFileOf, type NginxConfiguration } from './event-file';

const CACHE_NAME = 'headwater-appliance';

/** The location that asks Varnish (server.conf). */
const CACHE = '@headwater_cache';

/** Of a query parameter; ours are shorter. */
const VALUE_LENGTH_MAX = 32;

const HEALTH_PATH = '/healthz';
/** The agent writes each second: one that has not for so long has ended, or hangs. */
const SILENT_MS = 30_000;

export function answer(request: NjsRequest): void {
  const own = ownAnswer(request, Date.now());
  if (own === undefined) request.internalRedirect(CACHE);
  else send(request, own);
}

/** What needs nobody else; undefined for what Varnish is to be asked, with all that it has to know in variables. */
function ownAnswer(request: NjsRequest, nowMs: number): HttpResponse | undefined {
  const method = request.method;
  if (method === 'OPTIONS') return { status: 204, headers: PREFLIGHT_HEADERS };
  if (method !== 'GET' && method !== 'HEAD') return methodAnswer(method);
  const variables = request.variables;
  if (variables['uri'] === HEALTH_PATH) return healthAnswer(variables['headwater_health'] || '', nowMs);
  const path = variables['headwater_path'] || '';
  if (path === TIME_PATH) return timeAnswer(nowMs);
  const name = eventNameOf(path);
  if (name === '') return unknownAnswer('event');
  const directory = variables['headwater_events'] || '';
  const configuration =
    (readJson(directory + folderFileOf(path)) as NginxConfiguration | undefined) ||
    (readJson(directory + eventFileOf(name)) as NginxConfiguration | undefined);
  let isInit = true;
  if (configuration !== undefined) {
    const verdict = guard(path, configuration, nowMs);
    const refused = guardAnswer(verdict, configuration, nowMs, CACHE_NAME);
    if (refused !== undefined) return refused;
    const edgeClass = edgeClassOf(objectNameOf(path, configuration), configuration, nowMs);
    isInit = edgeClass === 'init';
    variables['headwater_traffic'] = trafficOf(edgeClass);
    variables['headwater_version'] = configuration.version.toString();
    variables['headwater_revision'] = configuration.revision.toString();
    variables['headwater_notices'] = configuration.notices || '';
    if (verdict.kind === 'pass') variables['headwater_hold'] = '0';
  }
  variables['headwater_target'] = path + queryOf(request, path, isInit);
  return undefined;
}

/** @returns undefined for a file that is not there or is none of the agent's. */
function readJson(file: string): unknown {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}

/**
 * For load balancers: 404 where no agent has run yet, since this edge knows no schedule then. Else 200: without its agent it
 * serves on by what it knows, and to take every appliance out would leave viewers none.
 */
function healthAnswer(file: string, nowMs: number): HttpResponse {
  const health = readJson(file) as ShownHealth | undefined;
  const headers = { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' };
  if (health === undefined) return { status: 404, headers: headers, body: '{"status":"no agent"}\n' };
  const isSilent = nowMs - health.atMs > SILENT_MS;
  const shown = {
    status: isSilent ? 'agent silent' : health.status,
    atMs: health.atMs,
    events: health.events,
    heardAtMs: health.heardAtMs,
  };
  return { status: 200, headers: headers, body: JSON.stringify(shown) + '\n' };
}

/** The parameters that make a difference, in one order, so that a client that invents others gets no entry of its own. */
function queryOf(request: NjsRequest, path: string, isInit: boolean): string {
  if (!request.variables['args']) return '';
  const known = knownQuery(path, isInit);
  let query = '';
  for (let i = 0; i < known.length; i += 1) {
    const parameter = known[i] || '';
    const given = request.args[parameter];
    const value = typeof given === 'object' ? given[given.length - 1] : given;
    if (value !== undefined)
      query +=
        (query === '' ? '?' : '&') + parameter + '=' + encodeURIComponent(value.slice(0, VALUE_LENGTH_MAX));
  }
  return query;
}

function send(request: NjsRequest, response: HttpResponse): void {
  const headers = response.headers;
  const names = Object.keys(headers);
  for (let i = 0; i < names.length; i += 1) {
    const name = names[i] || '';
    // nginx counts for itself.
    if (name !== 'Content-Length') request.headersOut[name] = headers[name] || '';
  }
  request.return(response.status, typeof response.body === 'string' ? response.body : '');
}
