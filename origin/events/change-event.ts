import type { EventKey } from '../candidate';
import type { Origin } from '../origin';
import { dueMs, liveEdge, newestDue } from '../schedule/schedule';
import { consequenceOf, isLoss, type Consequence } from '../selection/consequence';
import { changeOfHead } from './change-record';
import {
  configurationEtag,
  failedCondition,
  untilWritten,
  type ChangeOutcome,
  type ChangeTerms,
} from './change-outcome';
import type { LiveEventConfiguration } from './configuration';
import { isAwaitingAdoption, parseConfiguration } from './configuration';
import { contradictions, regionFaults } from './contradictions';
import type { CompleteConfiguration, EventHead, EventRecord } from './event-record';
import { frozenMembers } from './frozen-members';
import { compileEvent, scheduleOf } from './live-event';

/**
 * Creates or replaces an event's configuration.
 * @param terms an operator's; ours without.
 * @throws what the event store throws, and with terms the candidate stores.
 */
export async function putEvent(
  origin: Origin,
  key: EventKey,
  input: unknown,
  terms?: ChangeTerms,
): Promise<ChangeOutcome> {
  const parsed = parseConfiguration(input);
  if ('faults' in parsed) return { kind: 'invalid', faults: parsed.faults };
  return untilWritten(origin.clock, () => replaceConfiguration(origin, key, parsed.configuration, terms));
}

async function replaceConfiguration(
  origin: Origin,
  key: EventKey,
  wanted: LiveEventConfiguration,
  terms: ChangeTerms | undefined,
): Promise<ChangeOutcome> {
  const stored = await recordOf(origin, key);
  const current = stored !== undefined && isAlive(stored.head, origin.clock.nowMs()) ? stored : undefined;
  const etag = current && configurationEtag(current.head);
  const failed = failedCondition(terms, etag);
  if (failed !== undefined) return { kind: 'precondition-failed', ...failed };

  const configuration = complete(origin, wanted, current?.head);
  const faults = [...contradictions(configuration), ...regionFaults(wanted.regions, regionsOf(origin))];
  if (faults.length > 0) return { kind: 'invalid', faults };
  const frozen = current && (await frozenMembers(origin, current, configuration));
  if (frozen !== undefined && frozen.length > 0) return { kind: 'frozen', members: frozen };
  const head = nextHead(origin, key, configuration, stored?.head, current?.head);
  return writeHead(origin, { stored, current, head, action: current ? 'replaced' : 'created' }, terms);
}

function nextHead(
  origin: Origin,
  key: EventKey,
  configuration: CompleteConfiguration,
  stored: EventHead | undefined,
  current: EventHead | undefined,
): EventHead {
  const nowMs = origin.clock.nowMs();
  const { endedAtMs } = current ?? {};
  const expiresAtMs = endedAtMs === undefined ? expiryOf(configuration, nowMs) : current?.expiresAtMs;
  return {
    tenant: key.tenant,
    event: key.event,
    configuration,
    revision: (stored?.revision ?? 0) + 1,
    configurationRevision: (stored?.configurationRevision ?? 0) + 1,
    // A re-created event goes on from its last version: caches may still hold what the former one answered.
    version: (stored?.version ?? 0) + 1,
    createdAtMs: current?.createdAtMs ?? nowMs,
    updatedAtMs: nowMs,
    ...(endedAtMs !== undefined && { endedAtMs }),
    ...(expiresAtMs !== undefined && { expiresAtMs }),
  };
}

/**
 * An event whose final segment is known stays for one DVR length after it is due, or after now where that is past.
 * @returns undefined while no end is known.
 */
function expiryOf(configuration: CompleteConfiguration, nowMs: number): number | undefined {
  const { finalSegmentNumber, timeShiftBufferDepthSeconds } = configuration;
  const schedule = scheduleOf(configuration);
  if (schedule === undefined || finalSegmentNumber === null) return undefined;
  return Math.max(nowMs, dueMs(schedule, finalSegmentNumber)) + timeShiftBufferDepthSeconds * 1000;
}

/** Ends an event at `finalSegment` (default: the live edge); its window stays for one DVR length more. */
export function endEvent(
  origin: Origin,
  key: EventKey,
  finalSegment: number | undefined,
  terms?: ChangeTerms,
): Promise<ChangeOutcome> {
  return changeExisting(origin, key, 'ended', terms, (head, nowMs) => {
    const schedule = scheduleOf(head.configuration);
    if (schedule === undefined)
      throw new Error(`event ${key.tenant}/${key.event}: its schedule is not exact`);
    // The edge stops at a final segment: to end an ended event again moves nothing.
    const edge = liveEdge(schedule, nowMs);
    const finalSegmentNumber = finalSegment ?? Math.max(edge, head.configuration.initialSegmentNumber);
    const configuration = { ...head.configuration, finalSegmentNumber };
    const expiresAtMs = expiryOf(configuration, nowMs);
    return { configuration, ...(expiresAtMs !== undefined && { expiresAtMs }) };
  });
}

/** Ends and expires at once: from now on the event is unknown. */
export function deleteEvent(origin: Origin, key: EventKey, terms?: ChangeTerms): Promise<ChangeOutcome> {
  return changeExisting(origin, key, 'deleted', terms, ({ configuration }, nowMs) => ({
    configuration,
    expiresAtMs: nowMs,
  }));
}

function changeExisting(
  origin: Origin,
  key: EventKey,
  action: 'ended' | 'deleted',
  terms: ChangeTerms | undefined,
  end: (head: EventHead, nowMs: number) => Pick<EventHead, 'configuration' | 'expiresAtMs'>,
): Promise<ChangeOutcome> {
  return untilWritten(origin.clock, async () => {
    const current = await recordOf(origin, key);
    const nowMs = origin.clock.nowMs();
    if (current === undefined || !isAlive(current.head, nowMs)) return { kind: 'unknown' };
    const failed = failedCondition(terms, configurationEtag(current.head));
    if (failed !== undefined) return { kind: 'precondition-failed', ...failed };
    const { configuration, ...ended } = end(current.head, nowMs);
    const faults = contradictions(configuration);
    if (faults.length > 0) return { kind: 'invalid', faults };
    const next = nextHead(origin, key, configuration, current.head, current.head);
    const head = { ...next, endedAtMs: nowMs, ...ended };
    return writeHead(origin, { stored: current, current, head, action }, terms);
  });
}

interface HeadChange {
  /** What the store has, of a deleted event too. */
  readonly stored: EventRecord | undefined;
  readonly current: EventRecord | undefined;
  readonly head: EventHead;
  readonly action: 'created' | 'replaced' | 'ended' | 'deleted';
}

async function writeHead(
  origin: Origin,
  { stored, current, head, action }: HeadChange,
  terms: ChangeTerms | undefined,
): Promise<ChangeOutcome> {
  const consequence = await consequenceOfHead(origin, { stored, current, head, action }, terms);
  if (terms?.preview) return { kind: 'previewed', value: head, consequence };
  if (consequence !== undefined && isLoss(consequence) && !terms?.force)
    return { kind: 'refused', consequence };
  const change = changeOfHead(action, stored?.head, head, terms ?? OURS);
  const written = await origin.eventStore.writeHead(head, stored?.head.revision ?? 0, change);
  await origin.events.reload(head);
  if (written === 'conflict') return { kind: 'conflict' };
  return { kind: 'done', value: head, created: action === 'created', ...(consequence && { consequence }) };
}

const OURS = { by: 'headwater', reason: '' } as const;

/** Who forces it in a hurry waits for no stores; deleting says by itself what it does. */
async function consequenceOfHead(
  origin: Origin,
  { current, head, action }: HeadChange,
  terms: ChangeTerms | undefined,
): Promise<Consequence | undefined> {
  if (current === undefined || terms === undefined || (terms.force && !terms.preview)) return undefined;
  if (action === 'deleted' || !choosesAnew(current.head.configuration, head.configuration)) return undefined;
  const before = compileEvent(current);
  const after = compileEvent({ head, entries: current.entries });
  const representations = [...before.representations.keys()];
  return consequenceOf(origin, before, after, { representations, fromSegment: 0, toSegment: Infinity });
}

/** Whether a segment may be chosen or offered otherwise under the other configuration. */
function choosesAnew(current: CompleteConfiguration, wanted: CompleteConfiguration): boolean {
  const deciding = (one: CompleteConfiguration) =>
    JSON.stringify([
      one.pipelines,
      one.whenAllDefective,
      one.representations.map(({ id }) => id),
      one.timeShiftBufferDepthSeconds,
      one.initialSegmentNumber,
      one.finalSegmentNumber,
    ]);
  return deciding(current) !== deciding(wanted);
}

export async function recordOf(origin: Origin, key: EventKey): Promise<EventRecord | undefined> {
  const record = await origin.eventStore.read(key);
  return record === 'unchanged' ? undefined : record;
}

export function isAlive(head: EventHead, nowMs: number): boolean {
  return nowMs < (head.expiresAtMs ?? Infinity);
}

function regionsOf({ local, peers }: Origin): string[] {
  return [local, ...peers].map(({ region }) => region).sort();
}

/** Fills in what depends on the clock, the deployment and what was there. */
function complete(
  origin: Origin,
  wanted: LiveEventConfiguration,
  current: EventHead | undefined,
): CompleteConfiguration {
  const configuration = withAdopted(wanted, current);
  const regions = configuration.regions ?? regionsOf(origin);
  // What has ended stays ended: players have left, and caches hold the end.
  const end = current?.endedAtMs === undefined ? null : current.configuration.finalSegmentNumber;
  const finalSegmentNumber = configuration.finalSegmentNumber ?? end;
  const { startNumber } = configuration.segmentTemplate;
  const schedule = scheduleOf({ ...configuration, initialSegmentNumber: startNumber });
  const edge = schedule === undefined ? startNumber : newestDue(schedule, origin.clock.nowMs());
  // Until its media are told an event counts nothing.
  const began = current !== undefined && !isAwaitingAdoption(current.configuration);
  const initialSegmentNumber =
    configuration.initialSegmentNumber ??
    (began ? current.configuration.initialSegmentNumber : Math.max(edge, startNumber));
  return { ...configuration, regions, initialSegmentNumber, finalSegmentNumber };
}

/** Who asks again for an event that takes its media from an MPD keeps those that were taken. */
function withAdopted(wanted: LiveEventConfiguration, current: EventHead | undefined): LiveEventConfiguration {
  if (!isAwaitingAdoption(wanted) || current === undefined) return wanted;
  const { availabilityStartTime, segmentTemplate, representations, finalSegmentNumber } =
    current.configuration;
  return { ...wanted, availabilityStartTime, segmentTemplate, representations, finalSegmentNumber };
}
