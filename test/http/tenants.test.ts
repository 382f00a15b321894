import { putEvent } from '../../origin/events/change-event';
import { replaceCredential } from '../../origin/events/replace-credential';
import { authenticate } from '../../http/authenticate';
import { publishPlane } from '../../http/publish-plane';
import { cancelSource } from '../../origin/ports/cancel';
import type { Origin } from '../../origin/origin';
import { asset, control, DEFAULTS, deploy, EDGE, OPERATOR, request, serve } from '../support/deployment';

/** Two tenants with two events each, all of the same names and numbers. */
const EVENTS = ['acme', 'other'].flatMap((tenant) => ['final', 'semi'].map((event) => ({ tenant, event })));
const PAIRS = EVENTS.flatMap((own, at) =>
  EVENTS.filter((_, other) => other !== at).map((foreign) => ({
    ...{ own, from: `${own.tenant}/${own.event}`, to: `${foreign.tenant}/${foreign.event}` },
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

it('an operator of one tenant neither sees nor changes another’s events', async () => {
  const { origin } = await fourEvents();
  const operator = { ...OPERATOR, tenants: ['other'] };
  for (const [method, path] of [
    ['GET', ''],
    ['PUT', ''],
    ['DELETE', ''],
    ['POST', '/masks'],
    ['GET', '/timeline'],
    ['PUT', '/pipelines/a/credential'],
  ] as const) {
    const at = `/control/v1/tenants/acme/events/final${path}`;
    expect((await control(origin, method, at, {}, {}, operator)).status).toBe(403);
  }
  const own = await control(origin, 'GET', '/control/v1/tenants/other/events', undefined, {}, operator);
  expect(own.body).not.toContain('acme');
});
