import type { LiveEvent } from '../events/live-event';
import type { Origin } from '../origin';
import { isValid } from '../media/defect';
import { cancelSource } from '../ports/cancel';
import type { Cancel } from '../ports/cancel';
import { dueMs, HELD_MS_MAX, positionOf } from '../schedule/schedule';
import { defectsOf } from '../selection/select';
import type { Decision } from '../selection/select';
import { decide } from './decide';
import type { Question } from './decide';

/**
 * While a request is held, the other regions are asked again this often, and when the segment is due: a change there wakes
 * nobody here.
 */
const PEER_AGAIN_MS = 500;

export interface HeldDecision {
  /** As it stands when the wait ends: an event may end, or its masks change, while a request is held. */
  readonly event: LiveEvent;
  /** Without a choice where nothing is worth serving by the end of the wait. */
  readonly decision: Decision;
  readonly heldMs: number;
}

/** Decides now or, while the segment is expected and not there in good order, as soon as something changes. */
export async function decideHeld(
  origin: Origin,
  question: Question & { readonly cancel: Cancel },
): Promise<HeldDecision> {
  const startedMs = origin.clock.nowMs();
  const first = await decide(origin, question, { fromMemory: true });
  const held = { event: question.event, decision: first, heldMs: 0 };
  if (isWorthServing(first, dueOf(question), startedMs)) return held;
  if (waitUntilMs(origin, question, startedMs) === undefined || question.cancel.cancelled)
    return unserved(held);
  return (await origin.serving.holds.hold(() => wait(origin, question, startedMs, first))) ?? unserved(held);
}

async function wait(
  origin: Origin,
  question: Question & { readonly cancel: Cancel },
  startedMs: number,
  first: Decision,
): Promise<HeldDecision> {
  let held: HeldDecision = { event: question.event, decision: first, heldMs: 0 };
  let readMs = startedMs;
  let peersAskedMs = startedMs;
  // Held against the time at which it was read: what waited until the due time is read once more.
  while (!isWorthServing(held.decision, dueOf({ ...question, event: held.event }), readMs)) {
    const asked = { ...question, event: held.event };
    const untilMs = waitUntilMs(origin, asked, startedMs);
    if (untilMs === undefined || question.cancel.cancelled) return unserved(held);
    const change = awaitChange(origin, asked, untilMs);
    // Registered first, read second: a publication between the two is not missed.
    const nowMs = origin.clock.nowMs();
    const hasBecomeDue = peersAskedMs < dueOf(asked) && nowMs >= dueOf(asked);
    const peersToo = hasBecomeDue || nowMs - peersAskedMs >= PEER_AGAIN_MS;
    if (peersToo) peersAskedMs = nowMs;
    try {
      const decision = await decide(origin, asked, { fromMemory: true, peersToo });
      held = { ...held, decision };
      readMs = origin.clock.nowMs();
      if (isWorthServing(decision, dueOf(asked), readMs)) continue;
      await change.happened;
    } finally {
      change.cancel();
    }
    const event = await currentEvent(origin, asked);
    held = { ...held, event, heldMs: held.heldMs + origin.clock.nowMs() - readMs };
  }
  return held;
}

/** Ends with a change of the segment or of the event, with the client, at `untilMs`, or when `cancel` is called. */
function awaitChange(
  origin: Origin,
  { event, representation, number, cancel }: Question & { readonly cancel: Cancel },
  untilMs: number,
) {
  const ended = cancelSource();
  cancel.onCancel(() => ended.cancel());
  const forgetEvent = origin.events.onChange(event.key, () => ended.cancel());
  ended.onCancel(forgetEvent);
  const key = { ...event.key, representation, number };
  const happened = origin.local.candidates.awaitChange(key, untilMs, ended, dueMs(event.schedule, number));
  return { happened, cancel: () => ended.cancel() };
}

/** An event that is gone meanwhile, or cannot be asked for, is answered as it was. */
async function currentEvent(origin: Origin, { event }: Question): Promise<LiveEvent> {
  return (await origin.events.get(event.key).catch(() => undefined)) ?? event;
}

function unserved(held: HeldDecision): HeldDecision {
  return { ...held, decision: { ...held.decision, chosen: undefined } };
}

function dueOf({ event, number }: Question): number {
  return dueMs(event.schedule, number);
}

/**
 * When to look again at the latest; undefined once the request is held no longer: its segment is not open (any more), or
 * it was held for {@link HELD_MS_MAX}.
 */
function waitUntilMs(origin: Origin, question: Question, startedMs: number): number | undefined {
  const nowMs = origin.clock.nowMs();
  const position = positionOf(question.event.schedule, question.number, nowMs);
  if (position.kind !== 'expected') return undefined;
  const dueAtMs = dueOf(question);
  const representation = question.event.representations.get(question.representation);
  // Nothing is what a sparse track mostly has, so its requests are held until the due time only.
  const sparse = representation?.configuration.sparse === true;
  const lastMs = Math.min(sparse ? dueAtMs : position.holdUntilMs, startedMs + HELD_MS_MAX);
  if (nowMs >= lastMs) return undefined;
  return Math.min(lastMs, nowMs < dueAtMs ? dueAtMs : Infinity, nowMs + PEER_AGAIN_MS);
}

/**
 * A valid copy is served at once. A defective one, or one of a pipeline that we masked, only when nothing better can be on
 * its way: every pipeline has delivered, or the segment is due.
 */
function isWorthServing({ chosen, passedOver, rules }: Decision, dueAtMs: number, nowMs: number): boolean {
  if (chosen === undefined) return false;
  if (nowMs >= dueAtMs) return true;
  if (isValid(defectsOf(chosen)) && !rules.masks.has(chosen.pipeline)) return true;
  const delivered = new Set([chosen, ...passedOver.map(({ copy }) => copy)].map(({ pipeline }) => pipeline));
  return rules.order.every((pipeline) => delivered.has(pipeline) || rules.masks.has(pipeline));
}
