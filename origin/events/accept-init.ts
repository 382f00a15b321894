import type { InitChoice } from './change-requests';
import type { Fault } from './configuration';
import type { InitEntry } from './event-record';
import { ownInit, type LiveEvent } from './live-event';

/**
 * The next version of a representation's init: the one that the media of `choice.pipeline` are made for and that is not in
 * force, from `choice.fromSegment` on (a new Period; EXT-X-DISCONTINUITY with EXT-X-MAP). That may be a former version:
 * so the acceptance of another pipeline's is taken back.
 */
export function initChoiceEntry(
  event: LiveEvent,
  representation: string,
  choice: InitChoice,
  base: { readonly atMs: number; readonly by: string; readonly reason?: string },
): InitEntry | { readonly faults: readonly Fault[] } {
  const found = event.representations.get(representation);
  const offered = found && ownInit(found, choice.pipeline);
  const last = found?.inits.at(-1);
  if (last === undefined || offered === undefined || offered.init.identity === last.init.identity)
    return {
      faults: [{ parameter: 'pipeline', wanted: 'a pipeline whose init was refused', got: choice.pipeline }],
    };
  if (choice.fromSegment <= last.fromSegment)
    return {
      faults: [
        {
          parameter: 'fromSegment',
          wanted: `more than ${last.fromSegment}`,
          got: choice.fromSegment.toString(),
        },
      ],
    };
  const version = last.version + 1;
  return {
    ...base,
    kind: 'init',
    id: initEntryId(event, representation, version),
    representation,
    version,
    fromSegment: choice.fromSegment,
    pipeline: choice.pipeline,
    digest: offered.digest,
    bytes: offered.bytes,
    init: offered.init,
  };
}

/** One id for each version, so that two regions cannot both write it; a re-created event begins anew. */
export function initEntryId(event: LiveEvent, representation: string, version: number): string {
  return `init#${representation}#${event.head.createdAtMs}#${version.toString().padStart(4, '0')}`;
}
