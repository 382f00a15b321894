import { InvalidArgumentError, Option } from 'commander';
import type { EventKey } from '../origin/candidate';
import { askControl, eventPath } from './control-client';
import type { ControlOptions } from './control-place';

/** A segment by its number, or by its place from the live edge (the newest that is due). */
export type Segment = { readonly number: number } | { readonly fromLive: number };

export const SEGMENT_HELP = 'number, or live, live-30, live+5';

/** @example `895000120`, `live`, `live-30`, `live+5` */
export function parseSegment(text: string): Segment {
  const live = /^live(?:([+-]\d{1,7}))?$/.exec(text);
  if (live !== null) return { fromLive: Number(live[1] ?? 0) };
  if (/^\d{1,16}$/.test(text) && Number.isSafeInteger(Number(text))) return { number: Number(text) };
  throw new InvalidArgumentError('Wanted the number of a segment, or live, live-30, live+5.');
}

/** `--from`, the live edge unless given: operators look at what is live. */
export function fromOption(): Option {
  return new Option('--from <segment>', `the first: ${SEGMENT_HELP}`)
    .argParser(parseSegment)
    .default({ fromLive: 0 } satisfies Segment, 'live');
}

/**
 * The numbers of segments, by the deployment's clock: one question for all of them, and none where all are numbers.
 * @returns undefined for what is undefined.
 */
export async function segmentNumbers<Names extends string>(
  options: ControlOptions,
  key: EventKey,
  segments: Readonly<Record<Names, Segment | undefined>>,
): Promise<Readonly<Record<Names, number | undefined>>> {
  const asked = Object.entries<Segment | undefined>(segments);
  const isLive = asked.some(([, segment]) => segment !== undefined && 'fromLive' in segment);
  const edge = isLive ? await liveEdge(options, key) : 0;
  const numbers = asked.map(([name, segment]) => [
    name,
    segment === undefined
      ? undefined
      : 'number' in segment
        ? segment.number
        : Math.max(0, edge + segment.fromLive),
  ]);
  return Object.fromEntries(numbers) as Record<Names, number | undefined>;
}

/** The grid tells it whatever it is asked for; one number costs it least. */
async function liveEdge(options: ControlOptions, key: EventKey): Promise<number> {
  const asked = { from: '0', to: '0' };
  const grid = await askControl<{ readonly liveEdge: number }>(options, eventPath(key, '/grid'), asked);
  return grid.liveEdge;
}

/** @example `segments 5 to 9`, `segment 5`, `from segment 5 on` */
export function rangeText(from: number, to: number | undefined): string {
  // An invalidation that a mask without an end makes goes to the greatest number.
  if (to === undefined || to === Number.MAX_SAFE_INTEGER) return `from segment ${from} on`;
  return to === from ? `segment ${from}` : `segments ${from} to ${to}`;
}
