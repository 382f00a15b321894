import { initInForce, type LiveEvent, type Representation } from '../origin/events/live-event';
import type { EventEntry } from '../origin/events/event-record';
import { targetOfGet, type Target } from '../origin/events/target';
import { hearWindow } from '../origin/flag/hear-window';
import type { Origin } from '../origin/origin';
import { dueMs, liveEdge, opensAtMs, positionOf } from '../origin/schedule/schedule';
import { select, selectionRules } from '../origin/selection/select';
import { entryView, instant, invalidAnswer } from './control-answers';
import { keyOf, type ControlCall } from './control-call';
import { decisionView, ruleOf } from './decision-view';
import { explainInit, explainOther, explainSegment } from './explain-text';
import { parseMediaPath } from './media-path';
import type { HttpResponse } from './message';
import { jsonResponse } from './problem';

/** Characters of what is asked for: a URL with a host, a path and whatever a player put into the query. */
const ASKED_LENGTH_MAX = 1024;

/**
 * `GET .../explain?path=`: what a request is answered, and why. Takes a whole URL, the path of one, or a path below the
 * event. Reads all regions, so that no candidate is left out.
 */
export async function explain(call: ControlCall, event: LiveEvent): Promise<HttpResponse> {
  const asked = call.request.query['path'] ?? '';
  const path = pathBelow(call, asked);
  if (path === undefined)
    return invalidAnswer([
      {
        parameter: 'path',
        wanted: `a URL or a path of event ${event.key.event}, at most ${ASKED_LENGTH_MAX} characters`,
        got: asked.slice(0, 200),
      },
    ]);
  const nowMs = call.origin.clock.nowMs();
  const { configurationRevision, version, updatedAtMs } = event.head;
  const target = targetOfGet(event, path);
  return jsonResponse(200, {
    path,
    target: target?.kind ?? 'nothing',
    ...(await toldOf(call.origin, event, target, nowMs)),
    nowMs,
    configuration: { revision: configurationRevision, version, updatedAt: instant(updatedAtMs) },
  });
}

/** @returns undefined for what is too long, empty, or of another event. */
function pathBelow(call: ControlCall, asked: string): string | undefined {
  if (asked === '' || asked.length > ASKED_LENGTH_MAX) return undefined;
  const absolute = /^(?:https?:\/\/[^/?#]+)?(\/[^?#]*)/i.exec(asked)?.[1];
  if (absolute === undefined) return /^[^?#]+/.exec(asked)?.[0];
  const parsed = parseMediaPath(absolute);
  const { tenant, event } = keyOf(call);
  return parsed?.key.tenant === tenant && parsed.key.event === event ? parsed.path : undefined;
}

async function toldOf(origin: Origin, event: LiveEvent, target: Target | undefined, nowMs: number) {
  if (target?.kind === 'segment')
    return segmentTold(origin, event, target.representation, target.number, nowMs);
  if (target?.kind === 'init') return initTold(event, target.representation, nowMs);
  return { text: explainOther(target) };
}

async function segmentTold(
  origin: Origin,
  event: LiveEvent,
  representation: Representation,
  number: number,
  nowMs: number,
) {
  const { id } = representation.configuration;
  const { candidates, unheard } = await hearWindow(origin, event, representation, number, number);
  // What a deleted event of the same name left behind is not this event's.
  const own = candidates.filter(({ publishedAtMs }) => publishedAtMs >= event.head.createdAtMs);
  const decision = select(number, own, selectionRules(event, id, number), unheard);
  const position = positionOf(event.schedule, number, nowMs);
  const preference = event.preferences.find(({ fromSegment }) => fromSegment <= number);
  return {
    text: explainSegment({ event, representation: id, position, decision, preference, nowMs }),
    representation: id,
    number,
    position,
    dueMs: dueMs(event.schedule, number),
    opensAtMs: opensAtMs(event.schedule, number),
    rule: ruleOf(decision),
    preference: preference === undefined ? null : entryView(preference),
    decision: decisionView(decision),
  };
}

function initTold(event: LiveEvent, representation: Representation, nowMs: number) {
  const inForce = initInForce(representation, liveEdge(event.schedule, nowMs));
  const offered = [...representation.pipelineInits.values()];
  const refused = offered.filter(({ init }) => init.identity !== inForce?.init.identity);
  const { id } = representation.configuration;
  return {
    text: explainInit(id, inForce, refused),
    representation: id,
    init: inForce === undefined ? null : initView(inForce),
    versions: representation.inits.map(initView),
    refused: refused.map(initView),
  };
}

function initView(entry: Extract<EventEntry, { kind: 'init' | 'pipeline-init' }>) {
  const { atMs, by, reason, pipeline, digest, init } = entry;
  return {
    ...(entry.kind === 'init' && { version: entry.version, fromSegment: entry.fromSegment }),
    ...{ at: instant(atMs), by, pipeline, digest, identity: init.identity },
    ...(reason !== undefined && { reason }),
    ...(init.codec !== undefined && { codec: init.codec }),
  };
}
