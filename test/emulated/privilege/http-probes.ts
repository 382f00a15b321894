import { createHash } from 'node:crypto';
import { deployed, type DeployedRegion } from '../deployed';
import {
  control,
  createEvent,
  freshNumber,
  get,
  type LiveEventUnderTest,
  mediaName,
  put,
  segment,
} from '../live-event';

/** Does one thing that a function is for, from outside. True: it works. What it throws counts as false. */
export type Probe = () => Promise<boolean>;

const [home, away] = deployed().regions as [DeployedRegion, DeployedRegion];

let made = 0;

/** Whatever functions remember of other events does not help with this one. */
export function freshEvent(configuration: Readonly<Record<string, unknown>> = {}) {
  return createEvent(`probe-${Date.now().toString(36)}-${(made += 1)}`, configuration);
}

const isDone = ({ status }: Response) => status === 200 || status === 201;

async function publishesMedia(): Promise<boolean> {
  const event = await freshEvent();
  const number = freshNumber();
  return isDone(await put(home, event, 'a', mediaName(number), segment(number)));
}

async function keepsDocuments(): Promise<boolean> {
  return isDone(await put(home, await freshEvent(), 'a', 'live.mpd', Buffer.from('<MPD/>')));
}

async function takesHandOffs(): Promise<boolean> {
  const event = await freshEvent();
  const number = freshNumber();
  const bytes = segment(number);
  const headers = {
    'repr-digest': `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`,
    'content-type': 'application/json',
  };
  const say = (query: string, body: string) =>
    put(home, event, 'a', mediaName(number) + query, Buffer.from(body), { method: 'POST', headers });
  const asked = await say('?upload', JSON.stringify({ length: bytes.byteLength }));
  if (asked.status !== 200) return false;
  const place = (await asked.json()) as { readonly url: string; readonly headers: Record<string, string> };
  const uploaded = await fetch(place.url, { method: 'PUT', headers: place.headers, body: bytes });
  return uploaded.status === 200 && isDone(await say('?upload=complete', ''));
}

/** Longer than functions answer by what they know of an event. */
const SEEN_MS_MAX = 2500;

/** What operators change shows in the answers of a function which knew the event before. */
async function seesChange(
  change: { readonly call: string; readonly body: object },
  isSeen: (event: LiveEventUnderTest) => Promise<boolean>,
): Promise<boolean> {
  const event = await freshEvent();
  await isSeen(event);
  const path = `/control/v1/tenants/acme/events/${event.name}/${change.call}`;
  if ((await control('POST', path, change.body)).status >= 300) return false;
  const untilMs = Date.now() + SEEN_MS_MAX;
  while (Date.now() < untilMs) {
    if (await isSeen(event)) return true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return false;
}

/** Numbers before all that anybody publishes here: nothing is lost by an end there. */
const LONG_AGO = 500;

function seesTheEnd(): Promise<boolean> {
  const end = { call: 'end', body: { finalSegment: freshNumber() - LONG_AGO, force: true } };
  return seesChange(end, async (event) => {
    const number = freshNumber();
    const { headers } = await put(home, event, 'a', mediaName(number), segment(number));
    return headers.get('headwater-ignored') === 'after-final';
  });
}

function seesNotices(): Promise<boolean> {
  return seesChange({ call: 'notices', body: { type: 'changed' } }, async (event) => {
    const { headers } = await get(home, event, mediaName(freshNumber()));
    return headers.get('headwater-notices')?.includes('changed') === true;
  });
}

export const AUTHORIZER_PROBES: readonly Probe[] = [publishesMedia];

export const INGEST_PROBES: readonly Probe[] = [publishesMedia, keepsDocuments, takesHandOffs, seesTheEnd];

async function servesMediaOf(region: DeployedRegion): Promise<boolean> {
  const event = await freshEvent();
  const number = freshNumber();
  await put(region, event, 'a', mediaName(number), segment(number));
  return (await get(home, event, mediaName(number))).status === 200;
}

async function servesDocumentsOf(region: DeployedRegion): Promise<boolean> {
  const event = await freshEvent();
  await put(region, event, 'a', 'live.mpd', Buffer.from('<MPD/>'));
  return (await get(home, event, 'packager/a/live.mpd')).status === 200;
}

export const SERVE_PROBES: readonly Probe[] = [
  () => servesMediaOf(home),
  () => servesMediaOf(away),
  () => servesDocumentsOf(home),
  () => servesDocumentsOf(away),
  seesNotices,
];

async function configures(): Promise<boolean> {
  const event = await freshEvent();
  const path = `/control/v1/tenants/acme/events`;
  const masked = await control('POST', `${path}/${event.name}/masks`, {
    ...{ pipeline: 'a', fromSegment: freshNumber(), reason: 'probe' },
  });
  return masked.status === 201 && (await control('GET', path)).status === 200;
}

/** A candidate of each region shows in the timeline. */
async function drawsCandidates(): Promise<boolean> {
  const event = await freshEvent();
  const number = freshNumber();
  for (const region of [home, away]) await put(region, event, 'a', mediaName(number), segment(number));
  const query = `representation=v360&from=${number}&to=${number}`;
  const answer = await control('GET', `/control/v1/tenants/acme/events/${event.name}/timeline?${query}`);
  const drawn = await answer.text();
  return answer.status === 200 && [home, away].every(({ region }) => drawn.includes(`"region":"${region}"`));
}

async function handlesTokens(): Promise<boolean> {
  const answer = await control('POST', '/control/v1/tokens', {
    ...{ name: 'probe', tenants: ['acme'], access: 'read' },
  });
  const { id, token } = (await answer.json()) as { readonly id: string; readonly token: string };
  const used = await fetch(`${deployed().controlUrl}/control/v1/tenants/acme/events`, {
    headers: { Authorization: `Bearer ${token}` },
  });
  return used.status === 200 && (await control('DELETE', `/control/v1/tokens/${id}`)).status < 300;
}

export const CONTROL_PROBES: readonly Probe[] = [configures, drawsCandidates, handlesTokens];
