import { CONTROL_ROUTES } from '../../http/control-routes';
import { CONTROL_BODY_MAX, controlPlane } from '../../http/control-plane';
import { authenticate } from '../../http/authenticate';
import { cutFrames } from '../../demo/damage';
import {
  asset,
  control,
  DEFAULTS,
  deploy,
  EDGE,
  jsonOf,
  NEXT_DUE_MS,
  OPERATOR,
  publish,
  publishInit,
  request,
  serve,
} from '../support/deployment';
import { NOW_MS } from '../support/samples';

const SEGMENT = `v360/${EDGE}.m4s`;
const MASK = { pipeline: 'a', fromSegment: EDGE, reason: 'picture freezes' };

const pipelineOf = async (origin: Parameters<typeof serve>[0]) =>
  /pipeline="(\w+)"/.exec((await serve(origin, SEGMENT)).response.headers['Headwater-Candidate'] ?? '')?.[1];

describe('every call', () => {
  const path = (pattern: readonly string[]) =>
    `/control/v1/${pattern.map((part) => ({ ':tenant': 'acme', ':event': 'final' })[part] ?? part.replace(':', '')).join('/')}`;
  // What belongs to no tenant is the administrator's: operator-tokens.test.ts.
  const calls = CONTROL_ROUTES.filter(({ administers }) => administers !== true).map(
    ({ method, pattern, writes }) => ({ method, writes, path: path(pattern) }),
  );

  it.each(calls)('$method $path needs a token: of the tenant, and to write if it writes', async (call) => {
    const { origin, counts, forget } = await deploy();
    const asked = request(call.path, { method: call.method });
    const statusOf = async (operator: typeof OPERATOR | undefined) =>
      (await controlPlane(origin, asked, operator)).status;
    expect(await statusOf(undefined)).toBe(401);
    expect(await statusOf({ ...OPERATOR, tenants: [] })).toBe(403);
    const mayRead = await statusOf({ ...OPERATOR, write: false });
    expect(mayRead === 403).toBe(call.writes);
    forget();
    expect(await statusOf({ ...OPERATOR, tenants: ['other'] })).toBe(403);
    expect(counts.events.all).toEqual({});
    expect([401, 403]).not.toContain(await statusOf({ ...OPERATOR, tenants: ['acme'] }));
  });

  it.each(calls.filter((one) => one.path.includes('/final')))(
    '$method $path: 404 of an unknown event',
    async (call) => {
      const { origin } = await deploy();
      if (call.method === 'PUT' && call.path.endsWith('/final')) return;
      const inputs: Readonly<Record<string, unknown>> = {
        masks: MASK,
        preferences: { fromSegment: 1, order: ['b'] },
      };
      const input = inputs[call.path.split('/').at(-1) ?? ''];
      const unknown = call.path.replace('/final', '/nothing');
      const response = await control(origin, call.method, unknown, call.writes ? (input ?? {}) : undefined);
      expect(response.status).toBe(404);
      expect(jsonOf(response)).toHaveProperty('faults');
    },
  );

  it.each([
    ['an unknown resource', 'GET', '/control/v1/nothing', 404],
    ['another version', 'GET', '/control/v2/tenants/acme/events', 404],
    ['a tenant that is no name', 'GET', '/control/v1/tenants/a%20b/events', 404],
    ['a method that does nothing', 'PATCH', '', 405],
  ])('%s', async (_, method, at, status) => {
    const { origin } = await deploy();
    const response = await control(origin, method, at);
    expect(response.status).toBe(status);
    expect(response.headers['Allow']).toBe(status === 405 ? 'PUT, GET, DELETE' : undefined);
    expect(jsonOf(response)).toHaveProperty('faults.0.wanted');
  });

  it.each([
    ['not JSON', new TextEncoder().encode('{')],
    ['not UTF-8', Uint8Array.from([0x22, 0xff, 0x22])],
    ['too long', new Uint8Array(CONTROL_BODY_MAX + 1).fill(0x20)],
    ['an array', new TextEncoder().encode('[]')],
    ['null', new TextEncoder().encode('null')],
    ['text', new TextEncoder().encode('"end"')],
  ])('a body that is %s is 400', async (_, body) => {
    const { origin } = await deploy();
    // Of this call every member may be left out.
    expect((await control(origin, 'POST', 'end', undefined, { body })).status).toBe(400);
    const response = await control(origin, 'PUT', '', undefined, { body });
    expect([response.status, response.headers['Cache-Control']]).toEqual([400, 'no-store']);
    expect(jsonOf(response)).toMatchObject({ faults: [{ parameter: 'body' }] });
  });
});

describe('events', () => {
  it('are made, read, listed, replaced, ended and deleted', async () => {
    const { origin } = await deploy();
    const at = '/control/v1/tenants/acme/events/new';
    const made = await control(origin, 'PUT', at, DEFAULTS);
    expect(made.status).toBe(201);
    const read = await control(origin, 'GET', at);
    expect(read.headers['ETag']).toBe(made.headers['ETag']);
    const { takesEffect, ...event } = jsonOf(made);
    expect(jsonOf(read)).toEqual(event);
    expect(takesEffect).toHaveProperty('originsMs', 2000);
    expect((await control(origin, 'PUT', at, DEFAULTS)).status).toBe(200);
    const names = jsonOf(await control(origin, 'GET', '/control/v1/tenants/acme/events'))['events'];
    expect((names as { event: string }[]).map(({ event }) => event)).toEqual(['final', 'new']);
    const ended = await control(origin, 'POST', `${at}/end`, { finalSegment: EDGE });
    expect(jsonOf(ended)).toMatchObject({
      endedAt: new Date(NOW_MS).toISOString(),
      configuration: { finalSegmentNumber: EDGE },
    });
    expect((await control(origin, 'DELETE', at)).status).toBe(200);
    expect((await control(origin, 'GET', at)).status).toBe(404);
  });

  it.each<[string, unknown, Record<string, string>, number, object]>([
    ['an unknown member', { ...DEFAULTS, pipeline: 'a' }, {}, 400, { parameter: 'pipeline' }],
    ['a contradiction', { ...DEFAULTS, finalSegmentNumber: 1 }, {}, 400, { parameter: 'finalSegmentNumber' }],
    ['another ETag', DEFAULTS, { 'if-match': '"9"' }, 412, { parameter: 'If-Match', wanted: '"1"' }],
    [
      'a frozen member',
      { ...DEFAULTS, availabilityStartTime: '1970-01-01T00:00:02Z' },
      {},
      409,
      { parameter: 'availabilityStartTime' },
    ],
  ])('%s: the problem names it', async (_, input, headers, status, fault) => {
    const { origin } = await deploy();
    await publishInit(origin);
    const response = await control(origin, 'PUT', '', input, { headers });
    expect(response.status).toBe(status);
    expect(jsonOf(response)).toMatchObject({ faults: [fault] });
  });
});

describe('masks and preferences act on the next request here', () => {
  async function twoPipelines() {
    const deployment = await deploy();
    for (const pipeline of ['a', 'b']) await publish(deployment.origin, { pipeline });
    return deployment.origin;
  }

  it('a mask excludes, and taken back it does not', async () => {
    const origin = await twoPipelines();
    const made = await control(origin, 'POST', 'masks', MASK);
    expect([made.status, await pipelineOf(origin)]).toEqual([201, 'b']);
    const { id } = jsonOf(made) as { id: string };
    expect(jsonOf(await control(origin, 'GET', 'masks'))).toMatchObject({
      masks: [{ id, by: 'operator-1', ...MASK }],
    });
    expect((await control(origin, 'DELETE', `masks/${id}`)).status).toBe(200);
    expect(await pipelineOf(origin)).toBe('a');
    expect((await control(origin, 'DELETE', `masks/${id}`)).status).toBe(404);
  });

  it('a preference orders', async () => {
    const origin = await twoPipelines();
    const { status } = await control(origin, 'POST', 'preferences', { fromSegment: EDGE, order: ['b'] });
    expect([status, await pipelineOf(origin)]).toEqual([201, 'b']);
  });

  it('each raises the version that caches have in their keys', async () => {
    const origin = await twoPipelines();
    await control(origin, 'POST', 'masks', MASK);
    expect((await serve(origin, SEGMENT)).response.headers['Headwater-Version']).toBe('2');
  });

  it.each<[string, string, unknown, string]>([
    ['an unknown pipeline', 'masks', { ...MASK, pipeline: 'z' }, 'pipeline'],
    ['an unknown representation', 'masks', { ...MASK, representation: 'z' }, 'representation'],
    ['a range that ends before it begins', 'masks', { ...MASK, toSegment: EDGE - 1 }, 'toSegment'],
    ['an unknown member', 'masks', { ...MASK, until: 7 }, 'until'],
    ['a number that is none', 'masks', { ...MASK, fromSegment: -1 }, 'fromSegment'],
    ['an unknown pipeline in an order', 'preferences', { fromSegment: 1, order: ['z'] }, 'order'],
    ['an empty order', 'preferences', { fromSegment: 1, order: [] }, 'order'],
    ['an end that is no number', 'end', { finalSegment: '7' }, 'finalSegment'],
    ['an init of an unknown pipeline', 'inits/v360', { pipeline: 'z', fromSegment: 1 }, 'pipeline'],
  ])('%s is refused by name', async (_, path, input, parameter) => {
    const { origin } = await deploy();
    const response = await control(origin, 'POST', path, input);
    expect(response.status).toBe(400);
    expect(jsonOf(response)).toMatchObject({ faults: [{ parameter }] });
  });
});

describe('a credential', () => {
  it('is shown once and works at once', async () => {
    const { origin } = await deploy();
    const response = await control(origin, 'PUT', 'pipelines/a/credential', {});
    const { secret } = jsonOf(response) as { secret: string };
    expect(response.headers['Cache-Control']).toBe('no-store');
    expect(await authenticate(origin, `Bearer ${secret}`)).toMatchObject({ event: 'final', pipeline: 'a' });
  });

  it('replaces the former one at the time given, an hour later by default', async () => {
    const { clock, origin } = await deploy();
    const make = async (input: object) =>
      (jsonOf(await control(origin, 'PUT', 'pipelines/a/credential', input)) as { secret: string }).secret;
    const first = await make({});
    const second = await make({});
    await clock.advance(3_599_999);
    expect(await authenticate(origin, `Bearer ${first}`)).toBeDefined();
    await clock.advance(1);
    expect(await authenticate(origin, `Bearer ${first}`)).toBeUndefined();
    await make({ previousValidUntil: new Date(clock.nowMs()).toISOString() });
    expect(await authenticate(origin, `Bearer ${second}`)).toBeUndefined();
  });

  it.each([
    ['of no pipeline', 'pipelines/z/credential', {}, 404],
    ['until a time that is none', 'pipelines/a/credential', { previousValidUntil: 'soon' }, 400],
  ])('%s: refused', async (_, path, input, status) => {
    const { origin } = await deploy();
    expect((await control(origin, 'PUT', path, input)).status).toBe(status);
  });
});

describe('what operators see', () => {
  it('explain: the decision, every candidate and why not', async () => {
    const { origin } = await deploy();
    await publish(origin, { bytes: cutFrames(asset.segment('v360', EDGE), 11) });
    await publish(origin, { pipeline: 'b' });
    const query = { path: `/live/acme/final/${SEGMENT}` };
    expect(jsonOf(await control(origin, 'GET', 'explain', undefined, { query }))).toMatchObject({
      ...{ path: SEGMENT, representation: 'v360', dueMs: NEXT_DUE_MS - 2000, position: { kind: 'expected' } },
      decision: {
        chosen: { pipeline: 'b', defects: [] },
        passedOver: [{ pipeline: 'a', why: 'defective', defects: [{ name: 'short', missing: 11 }] }],
        ...{ order: ['a', 'b'], masks: [], unheard: [] },
      },
    });
  });

  it('timeline: numbers from to, with their decisions; gaps too', async () => {
    const { origin } = await deploy();
    for (const number of [EDGE - 2, EDGE]) await publish(origin, { number });
    const query = { representation: 'v360', from: `${EDGE - 2}`, to: `${EDGE}` };
    const { segments } = jsonOf(await control(origin, 'GET', 'timeline', undefined, { query }));
    const chosen = (segments as { number: number; chosen: { pipeline: string } | null }[]).map((one) => [
      one.number - EDGE,
      one.chosen?.pipeline,
    ]);
    expect(chosen).toEqual([
      [-2, 'a'],
      [-1, undefined],
      [0, 'a'],
    ]);
  });

  it.each<[string, string, Record<string, string>]>([
    ['explain of another event', 'explain', { path: '/live/acme/other/v360/1.m4s' }],
    ['explain of too much', 'explain', { path: 'x'.repeat(1025) }],
    ['explain of nothing', 'explain', {}],
    ['timeline of no representation', 'timeline', {}],
    ['timeline backwards', 'timeline', { representation: 'v360', from: '9', to: '8' }],
    ['timeline of too much', 'timeline', { representation: 'v360', from: '0', to: '300' }],
    ['timeline of no numbers', 'timeline', { representation: 'v360', from: '-1' }],
  ])('%s is 400', async (_, path, query) => {
    const { origin } = await deploy();
    expect((await control(origin, 'GET', path, undefined, { query })).status).toBe(400);
  });

  it('edge: what an edge needs, asked for every second at the cost of a 304', async () => {
    const { origin } = await deploy();
    const { headers, ...first } = await control(origin, 'GET', 'edge');
    expect(jsonOf({ headers, ...first })).toMatchObject({
      tenant: 'acme',
      event: 'final',
      version: 1,
      passthrough: false,
    });
    const again = { headers: { 'if-none-match': headers['ETag'] ?? '' } };
    expect((await control(origin, 'GET', 'edge', undefined, again)).status).toBe(304);
    await control(origin, 'POST', 'masks', MASK);
    expect((await control(origin, 'GET', 'edge', undefined, again)).status).toBe(200);
  });
});
