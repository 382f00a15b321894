import type { Candidate, SegmentKey } from '../candidate';
import type { LiveEvent } from '../events/live-event';
import type { Origin, RegionStores } from '../origin';
import { positionOf } from '../schedule/schedule';
import { isSettled, select, selectionRules } from '../selection/select';
import type { Decision } from '../selection/select';
import { hearPeers } from './hear-peers';

export interface Question {
  readonly event: LiveEvent;
  readonly representation: string;
  readonly number: number;
}

export interface DecideOptions {
  /** Replicas (see {@link replicaName}) to decide without: they turned out not to be there. */
  readonly unreadable?: ReadonlySet<string>;
  /** Without it the other regions are asked only once there is something here to compare with. Default: true. */
  readonly peersToo?: boolean;
  /** Whether what is remembered of the segment will do. Default: the stores are asked. */
  readonly fromMemory?: boolean;
}

/** Both pipelines may have made the same bytes, and each stores its own: one may be lost while the other is not. */
export function replicaName({ region, pipeline, digest }: Candidate): string {
  return `${region}/${pipeline}/${digest}`;
}

/**
 * One decision: from the local region alone if that settles it, else with what the others answer in time.
 * @throws what the local candidate store throws.
 */
export async function decide(
  origin: Origin,
  question: Question,
  options: DecideOptions = {},
): Promise<Decision> {
  const { event, representation, number } = question;
  const { unreadable = new Set(), peersToo = true } = options;
  const rules = selectionRules(event, representation, number);
  // What a deleted event of the same name left behind is not this event's.
  const { createdAtMs } = event.head;
  const readable = (found: readonly Candidate[]) =>
    found.filter(
      (candidate) => candidate.publishedAtMs >= createdAtMs && !unreadable.has(replicaName(candidate)),
    );
  const ask = asker(origin, question, options);
  const local = readable(
    await ask(origin.local, (found) => isSettled(select(number, readable(found), rules))),
  );
  const alone = select(number, local, rules);
  if (isSettled(alone) || origin.peers.length === 0) return alone;
  if (alone.chosen === undefined && !peersToo) return alone;
  const heard = await hearPeers(origin, 'viewer', (peer) => ask(peer, () => false));
  const unheard = origin.peers.filter((_, index) => heard[index] === undefined).map(({ region }) => region);
  return select(number, [...local, ...heard.flatMap((found) => readable(found ?? []))], rules, unheard);
}

/**
 * How a region is asked for candidates. An answer that may be remembered where nobody tells of changes is one that no
 * other would better (`mayKeep`), or one of a number that is past its deadline: a storm of 410 costs no reads either.
 */
function asker(origin: Origin, { event, representation, number }: Question, { fromMemory }: DecideOptions) {
  const key: SegmentKey = { ...event.key, representation, number };
  const isOverdue = positionOf(event.schedule, number, origin.clock.nowMs()).kind === 'overdue';
  return (region: RegionStores, mayKeep: (found: readonly Candidate[]) => boolean) =>
    fromMemory === true
      ? origin.serving.memory.candidatesOf(region, key, (found) => isOverdue || mayKeep(found))
      : region.candidates.ofSegment(key);
}
