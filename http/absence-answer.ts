import type { Absence } from '../origin/serve/serve-segment';
import { CACHE, earlyCacheControl } from './cache-policy';
import type { HttpResponse } from './message';
import { problemResponse } from './problem';

/**
 * The rows of the schedule table that carry no segment: each with its status and how long it stays true. In the dialect
 * of edges (edge/guard).
 */
export function absenceAnswer(
  headers: Readonly<Record<string, string>>,
  number: number,
  absence: Absence,
  nowMs: number,
): HttpResponse {
  switch (absence.kind) {
    case 'never':
      return problemResponse(
        {
          status: 404,
          title: 'Outside the event',
          detail: 'The event has no segment of this number.',
          ...named(number, 'a number of the event'),
        },
        { ...headers, 'Cache-Control': CACHE.never },
      );
    case 'early':
      return problemResponse(
        {
          status: 404,
          title: 'Not yet',
          detail: 'The schedule has it later: see expiresMs.',
          ...named(number, 'a number that is next or due', { expiresMs: absence.trueUntilMs }),
        },
        {
          ...headers,
          'Cache-Control': earlyCacheControl(absence.trueUntilMs, nowMs),
          'Headwater-Expires-Ms': absence.trueUntilMs.toString(),
        },
      );
    case 'missing':
      return problemResponse(
        {
          status: 404,
          title: 'Missing',
          detail: 'No pipeline has published it; it may come any moment.',
          ...named(number, 'a number that a pipeline has published'),
        },
        { ...headers, 'Cache-Control': CACHE.missing },
      );
    case 'gone':
      return problemResponse(
        {
          status: 410,
          title: 'Gone',
          detail: GONE[absence.why],
          ...named(number, 'a number that is kept', { reason: absence.why }),
        },
        { ...headers, 'Cache-Control': absence.why === 'expired' ? CACHE.expired : CACHE.gone },
      );
  }
}

function named(number: number, wanted: string, members?: Readonly<Record<string, unknown>>) {
  const faults = [{ parameter: 'number', wanted: wanted, got: number.toString() }];
  return { faults: faults, members: { number: number, ...members } };
}

const GONE = {
  expired: 'It is older than the DVR window.',
  'never-came': 'No pipeline published it before the retry deadline.',
  'all-defective': 'Every copy has defects or is masked, and the event does not serve those.',
} as const;
