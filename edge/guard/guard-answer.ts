import { absenceAnswer } from '../../http/absence-answer';
import { CORS_HEADERS } from '../../http/common-headers';
import type { HttpResponse } from '../../http/message';
import { unknownAnswer } from '../../http/unknown-answer';
import type { EdgeConfiguration } from '../../origin/events/edge-configuration';
import type { Verdict } from './guard';

/**
 * What the guard says, told as an origin tells it; undefined where it says: forward.
 * @param cacheName the edge's own, for Cache-Status (RFC 9211)
 */
export function guardAnswer(
  verdict: Verdict,
  configuration: Pick<EdgeConfiguration, 'version' | 'notices'>,
  nowMs: number,
  cacheName: string,
): HttpResponse | undefined {
  const notices = configuration.notices;
  const headers = {
    ...CORS_HEADERS,
    'Headwater-Version': configuration.version.toString(),
    ...(notices === undefined ? {} : { 'Headwater-Notices': notices }),
    'Cache-Status': `${cacheName}; detail=guard`,
  };
  switch (verdict.kind) {
    case 'pass':
    case 'hold':
      return undefined;
    case 'unknown':
      return unknownAnswer('object', headers);
    case 'not-canonical':
      return unknownAnswer('number', headers);
    case 'never':
      return absenceAnswer(headers, verdict.number, { kind: 'never' }, nowMs);
    case 'early':
      return absenceAnswer(headers, verdict.number, verdict, nowMs);
    case 'expired':
      return absenceAnswer(headers, verdict.number, { kind: 'gone', why: 'expired' }, nowMs);
  }
}
