import { eventBan, rangeBans } from '../../../edge/agent/ban';
import type { Told } from '../../../edge/agent/control-source';
import { EdgeAgent, type AgentOptions } from '../../../edge/agent/edge-agent';
import { parseEdgeConfiguration } from '../../../edge/agent/edge-configuration';
import type { EventKey } from '../../../origin/candidate';
import { edgeConfigurationOf, type EdgeConfiguration } from '../../../origin/events/edge-configuration';
import { INVALIDATIONS_MAX, type EdgeInvalidation } from '../../../origin/events/invalidations';
import { liveEvent } from '../../support/live-event';

const KEY: EventKey = { tenant: 'acme', event: 'final' };

const invalidation = (id: string, more: Partial<EdgeInvalidation> = {}): EdgeInvalidation => ({
  ...{ id, atMs: 0, fromSegment: 10, toSegment: 19 },
  ...more,
});

function configured(revision: number, invalidations: readonly EdgeInvalidation[] = []): EdgeConfiguration {
  return { ...edgeConfigurationOf(liveEvent({ initialSegmentNumber: 0 })), revision, invalidations };
}

/** An agent whose origins, disk and cache are lists. */
function agentWith(options: Partial<AgentOptions> = {}) {
  const written: string[] = [];
  const removed: string[] = [];
  const bans: string[] = [];
  const state = { told: { kind: 'unknown' } as Told | Error, banFails: false, nowMs: 1000 };
  const agent = new EdgeAgent({
    source: {
      read: () => (state.told instanceof Error ? Promise.reject(state.told) : Promise.resolve(state.told)),
      list: () => Promise.resolve([KEY]),
    },
    sink: {
      names: ['acme/final'],
      write: (name, { revision }) => written.push(`${name}@${revision}`),
      remove: (name) => removed.push(name),
    },
    ban: (expression) => {
      if (state.banFails) return Promise.reject(new Error('no Varnish'));
      bans.push(expression);
      return Promise.resolve();
    },
    nowMs: () => state.nowMs,
    events: [KEY],
    tenants: [],
    ...options,
  });
  const tell = (configuration: EdgeConfiguration) =>
    (state.told = { kind: 'configuration', configuration, etag: `"${configuration.revision}"` });
  return { agent, state, tell, written, removed, bans };
}

describe('an edge agent', () => {
  it('writes what is new, and nothing older than what it knows', async () => {
    const { agent, tell, written } = agentWith();
    for (const revision of [3, 4, 2, 4]) {
      tell(configured(revision));
      await agent.step();
    }
    expect(written).toEqual(['acme/final@3', 'acme/final@4', 'acme/final@4']);
  });

  it('handles each invalidation once, and again when no fetch can be under way any more', async () => {
    const { agent, state, tell, bans } = agentWith();
    tell(configured(3, [invalidation('1')]));
    await agent.step();
    await agent.step();
    expect(bans).toHaveLength(1);
    tell(configured(4, [invalidation('1'), invalidation('2', { fromSegment: 30, toSegment: 30 })]));
    await agent.step();
    expect(bans).toHaveLength(2);
    expect(agent.health.bansLeft).toBe(2);
    state.nowMs += 20_000;
    await agent.step();
    expect(bans.slice(2)).toEqual(bans.slice(0, 2));
    state.nowMs += 60_000;
    await agent.step();
    expect(bans).toHaveLength(4);
    expect(agent.handled).toEqual({ 'acme/final': ['1', '2'] });
  });

  it('goes on where its former self was', async () => {
    const { agent, tell, bans } = agentWith({ handled: { 'acme/final': ['1'] } });
    tell(configured(3, [invalidation('1')]));
    await agent.step();
    expect(bans).toEqual([]);
  });

  it('tries again what Varnish did not take', async () => {
    const { agent, state, tell, bans } = agentWith();
    state.banFails = true;
    tell(configured(3, [invalidation('1')]));
    await agent.step();
    expect(agent.health).toMatchObject({ failures: 1, heardAtMs: 0, lastFailure: 'no Varnish' });
    state.banFails = false;
    await agent.step();
    expect(bans).toHaveLength(1);
  });

  it('forgets the whole event when there were more than it can have heard of', async () => {
    const { agent, tell, bans } = agentWith({ handled: { 'acme/final': ['former'] } });
    const full = Array.from({ length: INVALIDATIONS_MAX }, (_, at) => invalidation(`${at}`));
    tell(configured(90, full));
    await agent.step();
    expect(bans).toEqual([eventBan(configured(90))]);
  });

  it('keeps everything while origins are down, and removes what they have not known for ten seconds', async () => {
    const { agent, state, tell, removed } = agentWith();
    tell(configured(3));
    await agent.step();
    state.told = new Error('down');
    await agent.step();
    expect(removed).toEqual([]);
    expect(agent.health).toMatchObject({ events: 1, heardAtMs: 1000 });
    state.told = { kind: 'unknown' };
    await agent.step();
    // One that has not heard of it yet.
    state.nowMs += 9999;
    await agent.step();
    tell(configured(3));
    await agent.step();
    state.told = { kind: 'unknown' };
    await agent.step();
    state.nowMs += 9999;
    await agent.step();
    expect(removed).toEqual([]);
    state.nowMs += 1;
    await agent.step();
    expect(removed).toEqual(['acme/final']);
  });

  it('follows what a tenant has, and keeps its files while the list cannot be had', async () => {
    const other = { tenant: 'acme', event: 'other' };
    const list = jest.fn(() => Promise.reject<readonly EventKey[]>(new Error('down')));
    const read = jest.fn(() => Promise.resolve<Told>({ kind: 'unchanged' }));
    const { agent, state, removed } = agentWith({ source: { list, read }, events: [], tenants: ['acme'] });
    await agent.step();
    expect([removed, read.mock.calls]).toEqual([[], []]);
    list.mockImplementation(() => Promise.resolve([other]));
    state.nowMs += 5000;
    await agent.step();
    expect(read.mock.calls).toEqual([[other, undefined]]);
    state.nowMs += 10_000;
    await agent.step();
    expect(removed).toEqual(['acme/final']);
  });
});

describe('bans', () => {
  /** What an object carries, held against a ban as Varnish does it. */
  function isBanned(ban: string, object: Readonly<Record<string, string>>): boolean {
    return ban.split(' && ').every((condition) => {
      // Three words: Varnish takes spaces and quotation marks for its own.
      const [, header, expression] = /^obj\.http\.(\S+) ~ ([^\s"]+)$/.exec(condition) ?? [];
      if (header === undefined || expression === undefined) throw new Error(`wanted a ban, got ${condition}`);
      return new RegExp(expression).test(object[header] ?? '\n');
    });
  }

  const object = (path: string, revision = 2) => ({
    'Headwater-Path': `/live/acme/final/${path}`,
    'Headwater-Revision': `${revision}`,
    'Headwater-Candidate': 'pipeline="a", replica="us-east-1", served="us-west-2", number=15',
  });

  it.each([
    ['v720/15.m4s', {}, true],
    ['a128/15.m4s', {}, true],
    ['v720/9.m4s', {}, false],
    ['v720/20.m4s', {}, false],
    ['v720/150.m4s', {}, false],
    ['v720/init.mp4', {}, false],
    ['v720/15.m4s', { representation: 'v720' }, true],
    ['a128/15.m4s', { representation: 'v720' }, false],
    ['v720/15.m4s', { pipeline: 'a' }, true],
    ['v720/15.m4s', { pipeline: 'b' }, false],
    ['v720/15.m4s', { region: 'us-west-2' }, true],
    ['v720/15.m4s', { region: 'us-east-1' }, false],
    ['v720/15.m4s', { toSegment: Number.MAX_SAFE_INTEGER }, true],
    ['v720/9007199254740991.m4s', { toSegment: Number.MAX_SAFE_INTEGER }, true],
  ] as const)('%s under %j: %s', (path, range, banned) => {
    const bans = rangeBans(configured(3), invalidation('1', range));
    expect(bans.some((ban) => isBanned(ban, object(path)))).toBe(banned);
    // Given by an origin that knows of it: stays.
    expect(bans.some((ban) => isBanned(ban, object(path, 3)))).toBe(false);
  });

  it('fit into a header of Varnish, however many representations an event has', () => {
    const { representations, ...rest } = configured(2 ** 40);
    const many = Array.from({ length: 1000 }, (_, at) => ({
      ...representations[0]!,
      id: `r${at}`,
      media: { prefix: `representation-of-a-long-name-${at}/`, suffix: '.m4s', width: 9 },
    }));
    const bans = rangeBans({ ...rest, representations: many }, invalidation('1', { toSegment: 2 ** 52 }));
    expect(Math.max(...bans.map(({ length }) => length))).toBeLessThan(7000);
    const last = { ...object('representation-of-a-long-name-999/000000015.m4s') };
    expect(bans.filter((ban) => isBanned(ban, last))).toHaveLength(1);
  });
});

describe('what an origin tells', () => {
  it('is taken as it is', () => {
    const told = JSON.parse(JSON.stringify(configured(3, [invalidation('1')]))) as unknown;
    expect(parseEdgeConfiguration(KEY, told)).toEqual(told);
  });

  it.each([
    ['of another event', { event: 'other' }],
    ['a path that leaves the event', { representations: [{ id: 'v', initialization: 'a b', media: {} }] }],
    ['a header in a header', { notices: 'a\r\nSet-Cookie: b' }],
    ['no revision', { revision: undefined }],
    ['a range that ends before it begins', { invalidations: [invalidation('1', { toSegment: 9 })] }],
    ['a pipeline with an operator', { invalidations: [{ ...invalidation('1'), pipeline: '.*' }] }],
  ])('%s: refused', (_, wrong) => {
    expect(() => parseEdgeConfiguration(KEY, { ...configured(3), ...wrong })).toThrow(/acme\/final/);
  });
});
