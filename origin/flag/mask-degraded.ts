import { appendEntry } from '../events/append-entry';
import { AUTOMATIC_MASKS_MAX, type MaskEntry } from '../events/event-record';
import type { LiveEvent, Representation } from '../events/live-event';
import type { Origin } from '../origin';
import { liveEdge } from '../schedule/schedule';
import { selectionRules } from '../selection/select';
import { REVIEWER, type Finding } from './finding';
import { HEALTH_WINDOW, healthOf, type PipelineHealth } from './health';
import { hearWindow } from './hear-window';

/** Numbers of a pipeline's first mask; each further one lasts twice as long as the one before. */
export const FIRST_MASK_SEGMENTS = 60;
/** Masks of one pipeline in one representation: the last lasts 17 hours of 2 s segments. Then operators decide. */
export const MASKS_MAX = 10;
/** Numbers beyond the live edge that may already have been served: the next one, and one while the mask spreads. */
const SERVED_AHEAD = 2;

/**
 * Masks pipelines that are degraded or down in this representation, where the event's configuration allows it, from a number
 * on that nobody was served yet, so that no cache has to forget anything. Several regions, and retries, make one mask: its
 * id is made of the pipeline's count of them. What an operator took back is not made again.
 * @param suspects pipelines that gave a reason to look; while all of them are masked, nothing is read.
 * @throws what the candidate store and the event store throw.
 */
export async function maskDegraded(
  origin: Origin,
  event: LiveEvent,
  representation: Representation,
  suspects: ReadonlySet<string>,
): Promise<readonly Finding[]> {
  if (!event.configuration.automaticMasks) return [];
  const nowMs = origin.clock.nowMs();
  const edge = liveEdge(event.schedule, nowMs);
  const { masks } = selectionRules(event, representation.configuration.id, edge + SERVED_AHEAD);
  if ([...suspects].every((pipeline) => masks.has(pipeline))) return [];
  const heard = await hearWindow(origin, event, representation, edge - HEALTH_WINDOW + 1, edge + 1);
  return maskByHealth(origin, event, representation, healthOf(event, representation, heard, nowMs));
}

/** The same where the health is known. */
export async function maskByHealth(
  origin: Origin,
  event: LiveEvent,
  representation: Representation,
  health: readonly PipelineHealth[],
): Promise<readonly Finding[]> {
  if (!event.configuration.automaticMasks) return [];
  const fromSegment = liveEdge(event.schedule, origin.clock.nowMs()) + SERVED_AHEAD;
  const findings: Finding[] = [];
  for (const { pipeline } of pipelinesToMask(event, representation, health, fromSegment)) {
    const outcome = await appendEntry<MaskEntry>(origin, event.key, (current, { atMs }) => {
      const [still] = pipelinesToMask(current, representation, health, fromSegment).filter(
        (other) => other.pipeline === pipeline,
      );
      return still === undefined
        ? { faults: [] }
        : maskOf(origin, current, representation, still, fromSegment, atMs);
    });
    if (outcome.kind === 'done' && outcome.created)
      findings.push({ kind: 'masked', pipeline, number: fromSegment, mask: outcome.value });
  }
  return findings;
}

/** Not the last good one: another pipeline must be well, and not masked there. */
function pipelinesToMask(
  event: LiveEvent,
  representation: Representation,
  health: readonly PipelineHealth[],
  fromSegment: number,
): readonly PipelineHealth[] {
  const { masks } = selectionRules(event, representation.configuration.id, fromSegment);
  if (!health.some(({ pipeline, state }) => state === 'ok' && !masks.has(pipeline))) return [];
  if (event.masks.filter(({ automatic }) => automatic).length >= AUTOMATIC_MASKS_MAX) return [];
  return health.filter(
    ({ pipeline, state }) =>
      (state === 'degraded' || state === 'down') &&
      !masks.has(pipeline) &&
      automaticMasks(event, representation, pipeline).length < MASKS_MAX,
  );
}

function automaticMasks(event: LiveEvent, representation: Representation, pipeline: string): MaskEntry[] {
  return event.masks.filter(
    (mask) =>
      mask.automatic === true &&
      mask.pipeline === pipeline &&
      mask.representation === representation.configuration.id,
  );
}

function maskOf(
  origin: Origin,
  event: LiveEvent,
  representation: Representation,
  { pipeline, state, received, missing, defective, late }: PipelineHealth,
  fromSegment: number,
  atMs: number,
): MaskEntry {
  const { id } = representation.configuration;
  const before = automaticMasks(event, representation, pipeline).length;
  const name = `${event.head.createdAtMs}#${id}#${pipeline}#${before + 1}`;
  return {
    kind: 'mask',
    automatic: true,
    // Operators name it in a URL to take it back: short, and of a name's characters.
    id: `automatic-${origin.digester.sha256Hex(name).slice(0, 32)}`,
    atMs,
    by: REVIEWER,
    pipeline,
    representation: id,
    fromSegment,
    toSegment: fromSegment + FIRST_MASK_SEGMENTS * 2 ** before - 1,
    reason: `${state}: ${missing} missing, ${defective} defective, ${late} late of ${received + missing} segments`,
  };
}
