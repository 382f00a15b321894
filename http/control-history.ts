import type { ChangeRecord } from '../origin/events/change-record';
import { instant, invalidAnswer, unknownAnswer } from './control-answers';
import { keyOf, type ControlCall } from './control-call';
import { wholeNumber } from './control-reads';
import type { HttpResponse } from './message';
import { jsonResponse } from './problem';

/** Changes in one page. */
const PAGE_MAX = 200;
const PAGE_DEFAULT = 50;

/** Begins with an instant of 16 digits, as `changeIdAt` makes it. */
const CHANGE_ID = /^\d{16}#[\x21-\x7e]{1,300}$/;

/**
 * `GET .../history?limit=&before=`: who changed what, when and why, the newest first. `next` is the `before` of the next
 * page. Deleted events have theirs still.
 */
export async function history(call: ControlCall): Promise<HttpResponse> {
  const { origin, request } = call;
  const limit = wholeNumber(request.query['limit'], PAGE_DEFAULT);
  const { before } = request.query;
  if (limit === undefined || limit < 1 || limit > PAGE_MAX)
    return invalidAnswer([
      { parameter: 'limit', wanted: `1 to ${PAGE_MAX}`, got: (request.query['limit'] ?? '').slice(0, 100) },
    ]);
  if (before !== undefined && !CHANGE_ID.test(before))
    return invalidAnswer([
      { parameter: 'before', wanted: 'the `next` of a page', got: before.slice(0, 100) },
    ]);
  const key = keyOf(call);
  // One more than is told shows whether there is another page.
  const found = await origin.eventStore.history(key, {
    limit: limit + 1,
    ...(before !== undefined && { before }),
  });
  if (found.length === 0 && (await origin.events.get(key)) === undefined) return unknownAnswer();
  const page = found.slice(0, limit);
  return jsonResponse(200, {
    changes: page.map(changeView),
    next: found.length > limit ? (page.at(-1)?.id ?? null) : null,
  });
}

function changeView({ atMs, ...change }: ChangeRecord) {
  return { at: instant(atMs), ...change };
}
