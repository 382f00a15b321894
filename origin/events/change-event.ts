import type { EventKey } from '../candidate';
import type { Origin } from '../origin';
import { dueMs, liveEdge, newestDue } from '../schedule/schedule';
import type { Fault, LiveEventConfiguration } from './configuration';
import { parseConfiguration } from './configuration';
import { contradictions } from './contradictions';
import type { CompleteConfiguration, EventEntry, EventHead } from './event-record';
import { ENTRIES_MAX } from './event-record';
import { compileEvent, scheduleOf } from './live-event';
import type { LiveEvent } from './live-event';

/** What became of a change. http/control-plane.ts says how each is told. */
export type ChangeOutcome<Done = EventHead> =
  | { readonly kind: 'done'; readonly value: Done; readonly created: boolean }
  | { readonly kind: 'invalid'; readonly faults: readonly Fault[] }
  | { readonly kind: 'unknown' }
  /** Somebody else changed it since the ETag that the request names. */
  | { readonly kind: 'conflict'; readonly etag: string | undefined }
  /** Segments exist, and this member decides what their numbers mean. */
  | { readonly kind: 'frozen'; readonly members: readonly string[] }
  | { readonly kind: 'full' };

/** The ETag that operators see: it changes with the configuration, not with every init or mask. */
export function configurationEtag(head: EventHead): string {
  return `"${head.configurationRevision}"`;
}

/** Inits, masks and other entries arrive between the reading of a head and its writing; then it is read again. */
const ATTEMPTS_MAX = 5;

async function untilWritten(change: () => Promise<ChangeOutcome>): Promise<ChangeOutcome> {
  let outcome = await change();
  for (let attempt = 1; outcome.kind === 'conflict' && attempt < ATTEMPTS_MAX; attempt++)
    outcome = await change();
  return outcome;
}

/**
 * Creates or replaces an event's configuration; `ifMatch` is an ETag, `*`, or undefined for "whatever there is".
 * @throws what the event store throws.
 */
export async function putEvent(
  origin: Origin,
  key: EventKey,
  input: unknown,
  ifMatch: string | undefined,
): Promise<ChangeOutcome> {
  const parsed = parseConfiguration(input);
  if ('faults' in parsed) return { kind: 'invalid', faults: parsed.faults };
  return untilWritten(() => replaceConfiguration(origin, key, parsed.configuration, ifMatch));
}

async function replaceConfiguration(
  origin: Origin,
  key: EventKey,
  wanted: LiveEventConfiguration,
  ifMatch: string | undefined,
): Promise<ChangeOutcome> {
  const stored = await storedHead(origin, key);
  const current = stored !== undefined && isAlive(stored, origin.clock.nowMs()) ? stored : undefined;
  if (ifMatch !== undefined && !etagMatches(ifMatch, current))
    return { kind: 'conflict', etag: current && configurationEtag(current) };

  const configuration = complete(origin, wanted, current);
  const faults = contradictions(configuration);
  if (faults.length > 0) return { kind: 'invalid', faults };
  const frozen = current && (await frozenMembers(origin, current, configuration));
  if (frozen !== undefined && frozen.length > 0) return { kind: 'frozen', members: frozen };
  return writeHead(
    origin,
    stored,
    nextHead(origin, key, configuration, stored, current),
    current === undefined,
  );
}

function nextHead(
  origin: Origin,
  key: EventKey,
  configuration: CompleteConfiguration,
  stored: EventHead | undefined,
  current: EventHead | undefined,
): EventHead {
  const nowMs = origin.clock.nowMs();
  const { endedAtMs, expiresAtMs } = current ?? {};
  return {
    ...key,
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

/** Ends an event at `finalSegment` (default: the live edge); its window stays for one DVR length more. */
export function endEvent(
  origin: Origin,
  key: EventKey,
  finalSegment: number | undefined,
): Promise<ChangeOutcome> {
  return untilWritten(() => endOnce(origin, key, finalSegment));
}

async function endOnce(
  origin: Origin,
  key: EventKey,
  finalSegment: number | undefined,
): Promise<ChangeOutcome> {
  const stored = await storedHead(origin, key);
  const nowMs = origin.clock.nowMs();
  if (stored === undefined || !isAlive(stored, nowMs)) return { kind: 'unknown' };
  const schedule = scheduleOf(stored.configuration);
  if (schedule === undefined) throw new Error(`event ${key.tenant}/${key.event}: its schedule is not exact`);
  // The edge stops at a final segment: to end an ended event again moves nothing.
  const edge = liveEdge(schedule, nowMs);
  const finalSegmentNumber = finalSegment ?? Math.max(edge, stored.configuration.initialSegmentNumber);
  const configuration = { ...stored.configuration, finalSegmentNumber };
  const faults = contradictions(configuration);
  if (faults.length > 0) return { kind: 'invalid', faults };
  const depthMs = configuration.timeShiftBufferDepthSeconds * 1000;
  const head = {
    ...nextHead(origin, key, configuration, stored, stored),
    endedAtMs: nowMs,
    // The end may lie ahead.
    expiresAtMs: Math.max(nowMs, dueMs(schedule, finalSegmentNumber)) + depthMs,
  };
  return writeHead(origin, stored, head, false);
}

/** Ends and expires at once: from now on the event is unknown. */
export function deleteEvent(origin: Origin, key: EventKey): Promise<ChangeOutcome> {
  return untilWritten(() => deleteOnce(origin, key));
}

async function deleteOnce(origin: Origin, key: EventKey): Promise<ChangeOutcome> {
  const stored = await storedHead(origin, key);
  const nowMs = origin.clock.nowMs();
  if (stored === undefined || !isAlive(stored, nowMs)) return { kind: 'unknown' };
  const head = {
    ...nextHead(origin, key, stored.configuration, stored, stored),
    endedAtMs: nowMs,
    expiresAtMs: nowMs,
  };
  return writeHead(origin, stored, head, false);
}

/** Appends an operator's entry. Masks and preferences change answers, so they raise the cache version. */
export async function appendEntry<Entry extends EventEntry>(
  origin: Origin,
  key: EventKey,
  versionBump: 0 | 1,
  make: (
    event: LiveEvent,
    base: { id: string; atMs: number },
  ) => Entry | { readonly faults: readonly Fault[] },
): Promise<ChangeOutcome<Entry>> {
  const record = await origin.eventStore.read(key);
  const nowMs = origin.clock.nowMs();
  if (record === undefined || record === 'unchanged' || !isAlive(record.head, nowMs))
    return { kind: 'unknown' };
  if (record.entries.length >= ENTRIES_MAX) return { kind: 'full' };
  const id = `${nowMs.toString().padStart(16, '0')}-${origin.digester.randomToken(64)}`;
  const entry = make(compileEvent(record), { id, atMs: nowMs });
  if ('faults' in entry) return { kind: 'invalid', faults: entry.faults };
  const appended = await origin.eventStore.append(key, entry, versionBump);
  await origin.events.reload(key);
  return appended === 'no-event'
    ? { kind: 'unknown' }
    : { kind: 'done', value: entry, created: appended === 'appended' };
}

async function writeHead(
  origin: Origin,
  stored: EventHead | undefined,
  head: EventHead,
  created: boolean,
): Promise<ChangeOutcome> {
  const written = await origin.eventStore.writeHead(head, stored?.revision ?? 0);
  await origin.events.reload(head);
  if (written === 'conflict') return { kind: 'conflict', etag: undefined };
  return { kind: 'done', value: head, created };
}

async function storedHead(origin: Origin, key: EventKey): Promise<EventHead | undefined> {
  const record = await origin.eventStore.read(key);
  return record === undefined || record === 'unchanged' ? undefined : record.head;
}

export function isAlive(head: EventHead, nowMs: number): boolean {
  return nowMs < (head.expiresAtMs ?? Infinity);
}

function etagMatches(ifMatch: string, head: EventHead | undefined): boolean {
  if (head === undefined) return false;
  return ifMatch.trim() === '*' || ifMatch.split(',').some((one) => one.trim() === configurationEtag(head));
}

/** Fills in what depends on the clock and the deployment. */
function complete(
  origin: Origin,
  configuration: LiveEventConfiguration,
  current: EventHead | undefined,
): CompleteConfiguration {
  const regions = configuration.regions ?? [origin.local, ...origin.peers].map(({ region }) => region).sort();
  // What has ended stays ended: players have left, and caches hold the end.
  const end = current?.endedAtMs === undefined ? null : current.configuration.finalSegmentNumber;
  const finalSegmentNumber = configuration.finalSegmentNumber ?? end;
  const { startNumber } = configuration.segmentTemplate;
  const schedule = scheduleOf({ ...configuration, initialSegmentNumber: startNumber });
  const edge = schedule === undefined ? startNumber : newestDue(schedule, origin.clock.nowMs());
  const initialSegmentNumber =
    configuration.initialSegmentNumber ??
    current?.configuration.initialSegmentNumber ??
    Math.max(edge, startNumber);
  return { ...configuration, regions, initialSegmentNumber, finalSegmentNumber };
}

/** Numbers around the live edge in which a candidate would show that the event has begun. */
const BEGUN_WINDOW = 64;

/** Which members change the meaning of numbers that candidates already have. */
async function frozenMembers(
  origin: Origin,
  current: EventHead,
  wanted: CompleteConfiguration,
): Promise<readonly string[]> {
  const changed = changedTiming(current.configuration, wanted);
  return changed.length > 0 && (await hasBegun(origin, current)) ? changed : [];
}

function changedTiming(current: CompleteConfiguration, wanted: CompleteConfiguration): string[] {
  const members: string[] = [];
  if (Date.parse(current.availabilityStartTime) !== Date.parse(wanted.availabilityStartTime))
    members.push('availabilityStartTime');
  for (const name of ['timescale', 'duration', 'startNumber', 'initialization', 'media'] as const)
    if (current.segmentTemplate[name] !== wanted.segmentTemplate[name])
      members.push(`segmentTemplate.${name}`);
  for (const [index, representation] of wanted.representations.entries()) {
    const before = current.representations.find(({ id }) => id === representation.id);
    for (const name of ['timescale', 'presentationTimeOffset', 'media', 'initialization'] as const)
      if (before !== undefined && before[name] !== representation[name])
        members.push(`representations.${index}.${name}`);
  }
  return members;
}

async function hasBegun(origin: Origin, head: EventHead): Promise<boolean> {
  const record = await origin.eventStore.read(head);
  if (record === undefined || record === 'unchanged') return false;
  const event = compileEvent(record);
  const edge = newestDue(event.schedule, origin.clock.nowMs());
  for (const [id, { inits }] of event.representations) {
    if (inits.length > 0) return true;
    const range = { ...event.key, representation: id };
    const found = await origin.local.candidates.ofRange(range, Math.max(0, edge - BEGUN_WINDOW), edge + 3);
    if (found.length > 0) return true;
  }
  return false;
}
