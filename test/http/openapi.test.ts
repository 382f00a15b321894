import { cutFrames } from '../../demo/damage';
import { CONTROL_ROUTES } from '../../http/control-routes';
import type { Operator } from '../../http/control-call';
import type { HttpResponse } from '../../http/message';
import type { Origin } from '../../origin/origin';
import {
  asset,
  control,
  DEFAULTS,
  deploy,
  EDGE,
  jsonOf,
  OPERATOR,
  publish,
  publishInit,
  type RequestParts,
} from '../support/deployment';
import { openApi, operations, resolve, undescribed } from '../support/openapi';

const EVENT = '/tenants/{tenant}/events/{event}';

describe('docs/openapi.yaml', () => {
  const routes = CONTROL_ROUTES.map(
    ({ method, pattern }) => `${method} /${pattern.join('/').replace(/:([A-Za-z]+)/g, '{$1}')}`,
  );

  it('describes every call of the control plane, and no other', () => {
    expect([...operations].sort()).toEqual([...routes].sort());
  });

  it('refers to nothing that is not there', () => {
    const references = [...JSON.stringify(openApi).matchAll(/"\$ref":"([^"]+)"/g)].map(([, found]) => found);
    expect(references.filter(($ref) => resolve({ $ref }) === undefined)).toEqual([]);
  });

  it('uses all of its components', () => {
    const text = JSON.stringify(openApi);
    const unused = ['parameters', 'responses', 'schemas', 'headers'].flatMap((kind) =>
      Object.keys(openApi.components[kind] ?? {}).filter(
        (name) => !text.includes(`"#/components/${kind}/${name}"`),
      ),
    );
    expect(unused).toEqual([]);
  });

  it.each(CONTROL_ROUTES.map((route, at) => ({ route, operation: routes[at] ?? '' })))(
    '$operation: preview is a parameter of what can be previewed',
    ({ route, operation }) => {
      const [method = '', path = ''] = operation.split(' ');
      const described = JSON.stringify(openApi.paths[path]?.[method.toLowerCase()]);
      expect(described.includes('#/components/parameters/preview')).toBe(route.previews === true);
    },
  );
});

type Call = [
  title: string,
  operation: string,
  status: number,
  ask: (origin: Origin) => Promise<HttpResponse> | HttpResponse,
];

const MASK = { pipeline: 'a', fromSegment: EDGE, toSegment: EDGE + 10, representation: 'v360' };
const PREFERENCE = { fromSegment: EDGE, order: ['b'] };

const ADMINISTRATOR: Operator = { ...OPERATOR, administers: true };

const ask =
  (method: string, path: string, input?: unknown, parts?: RequestParts) =>
  (origin: Origin): Promise<HttpResponse> =>
    control(origin, method, path, input, parts, ADMINISTRATOR);

const NOTICE = { type: 'ad-break', id: '17', fromSegment: EDGE, data: { seconds: 30 } };
const RANGE = { fromSegment: EDGE - 3, toSegment: EDGE, representation: 'v360', pipeline: 'a' };

const twice = (method: string, path: string, input: object) => async (origin: Origin) => {
  await control(origin, method, path, input);
  return control(origin, method, path, input);
};

/** After a notice, and the forgetting of everything. */
const after = (notice: object | undefined, method: string, path: string) => async (origin: Origin) => {
  if (notice !== undefined) await control(origin, 'POST', 'notices', notice);
  await control(origin, 'POST', 'invalidations', { all: true });
  return control(origin, method, path);
};

const madeId = async (origin: Origin, path: string, input: object) =>
  jsonOf(await control(origin, 'POST', path, input))['id'] as string;

describe('an answer is as it is described', () => {
  /** Two regions, two pipelines, a defect, a mask, a preference, a refused init, a credential. */
  async function lively(): Promise<Origin> {
    const { origin, origins } = await deploy({}, ['us-east-1', 'us-west-2']);
    for (const pipeline of ['a', 'b']) await publishInit(origin, { pipeline });
    await publishInit(origin, { pipeline: 'b', bytes: asset.init('v720') });
    await publish(origin, { bytes: cutFrames(asset.segment('v360', EDGE), 11) });
    await publish(origins[1] ?? origin, { pipeline: 'b' });
    await control(origin, 'POST', 'masks', { ...MASK, reason: 'picture freezes' });
    await control(origin, 'POST', 'preferences', PREFERENCE);
    await control(origin, 'PUT', 'pipelines/a/credential', { reason: 'rotation' });
    await control(origin, 'PUT', '', { ...DEFAULTS, liveWindowSeconds: 60 });
    return origin;
  }

  const calls: Call[] = [
    ['the events', 'GET /tenants/{tenant}/events', 200, ask('GET', '/control/v1/tenants/acme/events')],
    ['made', `PUT ${EVENT}`, 201, ask('PUT', '/control/v1/tenants/acme/events/new', DEFAULTS)],
    ['replaced', `PUT ${EVENT}`, 200, ask('PUT', '', DEFAULTS)],
    ['tried', `PUT ${EVENT}`, 200, ask('PUT', '', DEFAULTS, { query: { preview: '' } })],
    ['wrong', `PUT ${EVENT}`, 400, ask('PUT', '', { pipeline: 'a' })],
    ['no JSON', `PUT ${EVENT}`, 400, ask('PUT', '', undefined, { body: new Uint8Array([0x7b]) })],
    [
      'frozen',
      `PUT ${EVENT}`,
      409,
      ask('PUT', '', { ...DEFAULTS, availabilityStartTime: '1970-01-01T00:00:02Z' }),
    ],
    ['in a race', `PUT ${EVENT}`, 412, ask('PUT', '', DEFAULTS, { headers: { 'if-match': '"9"' } })],
    ['there already', `PUT ${EVENT}`, 412, ask('PUT', '', DEFAULTS, { headers: { 'if-none-match': '*' } })],
    ['the event', `GET ${EVENT}`, 200, ask('GET', '')],
    ['no event', `GET ${EVENT}`, 404, ask('GET', '/control/v1/tenants/acme/events/none')],
    ['deleted', `DELETE ${EVENT}`, 200, ask('DELETE', '')],
    ['no preview of it', `DELETE ${EVENT}`, 400, ask('DELETE', '', undefined, { query: { preview: '' } })],
    ['ended', `POST ${EVENT}/end`, 200, ask('POST', 'end', { reason: 'final whistle' })],
    ['too early', `POST ${EVENT}/end`, 409, ask('POST', 'end', { finalSegment: EDGE - 5 })],
    ['the history', `GET ${EVENT}/history`, 200, ask('GET', 'history')],
    [
      'a page of it',
      `GET ${EVENT}/history`,
      200,
      ask('GET', 'history', undefined, { query: { limit: '2' } }),
    ],
    ['no page', `GET ${EVENT}/history`, 400, ask('GET', 'history', undefined, { query: { limit: '0' } })],
    [
      'a secret',
      `PUT ${EVENT}/pipelines/{pipeline}/credential`,
      200,
      ask('PUT', 'pipelines/a/credential', {}),
    ],
    [
      "nobody's",
      `PUT ${EVENT}/pipelines/{pipeline}/credential`,
      404,
      ask('PUT', 'pipelines/z/credential', {}),
    ],
    ['masks', `GET ${EVENT}/masks`, 200, ask('GET', 'masks')],
    ['a mask', `POST ${EVENT}/masks`, 201, ask('POST', 'masks', MASK)],
    ['a mask tried', `POST ${EVENT}/masks`, 200, ask('POST', 'masks', MASK, { query: { preview: 'true' } })],
    ['a mask refused', `POST ${EVENT}/masks`, 409, ask('POST', 'masks', { ...MASK, pipeline: 'b' })],
    [
      'a mask of a list that changed',
      `POST ${EVENT}/masks`,
      412,
      ask('POST', 'masks', MASK, { headers: { 'if-match': '"0"' } }),
    ],
    [
      'a mask back',
      `DELETE ${EVENT}/masks/{id}`,
      200,
      async (origin) => control(origin, 'DELETE', `masks/${await madeId(origin, 'masks', MASK)}`),
    ],
    ['no mask', `DELETE ${EVENT}/masks/{id}`, 404, ask('DELETE', 'masks/none')],
    ['preferences', `GET ${EVENT}/preferences`, 200, ask('GET', 'preferences')],
    ['a preference', `POST ${EVENT}/preferences`, 201, ask('POST', 'preferences', PREFERENCE)],
    [
      'a preference back',
      `DELETE ${EVENT}/preferences/{id}`,
      200,
      async (origin) =>
        control(origin, 'DELETE', `preferences/${await madeId(origin, 'preferences', PREFERENCE)}`),
    ],
    [
      'an init',
      `POST ${EVENT}/inits/{representation}`,
      201,
      ask('POST', 'inits/v360', { pipeline: 'b', fromSegment: EDGE + 9, force: true }),
    ],
    [
      'no init',
      `POST ${EVENT}/inits/{representation}`,
      400,
      ask('POST', 'inits/v360', { pipeline: 'a', fromSegment: 1 }),
    ],
    ['notices', `GET ${EVENT}/notices`, 200, ask('GET', 'notices')],
    ['a notice', `POST ${EVENT}/notices`, 201, ask('POST', 'notices', NOTICE)],
    [
      'a notice tried',
      `POST ${EVENT}/notices`,
      200,
      ask('POST', 'notices', NOTICE, { query: { preview: '' } }),
    ],
    ['a notice said already', `POST ${EVENT}/notices`, 200, twice('POST', 'notices', NOTICE)],
    [
      'a notice back',
      `DELETE ${EVENT}/notices/{type}/{id}`,
      200,
      after(NOTICE, 'DELETE', 'notices/ad-break/17'),
    ],
    [
      'a notice without an id back',
      `DELETE ${EVENT}/notices/{type}`,
      200,
      after({ type: 'delay' }, 'DELETE', 'notices/delay'),
    ],
    ['no notice', `DELETE ${EVENT}/notices/{type}`, 404, ask('DELETE', 'notices/delay')],
    ['invalidations', `GET ${EVENT}/invalidations`, 200, after(undefined, 'GET', 'invalidations')],
    ['all forgotten', `POST ${EVENT}/invalidations`, 201, ask('POST', 'invalidations', { all: true })],
    ['a range forgotten', `POST ${EVENT}/invalidations`, 201, ask('POST', 'invalidations', RANGE)],
    [
      'a range tried',
      `POST ${EVENT}/invalidations`,
      200,
      ask('POST', 'invalidations', RANGE, { query: { preview: '' } }),
    ],
    [
      'the timeline',
      `GET ${EVENT}/timeline`,
      200,
      ask('GET', 'timeline', undefined, { query: { representation: 'v360' } }),
    ],
    ['no timeline', `GET ${EVENT}/timeline`, 400, ask('GET', 'timeline')],
    ['the grid', `GET ${EVENT}/grid`, 200, ask('GET', 'grid', undefined, { query: { measures: '' } })],
    ['health', `GET ${EVENT}/health`, 200, ask('GET', 'health')],
    [
      'why a segment',
      `GET ${EVENT}/explain`,
      200,
      ask('GET', 'explain', undefined, { query: { path: `v360/${EDGE}.m4s` } }),
    ],
    [
      'why not',
      `GET ${EVENT}/explain`,
      200,
      ask('GET', 'explain', undefined, { query: { path: `v360/${EDGE + 50}.m4s` } }),
    ],
    [
      'why an init',
      `GET ${EVENT}/explain`,
      200,
      ask('GET', 'explain', undefined, { query: { path: 'v360/init.mp4' } }),
    ],
    [
      'why nothing',
      `GET ${EVENT}/explain`,
      200,
      ask('GET', 'explain', undefined, { query: { path: 'nothing' } }),
    ],
    ['for edges', `GET ${EVENT}/edge`, 200, ask('GET', 'edge')],
    [
      'for edges, as before',
      `GET ${EVENT}/edge`,
      304,
      async (origin) => {
        const { headers } = await control(origin, 'GET', 'edge');
        return control(origin, 'GET', 'edge', undefined, {
          headers: { 'if-none-match': headers['ETag'] ?? '' },
        });
      },
    ],
    ['tokens', 'GET /tokens', 200, ask('GET', '/control/v1/tokens')],
    [
      'a token',
      'POST /tokens',
      201,
      ask('POST', '/control/v1/tokens', { name: 'night', tenants: ['acme'], access: 'read' }),
    ],
    ['a token revoked', 'DELETE /tokens/{token}', 404, ask('DELETE', '/control/v1/tokens/none')],
  ];

  it.each(calls)('%s: %s %d', async (_, operation, status, call) => {
    const origin = await lively();
    const response = await call(origin);
    expect([response.status, undescribed(operation, response)]).toEqual([status, []]);
  });

  it('of every call at least one', () => {
    expect(operations.filter((operation) => !calls.some(([, asked]) => asked === operation))).toEqual([]);
  });

  it.each(operations)('%s: to an operator of another tenant', async (operation) => {
    const { origin } = await deploy();
    const [method = '', path = ''] = operation.split(' ');
    const at = `/control/v1${path
      .replace('{tenant}', 'acme')
      .replace('{event}', 'final')
      .replace(/\{\w+\}/g, 'a')}`;
    const stranger = { name: 'x', tenants: [], write: true };
    const forbidden = await control(origin, method, at, undefined, {}, stranger);
    expect([forbidden.status, undescribed(operation, forbidden)]).toEqual([403, []]);
  });
});
