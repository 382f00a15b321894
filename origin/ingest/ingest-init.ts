import { base64Of } from '../encoding';
import { initEntryId } from '../events/accept-init';
import type { EventEntry, PipelineInitEntry } from '../events/event-record';
import { INIT_BYTES_MAX, PIPELINE_INITS_MAX } from '../events/event-record';
import { initInForce, ownInit } from '../events/live-event';
import type { LiveEvent, Representation } from '../events/live-event';
import { defect } from '../media/defect';
import { inspectInit } from '../media/inspect-init';
import type { InitInspection } from '../media/inspection';
import type { Origin } from '../origin';
import { liveEdge } from '../schedule/schedule';
import { reloadedUntil } from './await-init';
import type { IngestOutcome } from './outcome';

export interface InitPut {
  readonly event: LiveEvent;
  readonly representation: Representation;
  readonly pipeline: string;
  readonly bytes: Uint8Array;
  /** SHA-256 of the bytes, lower-case hexadecimal. */
  readonly digest: string;
}

/** Changes of init that one pipeline may have recorded for one representation; more are refused, not recorded. */
const CHANGES_MAX = 50;

/**
 * The first init of a representation becomes its reference, version 1, by a conditional write; a later one must have
 * the same identity, since players load one init and then media of any pipeline.
 * @throws what the event store throws.
 */
export async function ingestInit(origin: Origin, put: InitPut): Promise<IngestOutcome> {
  if (put.bytes.length > INIT_BYTES_MAX)
    return {
      kind: 'unusable',
      defects: [defect('malformed', { bytes: put.bytes.length, most: INIT_BYTES_MAX })],
    };
  const found = inspectInit(put.bytes, origin.digester);
  if (found.kind === 'defective') return { kind: 'unusable', defects: found.defects };
  const wrong = contradiction(put.representation, found.init);
  if (wrong !== undefined) return { kind: 'unusable', defects: [wrong] };

  const current = put.representation.inits.length > 0 ? put : await withReference(origin, put, found.init);
  return current === 'reference' ? acceptedOf(put, 1, false) : compare(origin, current, found.init);
}

/** Tries to be the reference. @returns `'reference'`, or the put with the event as it is now: another came first. */
async function withReference(
  origin: Origin,
  put: InitPut,
  init: InitInspection,
): Promise<InitPut | 'reference'> {
  const entry: EventEntry = {
    kind: 'init',
    id: initEntryId(put.event, put.representation.configuration.id, 1),
    version: 1,
    fromSegment: 0,
    ...described(origin, put, init),
  };
  const { key } = put.event;
  const representationOf = (event?: LiveEvent) =>
    event?.representations.get(put.representation.configuration.id);
  if ((await origin.eventStore.append(key, entry, 0)) === 'appended') {
    await origin.events.reload(key);
    return 'reference';
  }
  const event = await reloadedUntil(origin, key, (as) => (representationOf(as)?.inits.length ?? 0) > 0);
  const representation = representationOf(event);
  if (event === undefined || representation === undefined || representation.inits.length === 0)
    throw new Error('the event went away during the PUT, or its reference init is not readable yet');
  return { ...put, event, representation };
}

async function compare(origin: Origin, put: InitPut, init: InitInspection): Promise<IngestOutcome> {
  const next = liveEdge(put.event.schedule, origin.clock.nowMs()) + 1;
  const inForce = initInForce(put.representation, next);
  if (ownInit(put.representation, put.pipeline)?.init.identity !== init.identity)
    await remember(origin, put, init);
  if (inForce === undefined || inForce.init.identity !== init.identity)
    return { kind: 'foreign-init', wanted: inForce?.init.identity ?? '', got: init.identity };
  return acceptedOf(put, inForce.version, inForce.digest === put.digest);
}

async function remember(origin: Origin, put: InitPut, init: InitInspection): Promise<void> {
  const recorded = put.representation.pipelineInits.get(put.pipeline)?.change ?? 0;
  if (recorded >= CHANGES_MAX || recordedOfAll(put.event) >= PIPELINE_INITS_MAX) return;
  const change = recorded + 1;
  const entry: PipelineInitEntry = {
    kind: 'pipeline-init',
    id: `pipeline-init#${put.representation.configuration.id}#${put.event.head.createdAtMs}#${put.pipeline}#${change.toString().padStart(4, '0')}`,
    change,
    ...described(origin, put, init),
  };
  await origin.eventStore.append(put.event.key, entry, 0);
  await origin.events.reload(put.event.key);
}

function recordedOfAll({ representations }: LiveEvent): number {
  const last = [...representations.values()].flatMap(({ pipelineInits }) => [...pipelineInits.values()]);
  return last.reduce((sum, { change }) => sum + change, 0);
}

function described(origin: Origin, put: InitPut, init: InitInspection) {
  return {
    representation: put.representation.configuration.id,
    pipeline: put.pipeline,
    digest: put.digest,
    bytes: base64Of(put.bytes),
    init,
    atMs: origin.clock.nowMs(),
    by: put.pipeline,
  };
}

function acceptedOf(put: InitPut, version: number, known: boolean): IngestOutcome {
  return { kind: 'init-accepted', version, digest: put.digest, known };
}

/** What the configuration says of the track and the init denies. */
function contradiction({ configuration }: Representation, init: InitInspection) {
  if (configuration.contentType !== init.contentType)
    return defect('wrong-track', { wanted: configuration.contentType, got: init.contentType });
  if (configuration.timescale !== undefined && configuration.timescale !== init.timescale)
    return defect('wrong-timescale', { wanted: configuration.timescale, got: init.timescale });
  return undefined;
}
