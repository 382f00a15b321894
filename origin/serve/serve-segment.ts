import type { Candidate } from '../candidate';
import type { LiveEvent } from '../events/live-event';
import type { Origin, RegionStores } from '../origin';
import type { Cancel } from '../ports/cancel';
import type { Body } from '../ports/segment-store';
import { dueMs, positionOf } from '../schedule/schedule';
import type { Copy, Decision } from '../selection/select';
import { decide, replicaName } from './decide';
import type { Question } from './decide';
import { openReplica } from './hedged-read';
import type { WantedOf } from './hedged-read';
import { decideHeld } from './hold';
import { isLiveClass } from './live-class';
import type { Opened } from './opened';
import { isSilence, serveHole } from './serve-hole';

export interface SegmentGet extends Question {
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
  /** A sparse representation has nothing to say here, or nobody published it in time: `bytes` is an empty fragment of ours. */
  | { readonly kind: 'hole'; readonly bytes: Uint8Array }
  /** It is DVR, and the stores are in trouble: live goes first. */
  | { readonly kind: 'shed' }
  | Absence;

/** Why there is no segment to send, at an origin or, by the schedule alone, at an edge. */
export type Absence =
  | { readonly kind: 'never' }
  | { readonly kind: 'early'; readonly trueUntilMs: number }
  /** Next or due, and not there: it may come any moment. */
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
 * and opens one replica (one read; a second one where it is slow), or finds both in memory. Holds the next segment until it is published.
 * @throws what the local candidate store throws, and what a segment store throws when nothing else can be served.
 */
export async function serveSegment(origin: Origin, get: SegmentGet): Promise<SegmentOutcome> {
  const startedMs = origin.clock.nowMs();
  const isLive = isLiveClass(get.event, get.number, startedMs);
  const refused = outsideSchedule(get.event, get.number, startedMs);
  if (refused !== undefined) return refused;
  if (!isLive && origin.serving.pressure.isHigh) return { kind: 'shed' };

  const unreadable = new Set<string>();
  const failures: unknown[] = [];
  const { heldMs, event, ...held } = await decideHeld(origin, get);
  const decidedMs = origin.clock.nowMs();
  let { decision } = held;
  while (decision.chosen !== undefined) {
    const opened = await openCopy(origin, decision.chosen, get.wanted, isLive, failures);
    if (opened !== undefined) {
      const candidatesMs = decidedMs - startedMs - heldMs;
      const timings = { candidatesMs, bytesMs: origin.clock.nowMs() - decidedMs, heldMs };
      return { kind: 'selected', decision, copy: decision.chosen, ...opened, timings };
    }
    // Decide again as if these replicas had never been; regions that were not asked yet may have others.
    for (const replica of decision.chosen.replicas) {
      unreadable.add(replicaName(replica));
      origin.serving.memory.forget(replica.region, replica);
    }
    decision = await decide(origin, { ...get, event }, { unreadable });
  }
  // What a store failed to read may still be there: neither missing nor gone may be said of it.
  if (failures.length > 0) throw failures[0];
  return absent({ ...get, event }, decision, origin.clock.nowMs());
}

/** The rows of the schedule table that no store has a say in. */
function outsideSchedule({ schedule }: LiveEvent, number: number, nowMs: number): Absence | undefined {
  const position = positionOf(schedule, number, nowMs);
  if (position.kind === 'never') return { kind: 'never' };
  if (position.kind === 'expired') return { kind: 'gone', why: 'expired' };
  return position.kind === 'early' ? position : undefined;
}

/** Where the number stands when nothing was found: the request may have been held, the event may have ended. */
function absent(question: Question, decision: Decision, nowMs: number): SegmentOutcome {
  const { event, number } = question;
  const representation = event.representations.get(question.representation);
  const position = positionOf(event.schedule, number, nowMs);
  if (position.kind === 'never' || position.kind === 'early') return position;
  if (position.kind === 'next') return { kind: 'missing' };
  const isDue = nowMs >= dueMs(event.schedule, number);
  const hole = representation && isDue ? serveHole(event, representation, number) : undefined;
  if (hole !== undefined && isSilence(representation)) return { kind: 'hole', bytes: hole };
  if (position.kind === 'expired') return { kind: 'gone', why: 'expired' };
  if (position.kind === 'expected' && nowMs < position.deadlineMs) return { kind: 'missing' };
  if (hole !== undefined && event.configuration.whenMissing === 'empty') return { kind: 'hole', bytes: hole };
  return { kind: 'gone', why: decision.passedOver.length > 0 ? 'all-defective' : 'never-came' };
}

/** Opens one replica of the copy, or finds its bytes in memory. */
async function openCopy(
  origin: Origin,
  { replicas }: Copy,
  wanted: WantedOf,
  isLive: boolean,
  failures: unknown[],
): Promise<Opened | undefined> {
  const nearest = replicas.find(({ region }) => region === origin.local.region) ?? replicas[0];
  const part = wanted(nearest);
  if (part === 'none') return { served: nearest, body: undefined };
  const timed = { ...origin, local: timedReads(origin) };
  return origin.serving.memory.open(
    nearest,
    part === 'all' ? undefined : part,
    isLive,
    failures,
    async (range, failed) => openReplica(timed, replicas, () => range ?? 'all', failed),
  );
}

/** This region's stores, whose reads count for what they can take. */
function timedReads({ local, serving }: Origin): RegionStores {
  const { segments } = local;
  return {
    ...local,
    segments: {
      write: (...parts) => segments.write(...parts),
      read: async (...parts) => serving.pressure.timed('bytes', () => segments.read(...parts)),
    },
  };
}
