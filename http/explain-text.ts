import type { InitEntry, PipelineInitEntry, PreferenceEntry } from '../origin/events/event-record';
import type { LiveEvent } from '../origin/events/live-event';
import type { Target } from '../origin/events/target';
import { opensAtMs, type Position } from '../origin/schedule/schedule';
import { isSilence } from '../origin/serve/serve-hole';
import { defectsOf, type Copy, type Decision, type PassedOver } from '../origin/selection/select';
import { ruleOf, type Rule } from './decision-view';

/** Sentences of `explain`: what an operator reads out to others while the event is live. */

interface Explained {
  readonly event: LiveEvent;
  readonly representation: string;
  readonly position: Position;
  readonly decision: Decision;
  readonly preference: PreferenceEntry | undefined;
  readonly nowMs: number;
}

const RULES: Readonly<Record<Exclude<Rule, 'nothing-servable'>, string>> = {
  'first-in-order': 'it is the first in order, and clean',
  'first-valid': 'it is the first in order with a clean copy',
  'least-defective': 'nobody has a clean copy, and its defects are the least',
  spare: 'only a pipeline that is masked by rule has a copy as good',
};

export function explainSegment(explained: Explained): string {
  const { decision, representation, preference } = explained;
  const { chosen, passedOver, rules, number, unheard } = decision;
  const heard = new Set([chosen, ...passedOver.map(({ copy }) => copy)].map((copy) => copy?.pipeline));
  const absent = rules.order.filter((pipeline) => !heard.has(pipeline));
  return [
    `Segment ${number} of ${representation}: ${verdict(explained)}`,
    ...passedOver.map(({ copy, why }) => passedOverText(copy, why, decision)),
    ...absent.map((pipeline) => `Pipeline ${pipeline} has published nothing for it.`),
    ...(preference
      ? [`The order ${rules.order.join(', ')} is a preference of ${preference.by} (${preference.id}).`]
      : []),
    ...(unheard.length > 0 ? [`Without an answer from ${unheard.join(', ')}.`] : []),
  ].join(' ');
}

function verdict(explained: Explained): string {
  const { event, position, decision, nowMs } = explained;
  const { chosen } = decision;
  const { initialSegment, finalSegment } = event.schedule;
  if (position.kind === 'never')
    return `404, the event has the segments from ${initialSegment}${finalSegment === undefined ? ' on' : ` to ${finalSegment}`}.`;
  if (position.kind === 'expired') return '410, it is older than the DVR window.';
  if (position.kind === 'early')
    return `404 for another ${seconds(position.trueUntilMs - nowMs)}: it is served once it is the next.`;
  if (chosen !== undefined) {
    const regions = chosen.replicas.map(({ region }) => region).join(' and ');
    const defects = defectsText(chosen);
    const because = RULES[ruleOf(decision) as keyof typeof RULES];
    const have = chosen.replicas.length === 1 ? 'has' : 'have';
    return `served from pipeline ${chosen.pipeline}, which ${regions} ${have}${defects && `, with ${defects}`}: ${because}.`;
  }
  switch (position.kind) {
    case 'next':
      return `404 until it is published: held from ${seconds(opensAtMs(event.schedule, decision.number) - nowMs)} on.`;
    case 'expected':
      return nowMs < position.deadlineMs
        ? `not there; it may come for another ${seconds(position.deadlineMs - nowMs)}.`
        : `not there; held for a moment, then ${missing(explained)}.`;
    case 'overdue':
      return `${missing(explained)}, no copy that may be served came in time.`;
  }
}

/** As `absent` answers it (origin/serve/serve-segment.ts). */
function missing({ event, representation: id }: Explained): string {
  const representation = event.representations.get(id);
  const isEmpty = isSilence(representation) || event.configuration.whenMissing === 'empty';
  return isEmpty && (representation?.inits.length ?? 0) > 0 ? '200 with an empty fragment' : '410';
}

function passedOverText(copy: Copy, why: PassedOver, { rules, chosen }: Decision): string {
  const mask = rules.masks.get(copy.pipeline);
  const reasons: Readonly<Record<PassedOver, string>> = {
    'not-configured': 'it is not in the configuration',
    masked: mask ? `masked by ${mask.by}${mask.reason && `, "${mask.reason}"`} (${mask.id})` : 'masked',
    unservable: defectsText(copy) || 'it may not be served',
    'other-copy': 'another copy of the same pipeline is cleaner, or as clean with a lower digest',
    defective: defectsText(copy),
    'later-in-order': `clean too, after ${chosen?.pipeline ?? 'another'} in the order`,
  };
  return `Pipeline ${copy.pipeline} was passed over: ${reasons[why]}.`;
}

function defectsText(copy: Copy): string {
  return defectsOf(copy)
    .map(({ name, measures }) => {
      const told = Object.entries(measures).map(([measure, value]) => `${measure} ${value}`);
      return told.length > 0 ? `${name} (${told.join(', ')})` : name;
    })
    .join(', ');
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

export function explainInit(
  representation: string,
  inForce: InitEntry | undefined,
  refused: readonly PipelineInitEntry[],
): string {
  if (inForce === undefined)
    return `Init segment of ${representation}: 404 until the first pipeline has sent one.`;
  const { version, pipeline, by } = inForce;
  return [
    `Init segment of ${representation}: version ${version}, from pipeline ${pipeline}`,
    version === 1 ? ', the first that came.' : `, accepted by ${by} from segment ${inForce.fromSegment} on.`,
    ...refused.map(
      ({ pipeline: other }) =>
        ` Pipeline ${other} sent one of another identity: its segments are wrong-init until that is accepted.`,
    ),
  ].join('');
}

export function explainOther(target: Exclude<Target, { kind: 'segment' | 'init' }> | undefined): string {
  switch (target?.kind) {
    case 'mpd':
    case 'master-playlist':
    case 'media-playlist':
      return 'A manifest of ours: made of the schedule and the inits at each request.';
    case 'document':
      return "A packager's manifest or a passthrough object: the last that was PUT, unprotected.";
    case 'not-canonical':
      return `404, it has the form of a segment's name and is none: wanted ${target.wanted}.`;
    case undefined:
      return '404, no template and no passthrough pattern of the event makes this path.';
  }
}
