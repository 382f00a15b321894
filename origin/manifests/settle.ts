import type { Candidate, RepresentationKey } from '../candidate';
import { initInForce } from '../events/live-event';
import type { LiveEvent } from '../events/live-event';
import { isValid } from '../media/defect';
import type { Origin } from '../origin';
import { dueMs, liveEdge, windowStart } from '../schedule/schedule';
import { defectsOf, select, selectionRules } from '../selection/select';
import { isSilence } from '../serve/serve-hole';
import { hearPeers } from '../serve/hear-peers';
import type { Timeline } from './timeline-memory';

/** How long a playlist may be behind the stores. */
const FRESH_MS = 1000;
/** Numbers in one query: a long window is read in steps, so that other requests get their turn. */
const RANGE_MAX = 512;
/** How far back a gap is asked after again that a silent region may fill. */
const DOUBT_MAX = 128;

/** What playlists list: numbers `from` to `next - 1`, of which `gaps` are not served. */
export type Settled = Readonly<Pick<Timeline, 'from' | 'next' | 'gaps'>>;

/**
 * The settled numbers of a representation, from `from` or earlier on without a hole. A number is settled as soon as it
 * is served, or when its retry deadline has passed; then it is a gap, and stays one, however late its bytes come.
 * At most one query a second and instance, whoever asks. While the store fails, what was known holds.
 * @param from in the DVR window
 * @throws what the local store throws, if nothing is known yet
 */
export async function settledNumbers(
  origin: Origin,
  event: LiveEvent,
  representation: string,
  from: number,
): Promise<Settled> {
  const key = { ...event.key, representation };
  const timeline = origin.timelines.of(key);
  // Twice at most: the look under way may have been for a shorter window.
  for (let look = 0; look < 2 && !isFresh(timeline, event, from, origin.clock.nowMs()); look++) {
    timeline.refresh ??= refresh(origin, event, key, timeline, from).finally(() => {
      timeline.refresh = undefined;
    });
    await timeline.refresh;
  }
  return timeline;
}

function isFresh(timeline: Timeline, event: LiveEvent, from: number, nowMs: number): boolean {
  const covers = timeline.from <= from && (from <= timeline.next || timeline.next === timeline.from);
  const sameEvent = timeline.createdAtMs === event.head.createdAtMs;
  const newEnough = timeline.revision >= event.head.revision && nowMs - timeline.checkedAtMs < FRESH_MS;
  return covers && sameEvent && newEnough;
}

async function refresh(
  origin: Origin,
  event: LiveEvent,
  key: RepresentationKey,
  timeline: Timeline,
  from: number,
): Promise<void> {
  const nowMs = origin.clock.nowMs();
  const known = timeline.createdAtMs === event.head.createdAtMs;
  const goesOn =
    known &&
    timeline.revision === event.head.revision &&
    timeline.from <= from &&
    from <= timeline.next &&
    timeline.next > timeline.from;
  const oldest = windowStart(event.schedule, nowMs);
  // A gap that was listed is one for good; one of doubt is looked at again.
  const gaps = new Map(
    [...(known ? timeline.gaps : [])].filter(([number, why]) => number >= oldest && why === 'never-came'),
  );
  const doubtful = goesOn ? [...timeline.gaps].find(([, why]) => why === 'unheard')?.[0] : undefined;
  const start = goesOn ? (doubtful ?? timeline.next) : from;
  try {
    const next = await settleFrom(origin, event, key, start, gaps, nowMs);
    timeline.from = goesOn ? timeline.from : from;
    timeline.next = next;
    timeline.gaps = gaps;
    timeline.createdAtMs = event.head.createdAtMs;
    timeline.revision = event.head.revision;
  } catch (error) {
    if (!known || timeline.next === timeline.from) throw error;
  }
  timeline.checkedAtMs = nowMs;
}

/** Settles numbers from `start` on and adds to `gaps`. @returns the first number that is not settled. */
async function settleFrom(
  origin: Origin,
  event: LiveEvent,
  key: RepresentationKey,
  start: number,
  gaps: Map<number, 'never-came' | 'unheard'>,
  nowMs: number,
): Promise<number> {
  // The next one may be there early, and is served then.
  const newest = Math.min(
    liveEdge(event.schedule, nowMs) + 1,
    event.schedule.finalSegment ?? Number.MAX_SAFE_INTEGER,
  );
  for (let first = start; first <= newest; first += RANGE_MAX) {
    const last = Math.min(first + RANGE_MAX - 1, newest);
    const { served, allHeard } = await servedNumbers(origin, event, key, first, last, nowMs);
    for (let number = first; number <= last; number++) {
      if (served.has(number) || gaps.has(number)) continue;
      if (nowMs < deadlineMs(event, number)) return number;
      gaps.set(number, allHeard || number < newest - DOUBT_MAX ? 'never-came' : 'unheard');
    }
  }
  return Math.max(start, newest + 1);
}

/** The numbers that a GET would be answered with bytes: by what is here, and where that does not do, by what others have. */
async function servedNumbers(
  origin: Origin,
  event: LiveEvent,
  key: RepresentationKey,
  first: number,
  last: number,
  nowMs: number,
): Promise<{ readonly served: ReadonlySet<number>; readonly allHeard: boolean }> {
  const local = byNumber(await origin.local.candidates.ofRange(key, first, last));
  const isServed = (number: number, candidates: readonly Candidate[]) =>
    isServable(event, key.representation, number, candidates, nowMs);
  const numbers = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  const served = new Set(numbers.filter((number) => isServed(number, local.get(number) ?? [])));
  // The next one, which nobody has to have yet, is asked of nobody: playlists are made anew every second.
  const edge = liveEdge(event.schedule, nowMs);
  const open = numbers.filter((number) => number <= edge && !served.has(number));
  const [from, to] = [open[0], open.at(-1)];
  if (from === undefined || to === undefined || origin.peers.length === 0) return { served, allHeard: true };

  const heard = await hearPeers(origin, 'viewer', ({ candidates }) => candidates.ofRange(key, from, to));
  const others = byNumber(heard.flatMap((found) => found ?? []));
  for (const number of open)
    if (isServed(number, [...(local.get(number) ?? []), ...(others.get(number) ?? [])])) served.add(number);
  return { served, allHeard: !heard.includes(undefined) };
}

/**
 * Only what came before its deadline counts, so that an instance without a memory lists the same gaps as one with it.
 * Before a segment is due, a defective copy may yet be bettered and is not served.
 */
function isServable(
  event: LiveEvent,
  representation: string,
  number: number,
  candidates: readonly Candidate[],
  nowMs: number,
): boolean {
  const due = nowMs >= dueMs(event.schedule, number);
  const inTime = candidates.filter(({ publishedAtMs }) => publishedAtMs < deadlineMs(event, number));
  const { chosen } = select(number, inTime, selectionRules(event, representation, number));
  if (chosen === undefined) return due && isHole(event, representation, number);
  return due || isValid(defectsOf(chosen));
}

/** What pipelines bring along of the time before the event was made is not late: its deadline counts from then. */
function deadlineMs({ schedule, head }: LiveEvent, number: number): number {
  return Math.max(dueMs(schedule, number), head.createdAtMs) + schedule.retryDeadlineMs;
}

function byNumber(candidates: readonly Candidate[]): ReadonlyMap<number, readonly Candidate[]> {
  const groups = new Map<number, Candidate[]>();
  for (const candidate of candidates) {
    const group = groups.get(candidate.number);
    if (group === undefined) groups.set(candidate.number, [candidate]);
    else group.push(candidate);
  }
  return groups;
}

/** A due hole of a sparse track is answered with an empty fragment, once its init is known: a part like any other. */
function isHole(event: LiveEvent, id: string, number: number): boolean {
  const representation = event.representations.get(id);
  return (
    representation !== undefined &&
    isSilence(representation) &&
    initInForce(representation, number) !== undefined
  );
}
