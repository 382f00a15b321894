import { appendEntry } from '../../../origin/events/append-entry';
import { deleteEvent, endEvent, putEvent } from '../../../origin/events/change-event';
import {
  configurationEtag,
  type ChangeOutcome,
  type ChangeTerms,
} from '../../../origin/events/change-outcome';
import { replaceCredential } from '../../../origin/events/replace-credential';
import type { EventHead } from '../../../origin/events/event-record';
import type { Origin } from '../../../origin/origin';
import { liveEdge, windowStart } from '../../../origin/schedule/schedule';
import { nodeDigester } from '../../../stores/node-digester';
import {
  DEFAULTS,
  deploy,
  EDGE,
  eventOf,
  KEY,
  NEXT_DUE_MS,
  publish,
  publishInit,
} from '../../support/deployment';
import { NOW_MS, sampleMask } from '../../support/samples';

function done<Done>(outcome: ChangeOutcome<Done>): Done {
  if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome));
  return outcome.value;
}

const TERMS: ChangeTerms = { by: 'operator-1', reason: 'rehearsal', preview: false, force: false };

const replace = (origin: Origin, parts: object, terms: Partial<ChangeTerms> = {}) =>
  putEvent(origin, KEY, { ...DEFAULTS, ...parts }, { ...TERMS, ...terms });

describe('an event that is made', () => {
  it('begins at the live edge, in the regions of the deployment', async () => {
    const { origin } = await deploy({}, ['us-west-2', 'us-east-1']);
    const { initialSegmentNumber, ...rest } = DEFAULTS;
    expect(initialSegmentNumber).toBeLessThan(EDGE);
    const head = done(await putEvent(origin, { ...KEY, event: 'new' }, rest));
    expect(head).toMatchObject({
      ...{ revision: 1, version: 1, createdAtMs: NOW_MS, updatedAtMs: NOW_MS },
      configuration: { initialSegmentNumber: EDGE, regions: ['us-east-1', 'us-west-2'] },
    });
  });

  it('is refused in a region that the deployment does not have; one that has lost a region can still end', async () => {
    const { origin } = await deploy({ regions: ['us-east-1', 'us-west-2'] }, ['us-east-1', 'us-west-2']);
    expect(await replace(origin, { regions: ['us-east-1', 'mars-1'] })).toMatchObject({
      kind: 'invalid',
      faults: [
        { parameter: 'regions', wanted: 'regions of this deployment: us-east-1, us-west-2', got: 'mars-1' },
      ],
    });
    const smaller = { ...origin, peers: [] };
    expect(await deleteEvent(smaller, KEY)).toMatchObject({ kind: 'done' });
  });

  it('that begins in the future begins with its first number', async () => {
    const { origin } = await deploy();
    const { initialSegmentNumber, ...rest } = DEFAULTS;
    expect(initialSegmentNumber).toBeDefined();
    const later = { ...rest, availabilityStartTime: '2027-01-01T00:00:00Z' };
    const head = done(await putEvent(origin, { ...KEY, event: 'new' }, later));
    expect(head.configuration.initialSegmentNumber).toBe(0);
  });

  it('is known to its own region at once', async () => {
    const { origin } = await deploy();
    const key = { ...KEY, event: 'new' };
    expect(await origin.events.get(key)).toBeUndefined();
    await putEvent(origin, key, DEFAULTS);
    expect(await origin.events.get(key)).toBeDefined();
  });
});

describe('a configuration is replaced', () => {
  it('every time with a new version and ETag; what only the first said stays', async () => {
    const { clock, origin } = await deploy();
    const before = (await eventOf(origin)).head;
    await clock.advance(1000);
    const { initialSegmentNumber, ...rest } = DEFAULTS;
    const after = done(await putEvent(origin, KEY, { ...rest, pipelines: ['b', 'a'] }));
    expect(after).toMatchObject({
      ...{ revision: before.revision + 1, version: before.version + 1, createdAtMs: before.createdAtMs },
      configuration: { pipelines: ['b', 'a'], initialSegmentNumber },
    });
    expect(configurationEtag(after)).not.toBe(configurationEtag(before));
  });

  it.each<[string, (head: EventHead) => string, string]>([
    ['its ETag', configurationEtag, 'done'],
    ['one of several', (head) => `"x", ${configurationEtag(head)}`, 'done'],
    ['any', () => '*', 'done'],
    ['another', () => '"7"', 'precondition-failed'],
  ])('If-Match with %s: %s', async (_, ifMatch, kind) => {
    const { origin } = await deploy();
    const { head } = await eventOf(origin);
    expect((await replace(origin, {}, { ifMatch: ifMatch(head) })).kind).toBe(kind);
  });

  it('If-Match never makes an event', async () => {
    const { origin } = await deploy();
    const terms = { ...TERMS, ifMatch: '*' };
    expect(await putEvent(origin, { ...KEY, event: 'new' }, DEFAULTS, terms)).toEqual({
      kind: 'precondition-failed',
      condition: 'If-Match',
      etag: undefined,
    });
  });

  it('If-None-Match: * only makes', async () => {
    const { origin } = await deploy();
    const terms = { ...TERMS, ifNoneMatch: '*' };
    expect(await replace(origin, {}, terms)).toMatchObject({ condition: 'If-None-Match', etag: '"1"' });
    expect(await putEvent(origin, { ...KEY, event: 'new' }, DEFAULTS, terms)).toMatchObject({
      created: true,
    });
  });

  it('an init that arrives does not change the ETag', async () => {
    const { origin } = await deploy();
    const etag = configurationEtag((await eventOf(origin)).head);
    await publishInit(origin);
    expect((await replace(origin, {}, { ifMatch: etag })).kind).toBe('done');
  });

  it('though an init arrives between reading and writing', async () => {
    const { origin } = await deploy();
    let races = 0;
    const eventStore: Origin['eventStore'] = {
      ...origin.eventStore,
      async writeHead(head, expected) {
        if (races++ === 0) await publishInit(origin);
        return origin.eventStore.writeHead(head, expected);
      },
    };
    expect((await replace({ ...origin, eventStore }, {})).kind).toBe('done');
    expect((await eventOf(origin)).representations.get('v360')?.inits).toHaveLength(1);
  });
});

describe('once segments exist, what their numbers mean is frozen', () => {
  const changes: readonly [string, object][] = [
    ['availabilityStartTime', { availabilityStartTime: '1970-01-01T00:00:02Z' }],
    ['segmentTemplate.duration', { segmentTemplate: { ...DEFAULTS.segmentTemplate, duration: 2002 } }],
    ['segmentTemplate.timescale', { segmentTemplate: { ...DEFAULTS.segmentTemplate, timescale: 999 } }],
    ['segmentTemplate.startNumber', { segmentTemplate: { ...DEFAULTS.segmentTemplate, startNumber: 1 } }],
    [
      'segmentTemplate.media',
      { segmentTemplate: { ...DEFAULTS.segmentTemplate, media: '$RepresentationID$-$Number$.m4s' } },
    ],
    [
      'representations.0.timescale',
      { representations: DEFAULTS.representations.map((one) => ({ ...one, timescale: 90_000 })) },
    ],
  ];

  it.each(changes)('%s', async (member, change) => {
    const { origin } = await deploy();
    expect((await replace(origin, {})).kind).toBe('done');
    await publish(origin);
    const outcome = await replace(origin, change);
    expect(outcome).toMatchObject({ kind: 'frozen' });
    expect(outcome.kind === 'frozen' && outcome.members).toContain(member);
  });

  it.each(changes)('%s may change before', async (_, change) => {
    const { origin } = await deploy();
    expect((await replace(origin, change)).kind).toBe('done');
  });

  it('the same instant written another way is no change', async () => {
    const { origin } = await deploy();
    await publish(origin);
    expect((await replace(origin, { availabilityStartTime: '1970-01-01T01:00:00+01:00' })).kind).toBe('done');
  });

  it('an init is enough to freeze', async () => {
    const { origin } = await deploy();
    await publishInit(origin);
    expect((await replace(origin, { availabilityStartTime: '1970-01-01T00:00:02Z' })).kind).toBe('frozen');
  });
});

describe('an event that ends', () => {
  it('at its live edge, or where the operator says; its window stays for one DVR length', async () => {
    const { origin } = await deploy({ timeShiftBufferDepthSeconds: 600 });
    const head = done(await endEvent(origin, KEY, undefined));
    expect(head.configuration.finalSegmentNumber).toBe(EDGE);
    expect([head.endedAtMs, head.expiresAtMs]).toEqual([NOW_MS, NOW_MS + 600_000]);
  });

  it('in the future: its window counts from then', async () => {
    const { origin } = await deploy({ timeShiftBufferDepthSeconds: 600 });
    const head = done(await endEvent(origin, KEY, EDGE + 1000));
    expect(head.expiresAtMs).toBe(NEXT_DUE_MS + 999 * 2000 + 600_000);
  });

  it('window and edge freeze', async () => {
    const { clock, origin } = await deploy({ timeShiftBufferDepthSeconds: 600 });
    await endEvent(origin, KEY, undefined);
    await clock.advance(500_000);
    const { schedule } = await eventOf(origin);
    const nowMs = clock.nowMs();
    expect([windowStart(schedule, nowMs), liveEdge(schedule, nowMs)]).toEqual([EDGE - 300, EDGE]);
  });

  it('is not moved by ending it again, nor by a configuration that names no end', async () => {
    const { clock, origin } = await deploy();
    await endEvent(origin, KEY, undefined);
    await clock.advance(20_000);
    expect(done(await endEvent(origin, KEY, undefined)).configuration.finalSegmentNumber).toBe(EDGE);
    expect(done(await replace(origin, {})).configuration.finalSegmentNumber).toBe(EDGE);
  });

  it.each([
    ['before it began', EDGE - 1001, 'invalid'],
    ['that nobody made', undefined, 'unknown'],
  ])('not %s', async (_, finalSegment, kind) => {
    const { origin } = await deploy();
    const key = kind === 'unknown' ? { ...KEY, event: 'new' } : KEY;
    expect((await endEvent(origin, key, finalSegment)).kind).toBe(kind);
  });
});

describe('an event that is deleted', () => {
  it('is unknown at once, to everything', async () => {
    const { origin } = await deploy();
    expect((await deleteEvent(origin, KEY)).kind).toBe('done');
    expect(await origin.events.get(KEY)).toBeUndefined();
    expect(await origin.eventStore.list('acme', 10)).toEqual([]);
    expect((await deleteEvent(origin, KEY)).kind).toBe('unknown');
    expect((await endEvent(origin, KEY, undefined)).kind).toBe('unknown');
  });

  it('and made again goes on from its version, with a start and entries of its own', async () => {
    const { clock, origin } = await deploy();
    await appendEntry(origin, KEY, (_, base) => sampleMask('m', base));
    const before = done(await deleteEvent(origin, KEY));
    await clock.advance(10);
    const after = done(await replace(origin, { availabilityStartTime: '2026-01-01T00:00:00Z' }));
    expect(after.version).toBe(before.version + 1);
    expect(after.createdAtMs).toBe(NOW_MS + 10);
    expect(after).not.toHaveProperty('expiresAtMs');
    expect((await eventOf(origin)).masks).toEqual([]);
  });
});

it('masks raise the cache version, inits do not', async () => {
  const { origin } = await deploy();
  const versions = [(await eventOf(origin)).head.version];
  await publishInit(origin);
  versions.push((await eventOf(origin)).head.version);
  await appendEntry(origin, KEY, (_, base) => sampleMask('m', base));
  versions.push((await eventOf(origin)).head.version);
  expect(versions).toEqual([1, 1, 2]);
});

describe('a secret that is replaced', () => {
  const PREVIOUS_MS = 3_600_000;
  const find = (origin: Origin, secret: string) =>
    origin.credentials.findByDigest(nodeDigester.sha256Hex(secret));

  it('goes on until the time given; the new one is good from now on', async () => {
    const { origin } = await deploy();
    const first = await replaceCredential(origin, KEY, 'a', NOW_MS, 'operator-1');
    const second = await replaceCredential(origin, KEY, 'a', NOW_MS + PREVIOUS_MS, 'operator-1');
    expect((await find(origin, first.secret))?.validUntilMs).toBe(NOW_MS + PREVIOUS_MS);
    expect(await find(origin, second.secret)).toMatchObject({ ...KEY, pipeline: 'a', id: second.id });
    expect(await find(origin, second.secret)).not.toHaveProperty('validUntilMs');
    expect((await eventOf(origin)).revokedCredentials).toEqual(new Map([[first.id, NOW_MS + PREVIOUS_MS]]));
  });

  it('may be ended sooner by the next change, never later', async () => {
    const { clock, origin } = await deploy();
    const first = await replaceCredential(origin, KEY, 'a', NOW_MS, 'operator-1');
    for (const untilMs of [NOW_MS + PREVIOUS_MS, NOW_MS + 5, NOW_MS + 2 * PREVIOUS_MS]) {
      await clock.advance(1);
      await replaceCredential(origin, KEY, 'a', untilMs, 'operator-1');
    }
    expect((await find(origin, first.secret))?.validUntilMs).toBe(NOW_MS + 5);
    expect((await eventOf(origin)).revokedCredentials.get(first.id)).toBe(NOW_MS + 5);
  });

  it('of another pipeline stays', async () => {
    const { origin } = await deploy();
    const other = await replaceCredential(origin, KEY, 'b', NOW_MS, 'operator-1');
    await replaceCredential(origin, KEY, 'a', NOW_MS, 'operator-1');
    expect(await find(origin, other.secret)).not.toHaveProperty('validUntilMs');
  });

  it('is stored nowhere', async () => {
    const { origin } = await deploy();
    const { secret } = await replaceCredential(origin, KEY, 'a', NOW_MS, 'operator-1');
    const stored = [await origin.eventStore.read(KEY), await origin.credentials.ofEvent(KEY)];
    expect(JSON.stringify(stored)).not.toContain(secret);
    expect(secret).toMatch(/^[A-Za-z0-9_-]{32}$/);
  });
});
