import { base64Of, bytesOfBase64, textOfUtf8 } from '../encoding';
import { putEvent } from '../events/change-event';
import { configurationEtag } from '../events/change-outcome';
import { conductOf, isAwaitingAdoption, parseConfiguration, type Fault } from '../events/configuration';
import { INIT_BYTES_MAX, KEPT_MAX, type KeptEntry } from '../events/event-record';
import type { LiveEvent } from '../events/live-event';
import { scheduleOf } from '../events/live-event';
import { reloadedUntil } from '../ingest/await-init';
import { ingestInit } from '../ingest/ingest-init';
import { decodeTimeOf } from '../media/decode-time';
import { inspectInit } from '../media/inspect-init';
import { looksLike } from '../media/looks-like';
import type { Origin } from '../origin';
import { newestDue } from '../schedule/schedule';
import { keptId, proposalOf, type Proposal } from './kept';

/** A PUT to an event that takes its media from the first MPD; of documents, what is no MPD is none of this. */
export interface EarlyPut {
  readonly event: LiveEvent;
  readonly pipeline: string;
  /** Relative to the event. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** What became of it. http/adoption-answer.ts says how each is told. */
export type EarlyOutcome =
  /** The event has its media, by this PUT or another meanwhile: it goes the ordinary way. */
  | { readonly kind: 'adopted'; readonly event: LiveEvent; readonly notes: readonly string[] }
  | Exclude<Proposal, { kind: 'adopted' }>
  /** It waits for the MPD. */
  | { readonly kind: 'kept' }
  /** Media nobody can place yet. */
  | { readonly kind: 'too-early' }
  | { readonly kind: 'unusable'; readonly got: string };

/** Bytes of an MPD that makes an event: it is written while the first segments are, and has no window yet. */
const MPD_BYTES_MAX = 100_000;

/**
 * Takes what a packager sends before its event has any media: inits and the MPD in whatever order, and of segments where
 * they lie. Once the MPD and all of its inits are there, the event is made of them.
 * @throws what the event store throws; the same PUT again is harmless.
 */
export async function takeEarly(origin: Origin, put: EarlyPut): Promise<EarlyOutcome> {
  // Another instance may have made it within the last second.
  const event = (await origin.events.reload(put.event.key)) ?? put.event;
  if (!isAwaitingAdoption(event.configuration)) return { kind: 'adopted', event, notes: [] };
  if (put.path.endsWith('.mpd')) return takeMpd(origin, event, put);
  if (put.bytes.length <= INIT_BYTES_MAX && inspectInit(put.bytes, origin.digester).kind === 'init') {
    await keep(origin, event, put, { kind: 'init', bytes: base64Of(put.bytes) });
    return afterKept(origin, put);
  }
  const ticks = decodeTimeOf(put.bytes);
  if (ticks === undefined) return { kind: 'unusable', got: looksLike(put.bytes) };
  await keep(origin, event, put, { kind: 'segment', ticks: ticks.toString() });
  return { kind: 'too-early' };
}

async function takeMpd(origin: Origin, event: LiveEvent, put: EarlyPut): Promise<EarlyOutcome> {
  const text = put.bytes.length > MPD_BYTES_MAX ? undefined : textOf(put.bytes);
  if (text === undefined)
    return refused({
      parameter: 'mpd',
      wanted: `UTF-8 of at most ${MPD_BYTES_MAX} bytes`,
      got: `${put.bytes.length} bytes`,
    });
  const outcome = await adopt(origin, event, put.pipeline, { path: put.path, text });
  if (outcome.kind === 'waiting') await keep(origin, event, put, { kind: 'mpd', text });
  return outcome;
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return textOfUtf8(bytes);
  } catch {
    return undefined;
  }
}

/** The last init that was missing completes the MPD that came before it. */
async function afterKept(origin: Origin, { event: known, pipeline }: EarlyPut): Promise<EarlyOutcome> {
  const event = (await origin.events.reload(known.key)) ?? known;
  if (!isAwaitingAdoption(event.configuration)) return { kind: 'adopted', event, notes: [] };
  const mpd = event.kept.findLast((entry) => entry.pipeline === pipeline && entry.what.kind === 'mpd');
  if (mpd?.what.kind !== 'mpd') return { kind: 'kept' };
  const outcome = await adopt(origin, event, pipeline, { path: mpd.path, text: mpd.what.text });
  return outcome.kind === 'adopted' ? outcome : { kind: 'kept' };
}

async function adopt(
  origin: Origin,
  event: LiveEvent,
  pipeline: string,
  mpd: { readonly path: string; readonly text: string },
): Promise<EarlyOutcome> {
  const nowMs = origin.clock.nowMs();
  if (event.head.endedAtMs !== undefined)
    return refused({ parameter: 'event', wanted: 'one that has not ended', got: 'an ended one' });
  const proposal = proposalOf(event, pipeline, mpd, origin.digester, nowMs);
  if (proposal.kind !== 'adopted') return proposal;
  const { availabilityStartTime, segmentTemplate, representations } = proposal.configuration;
  const made = { ...conductOf(event.configuration), availabilityStartTime, segmentTemplate, representations };
  const outcome = await putEvent(
    origin,
    event.key,
    { ...made, initialSegmentNumber: nextNumber(made, nowMs) },
    {
      ...{ by: pipeline, reason: `made of ${mpd.path}`, preview: false, force: true },
      ifMatch: configurationEtag(event.head),
    },
  );
  if (outcome.kind === 'invalid') return { kind: 'refused', faults: outcome.faults };
  const isMade = ({ configuration }: LiveEvent) => !isAwaitingAdoption(configuration);
  const current = await reloadedUntil(origin, event.key, isMade);
  if (current === undefined || !isMade(current))
    throw new Error(
      `the event ${outcome.kind === 'done' ? 'went away' : 'changed again and again'} meanwhile`,
    );
  return { kind: 'adopted', event: await ingestKept(origin, current), notes: proposal.notes };
}

function refused(fault: Fault): EarlyOutcome {
  return { kind: 'refused', faults: [fault] };
}

/** Media that came so far are gone, so the event begins with those that come next. */
function nextNumber(configuration: object, nowMs: number): number | undefined {
  const parsed = parseConfiguration(configuration);
  if ('faults' in parsed) return undefined;
  const { startNumber } = parsed.configuration.segmentTemplate;
  const schedule = scheduleOf({ ...parsed.configuration, initialSegmentNumber: startNumber });
  return schedule && Math.max(startNumber, newestDue(schedule, nowMs) + 1);
}

/** Every pipeline has sent its inits once, and will not again. */
async function ingestKept(origin: Origin, made: LiveEvent): Promise<LiveEvent> {
  let event = made;
  for (const pipeline of made.configuration.pipelines)
    for (const { path, what } of made.kept.filter((entry) => entry.pipeline === pipeline)) {
      const bytes = what.kind === 'init' ? bytesOfBase64(what.bytes) : undefined;
      const representation = [...event.representations.values()].find((one) => one.initialization === path);
      if (bytes === undefined || representation === undefined) continue;
      await ingestInit(origin, {
        ...{ event, representation, pipeline, bytes, digest: origin.digester.sha256Hex(bytes) },
      });
      event = (await origin.events.reload(event.key)) ?? event;
    }
  return event;
}

async function keep(
  origin: Origin,
  event: LiveEvent,
  { pipeline, path }: EarlyPut,
  what: KeptEntry['what'],
): Promise<void> {
  const id = keptId(pipeline, path, what.kind);
  if (event.kept.length >= KEPT_MAX && !event.kept.some((entry) => entry.id === id)) return;
  const atMs = origin.clock.nowMs();
  await origin.eventStore.replace(event.key, { kind: 'kept', id, atMs, by: pipeline, pipeline, path, what });
}
