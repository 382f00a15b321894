import { CONTROL_ROUTES } from '../../http/control-routes';
import { putEvent } from '../../origin/events/change-event';
import { replaceCredential } from '../../origin/events/replace-credential';
import { authenticate } from '../../http/authenticate';
import type { HttpResponse } from '../../http/message';
import { publishPlane } from '../../http/publish-plane';
import { cancelSource } from '../../origin/ports/cancel';
import type { Origin } from '../../origin/origin';
import { asset, control, DEFAULTS, deploy, EDGE, OPERATOR, request, serve } from '../support/deployment';

/** Two tenants with two events each, all of the same names and numbers. */
const EVENTS = ['acme', 'other'].flatMap((tenant) => ['final', 'semi'].map((event) => ({ tenant, event })));
const PAIRS = EVENTS.flatMap((own, at) =>
  EVENTS.filter((_, other) => other !== at).map((foreign) => ({
    ...{ own, foreign, from: `${own.tenant}/${own.event}`, to: `${foreign.tenant}/${foreign.event}` },
  })),
);
/** Under which name something is PUT, and under which it is served. */
const NAMES = [
  [`v360/${EDGE}.m4s`, `v360/${EDGE}.m4s`],
  ['v360/init.mp4', 'v360/init.mp4'],
  ['live.mpd', 'packager/a/live.mpd'],
  ['thumbs/1.jpg', 'thumbs/1.jpg'],
] as const;

interface Scene {
  readonly origin: Origin;
  readonly secretOf: (place: (typeof EVENTS)[number]) => string;
}

async function fourEvents(): Promise<Scene> {
  const { origin } = await deploy();
  const secrets = new Map<string, string>();
  for (const key of EVENTS) {
    await putEvent(origin, key, { ...DEFAULTS, passthrough: ['thumbs/*'] });
    const { secret } = await replaceCredential(origin, key, 'a', 0, 'operator-1');
    secrets.set(`${key.tenant}/${key.event}`, secret);
  }
  return { origin, secretOf: ({ tenant, event }) => secrets.get(`${tenant}/${event}`) ?? '' };
}

async function putAs(origin: Origin, secret: string, path: string): Promise<number> {
  const publisher = await authenticate(origin, `Bearer ${secret}`);
  const body = path.endsWith('init.mp4') ? asset.init('v360') : asset.segment('v360', EDGE);
  return (await publishPlane(origin, request(path, { method: 'PUT', body }), publisher)).response.status;
}

/** What is due and not there is not waited for. */
async function statusOf(origin: Origin, path: string): Promise<number> {
  const cancel = cancelSource();
  cancel.cancel();
  return (await serve(origin, path, {}, cancel)).response.status;
}

it.each(PAIRS)('a secret of $from publishes there, and not to $to', async ({ own, from, to }) => {
  const { origin, secretOf } = await fourEvents();
  for (const [name, served] of NAMES) {
    expect(await putAs(origin, secretOf(own), `/live/${to}/${name}`)).toBe(403);
    expect(await statusOf(origin, `/live/${to}/${served}`)).toBe(404);
    expect(await putAs(origin, secretOf(own), `/live/${from}/${name}`)).toBe(201);
  }
});

it.each(PAIRS)('what $from published is served there, and not as $to', async ({ own, from, to }) => {
  const { origin, secretOf } = await fourEvents();
  for (const [name, served] of NAMES) {
    await putAs(origin, secretOf(own), `/live/${from}/${name}`);
    expect(await statusOf(origin, `/live/${from}/${served}`)).toBe(200);
    expect(await statusOf(origin, `/live/${to}/${served}`)).toBe(404);
  }
});

/** Every call of the control plane about one event: new routes are here by themselves. */
function callsOf({ tenant, event }: (typeof EVENTS)[number]) {
  const names: Readonly<Record<string, string>> = { ':tenant': tenant, ':event': event, ':pipeline': 'a' };
  return CONTROL_ROUTES.filter(({ pattern }) => pattern.includes(':tenant')).map(({ method, pattern }) => ({
    method,
    path: `/control/v1/${pattern.map((part) => names[part] ?? part.replace(':', '')).join('/')}`,
  }));
}

const textOf = ({ body }: HttpResponse) =>
  body instanceof Uint8Array ? Buffer.from(body).toString('latin1') : typeof body === 'string' ? body : '';

/** What only this event has, wherever it is told. */
const markOf = ({ tenant, event }: (typeof EVENTS)[number]) => `known-to-${tenant}-${event}-alone`;

async function markedEvents(): Promise<Scene> {
  const scene = await fourEvents();
  for (const place of EVENTS) {
    const mask = { pipeline: 'b', fromSegment: EDGE, reason: markOf(place) };
    const at = `/control/v1/tenants/${place.tenant}/events/${place.event}/masks`;
    expect((await control(scene.origin, 'POST', at, mask)).status).toBe(201);
    await putAs(scene.origin, scene.secretOf(place), `/live/${place.tenant}/${place.event}/v360/init.mp4`);
  }
  return scene;
}

const stateOf = (origin: Origin) =>
  Promise.all(EVENTS.map(async (key) => JSON.stringify(await origin.eventStore.read(key))));

it.each(PAIRS.filter(({ own, foreign }) => own.tenant !== foreign.tenant))(
  'an operator of $from neither reads nor changes $to, by any call',
  async ({ own, foreign }) => {
    const { origin } = await markedEvents();
    const operator = { ...OPERATOR, tenants: [own.tenant] };
    const before = await stateOf(origin);
    for (const { method, path } of callsOf(foreign)) {
      const response = await control(origin, method, path, {}, {}, operator);
      expect([method, path, response.status]).toEqual([method, path, 403]);
      expect(response.body).not.toContain(markOf(foreign));
    }
    expect(await stateOf(origin)).toEqual(before);
  },
);

it.each(PAIRS)('no answer about $from tells of $to', async ({ own, foreign }) => {
  const { origin } = await markedEvents();
  const query = { representation: 'v360', path: `v360/${EDGE}.m4s` };
  const told: string[] = [];
  for (const { method, path } of callsOf(own).filter(
    (call) => call.method === 'GET' && call.path.includes(own.event),
  ))
    told.push(textOf(await control(origin, method, path, undefined, { query })));
  for (const name of ['manifest.mpd', 'master.m3u8', 'v360/media.m3u8', 'v360/init.mp4'])
    told.push(textOf((await serve(origin, `/live/${own.tenant}/${own.event}/${name}`)).response));
  expect(told.join('')).toContain(markOf(own));
  expect(told.join('')).not.toContain(markOf(foreign));
});

it('a list of events is the tenant’s alone', async () => {
  const { origin } = await fourEvents();
  const operator = { ...OPERATOR, tenants: ['other'] };
  const own = await control(origin, 'GET', '/control/v1/tenants/other/events', undefined, {}, operator);
  expect(own.body).not.toContain('acme');
});

it('an event that is made anew under the name of a deleted one begins without its credentials', async () => {
  const { origin, secretOf } = await fourEvents();
  const [place = { tenant: '', event: '' }] = EVENTS;
  const init = `/live/${place.tenant}/${place.event}/v360/init.mp4`;
  const publisher = await authenticate(origin, `Bearer ${secretOf(place)}`);
  expect(
    (await control(origin, 'DELETE', `/control/v1/tenants/${place.tenant}/events/${place.event}`)).status,
  ).toBe(200);
  await putEvent(origin, place, DEFAULTS);
  expect(await putAs(origin, secretOf(place), init)).toBe(401);
  // What an authorizer still remembers of it is refused too.
  const sent = request(init, { method: 'PUT', body: asset.init('v360') });
  expect((await publishPlane(origin, sent, publisher)).response.status).toBe(403);
});
