import type { Candidate } from '../candidate';
import type { LiveEvent } from '../events/live-event';
import type { Origin } from '../origin';
import { isValid } from '../media/defect';
import { cancelSource } from '../ports/cancel';
import type { Cancel } from '../ports/cancel';
import type { Body } from '../ports/segment-store';
import { dueMs, isNext, positionOf } from '../schedule/schedule';
import type { Position } from '../schedule/schedule';
import { defectsOf, isSettled, select, selectionRules } from '../selection/select';
import type { Copy, Decision } from '../selection/select';
import { hearPeers } from './hear-peers';
import { openReplica, type WantedOf } from './hedged-read';
import { serveHole } from './serve-hole';

/** While a request is held, the other regions are asked again this often: a change there wakes nobody here. */
const PEER_AGAIN_MS = 500;

export interface SegmentGet {
  readonly event: LiveEvent;
  readonly representation: string;
  readonly number: number;
  readonly wanted: WantedOf;
  readonly cancel: Cancel;
}

/** What a GET of a segment comes to. http/serve-answers.ts says how each is told. */
export type SegmentOutcome =
  | {
      readonly kind: 'selected';
      readonly decision: Decision;
      readonly copy: Copy;
      /** The replica that the bytes come from. */
      readonly served: Candidate;
      readonly body: Body | undefined;
      readonly timings: Timings;
    }
  /** A sparse representation has nothing to say here: `bytes` is an empty fragment of ours. */
  | { readonly kind: 'hole'; readonly bytes: Uint8Array }
  | { readonly kind: 'never' }
  | { readonly kind: 'early'; readonly opensAtMs: number }
  /** Due and not there, but it may still come. */
  | { readonly kind: 'missing' }
  /** It will not come (any more): `why` is for people. */
  | { readonly kind: 'gone'; readonly why: 'expired' | 'never-came' | 'all-defective' };

/** Milliseconds spent, for Server-Timing. */
export interface Timings {
  readonly candidatesMs: number;
  readonly bytesMs: number;
  readonly heldMs: number;
}

/**
 * Answers from the schedule where it can, without touching a store; otherwise reads candidates (one query), selects,
 * and opens one replica (one read; a second one where it is slow). Holds the next segment until it is published.
 * @throws what the local candidate store throws, and what a segment store throws when nothing else can be served.
 */
export async function serveSegment(origin: Origin, get: SegmentGet): Promise<SegmentOutcome> {
  const startedMs = origin.clock.nowMs();
  const { schedule } = get.event;
  const position = positionOf(schedule, get.number, startedMs);
  if (position.kind === 'never') return { kind: 'never' };
  if (position.kind === 'expired') return { kind: 'gone', why: 'expired' };
  // Before it opens, only the very next may be there: pipelines can be early, not clairvoyant.
  if (position.kind === 'early' && !isNext(schedule, get.number, startedMs)) return position;

  const unreadable = new Set<string>();
  const failures: unknown[] = [];
  const { heldMs, ...held } = await decideHeld(origin, get, position, unreadable);
  const decidedMs = origin.clock.nowMs();
  let { decision } = held;
  while (decision.chosen !== undefined) {
    const opened = await openReplica(origin, decision.chosen.replicas, get.wanted, failures);
    if (opened !== undefined) {
      const candidatesMs = decidedMs - startedMs - heldMs;
      const timings = { candidatesMs, bytesMs: origin.clock.nowMs() - decidedMs, heldMs };
      return { kind: 'selected', decision, copy: decision.chosen, ...opened, timings };
    }
    // Decide again as if these replicas had never been; regions that were not asked yet may have others.
    for (const replica of decision.chosen.replicas) unreadable.add(nameOf(replica));
    decision = await decide(origin, get, unreadable);
  }
  // What a store failed to read may still be there: neither missing nor gone may be said of it.
  if (failures.length > 0) throw failures[0];
  return absent(get, decision, position, origin.clock.nowMs());
}

function isDue({ event, number }: SegmentGet, nowMs: number): boolean {
  return nowMs >= dueMs(event.schedule, number);
}

/** Both pipelines may have made the same bytes, and each stores its own: one may be lost while the other is not. */
function nameOf({ region, pipeline, digest }: Candidate): string {
  return `${region}/${pipeline}/${digest}`;
}

function absent(get: SegmentGet, decision: Decision, position: Position, nowMs: number): SegmentOutcome {
  const representation = get.event.representations.get(get.representation);
  const hole = representation && isDue(get, nowMs) && serveHole(get.event, representation, get.number);
  if (hole instanceof Uint8Array) return { kind: 'hole', bytes: hole };
  if (position.kind === 'early') return position;
  if (position.kind === 'expected' && nowMs < position.deadlineMs) return { kind: 'missing' };
  return { kind: 'gone', why: decision.passedOver.length > 0 ? 'all-defective' : 'never-came' };
}

/** Decides now or, while the segment is expected and not there in good order, as soon as something changes. */
async function decideHeld(
  origin: Origin,
  get: SegmentGet,
  position: Position,
  unreadable: ReadonlySet<string>,
): Promise<{ readonly decision: Decision; readonly heldMs: number }> {
  const dueAtMs = dueMs(get.event.schedule, get.number);
  const key = { ...get.event.key, representation: get.representation, number: get.number };
  let decision = await decide(origin, get, unreadable);
  let readMs = origin.clock.nowMs();
  let peersAskedMs = readMs;
  let heldMs = 0;
  // Held against the time at which it was read: what waited until the due time is read once more.
  while (!isWorthServing(decision, dueAtMs, readMs)) {
    const nowMs = origin.clock.nowMs();
    if (position.kind !== 'expected' || nowMs >= heldUntilMs(get, position) || get.cancel.cancelled)
      return { decision: { ...decision, chosen: undefined }, heldMs };
    const settled = cancelSource();
    get.cancel.onCancel(() => settled.cancel());
    const untilMs = Math.min(
      position.holdUntilMs,
      nowMs < dueAtMs ? dueAtMs : Infinity,
      nowMs + PEER_AGAIN_MS,
    );
    const changed = origin.local.candidates.awaitChange(key, untilMs, settled);
    // Registered first, read second: a publication between the two is not missed.
    const peersToo = nowMs - peersAskedMs >= PEER_AGAIN_MS;
    if (peersToo) peersAskedMs = nowMs;
    decision = await decide(origin, get, unreadable, peersToo).catch((error: unknown) => {
      settled.cancel();
      throw error;
    });
    readMs = origin.clock.nowMs();
    if (!isWorthServing(decision, dueAtMs, readMs)) await changed;
    settled.cancel();
    heldMs += origin.clock.nowMs() - readMs;
  }
  return { decision, heldMs };
}

/** Nothing is what a sparse track mostly has, so its requests are held until the due time only. */
function heldUntilMs(get: SegmentGet, position: Extract<Position, { kind: 'expected' }>): number {
  const sparse = get.event.representations.get(get.representation)?.configuration.sparse === true;
  return sparse
    ? Math.min(position.holdUntilMs, dueMs(get.event.schedule, get.number))
    : position.holdUntilMs;
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

/**
 * One decision: from the local region alone if that settles it, else with what the others answer in time.
 * Without `peersToo` the others are asked only once there is something here to compare with.
 */
export async function decide(
  origin: Origin,
  get: Pick<SegmentGet, 'event' | 'representation' | 'number'>,
  unreadable: ReadonlySet<string> = new Set(),
  peersToo = true,
): Promise<Decision> {
  const key = { ...get.event.key, representation: get.representation, number: get.number };
  const rules = selectionRules(get.event, get.representation, get.number);
  // What a deleted event of the same name left behind is not this event's.
  const { createdAtMs } = get.event.head;
  const readable = (found: readonly Candidate[]) =>
    found.filter((candidate) => candidate.publishedAtMs >= createdAtMs && !unreadable.has(nameOf(candidate)));
  const local = readable(await origin.local.candidates.ofSegment(key));
  const alone = select(get.number, local, rules);
  if (isSettled(alone) || origin.peers.length === 0) return alone;
  if (alone.chosen === undefined && !peersToo) return alone;
  const heard = await hearPeers(origin, ({ candidates }) => candidates.ofSegment(key));
  const unheard = origin.peers.filter((_, index) => heard[index] === undefined).map(({ region }) => region);
  return select(get.number, [...local, ...heard.flatMap((found) => readable(found ?? []))], rules, unheard);
}
