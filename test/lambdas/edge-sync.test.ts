import type { DynamoDBRecord } from 'aws-lambda';
import { decodeHead } from '../../edge/cloudfront/key-values';
import { eventTag, tagsOfRange } from '../../http/cache-tags';
import { edgeSyncHandler } from '../../lambdas/edge-sync/handler';
import { PURGE_AFTER_MS } from '../../lambdas/edge-sync/purge';
import type { EdgeSync } from '../../lambdas/edge-sync/synchronise';
import type { EventKey } from '../../origin/candidate';
import { deleteEvent, endEvent, putEvent } from '../../origin/events/change-event';
import { INVALIDATIONS_MAX } from '../../origin/events/invalidations';
import type { Origin } from '../../origin/origin';
import { nodeDigester } from '../../stores/node-digester';
import { eventPartition } from '../../stores/aws/schema';
import { DEFAULTS, deploy, EDGE, KEY } from '../support/deployment';
import type { FakeClock } from '../support/fake-clock';
import { MemoryKeyValues } from '../support/memory-key-values';
import { NOW_MS } from '../support/samples';
import { counted } from './events';

const NAME = 'acme/final';
const OTHER: EventKey = { tenant: 'acme', event: 'other' };

/** A record of an event's head, as the stream tells it. */
const record = (key: EventKey, sequenceNumber: string, atMs = NOW_MS): DynamoDBRecord => ({
  eventID: sequenceNumber,
  dynamodb: {
    SequenceNumber: sequenceNumber,
    ApproximateCreationDateTime: Math.floor(atMs / 1000),
    Keys: { pk: { S: eventPartition(key) }, sk: { S: '#head' } },
  },
});

async function started(configuration: Readonly<Record<string, unknown>> = {}) {
  const { origin, clock } = await deploy(configuration);
  const keyValues = new MemoryKeyValues();
  const unreadable: EventKey[] = [];
  const forgotten: { tags: readonly string[]; reference: string; atMs: number }[] = [];
  const sync: EdgeSync = {
    ...{ events: origin.eventStore, keyValues, clock, digester: nodeDigester },
    onUnreadable: (key) => unreadable.push(key),
  };
  const forget = (tags: readonly string[], reference: string) => {
    forgotten.push({ tags, reference, atMs: clock.nowMs() });
    return Promise.resolve();
  };
  const handlerOf = (parts: Partial<EdgeSync> = {}, how = forget) =>
    edgeSyncHandler({ ...sync, ...parts }, how, counted().telemetry);
  const handler = handlerOf();
  return {
    ...{ origin, clock, keyValues, sync, forgotten, unreadable, handlerOf },
    versionOf: (name = NAME) => {
      const value = keyValues.values.get(`e/${name}`);
      return value === undefined ? undefined : decodeHead(name, value)?.configuration.version;
    },
    stream: (...records: DynamoDBRecord[]) => handler({ Records: records }),
    schedule: () => handler({ time: new Date(clock.nowMs()).toISOString() }),
  };
}

const create = async (origin: Origin, key: EventKey) => {
  expect((await putEvent(origin, key, DEFAULTS, undefined)).kind).toBe('done');
};

/** Lets pauses pass, however many, until `work` is done. */
async function passing<T>(clock: FakeClock, work: Promise<T>): Promise<T> {
  const state = { isDone: false };
  const done = work.finally(() => (state.isDone = true));
  done.catch(() => undefined);
  for (let step = 0; step < 200 && !state.isDone; step += 1) await clock.advance(50);
  return done;
}

describe('what the stream tells', () => {
  it('is what edges know: version, schedule, names', async () => {
    const { origin, stream, versionOf, keyValues } = await started();
    expect(await stream(record(KEY, '1'))).toEqual({ batchItemFailures: [] });
    expect(versionOf()).toBe(1);
    await putEvent(origin, KEY, { ...DEFAULTS, timeShiftBufferDepthSeconds: 60 }, undefined);
    await stream(record(KEY, '2'));
    expect(versionOf()).toBe(2);
    expect(decodeHead(NAME, keyValues.values.get(`e/${NAME}`)!)?.configuration.schedule.depthSegments).toBe(
      30,
    );
  });

  it('is written once for many records, and not at all when nothing changed', async () => {
    const { origin, stream, keyValues } = await started();
    await create(origin, OTHER);
    await stream(record(KEY, '1'), record(OTHER, '2'), record(KEY, '3'));
    await stream(record(KEY, '3'), record(OTHER, '2'));
    expect(keyValues.updates).toEqual([2]);
  });

  it('in any order and any number of times comes to the newest state', async () => {
    const { origin, stream, versionOf } = await started();
    await endEvent(origin, KEY, EDGE + 10);
    await stream(record(KEY, '9'), record(KEY, '2'));
    await stream(record(KEY, '1'));
    expect(versionOf()).toBe(2);
  });

  it('of a deleted event: its keys go, of all its pieces', async () => {
    const many = Array.from({ length: 64 }, (_, index) => ({
      id: `v${index}${'x'.repeat(50)}`,
      contentType: 'video',
    }));
    const { origin, stream, keyValues } = await started({ representations: many });
    await stream(record(KEY, '1'));
    expect(keyValues.values.size).toBeGreaterThan(1);
    await deleteEvent(origin, KEY);
    await stream(record(KEY, '2'));
    expect([...keyValues.values]).toEqual([]);
  });

  it('of fewer representations than before: no old piece stays', async () => {
    const many = Array.from({ length: 64 }, (_, index) => ({
      id: `v${index}${'x'.repeat(50)}`,
      contentType: 'video',
    }));
    const { origin, stream, keyValues } = await started({ representations: many });
    await stream(record(KEY, '1'));
    await putEvent(origin, KEY, DEFAULTS, undefined);
    await stream(record(KEY, '2'));
    expect([...keyValues.values.keys()]).toEqual([`e/${NAME}`]);
  });
});

describe('an update in between', () => {
  it('by another makes it look again: what is older never overwrites what is newer', async () => {
    const { origin, clock, stream, keyValues, versionOf } = await started();
    let others = 1;
    keyValues.beforeUpdate = () => {
      if (others === 0) return;
      others -= 1;
      keyValues.write(`e/${NAME}`, 'of another');
    };
    const reads = origin.eventStore.read.bind(origin.eventStore);
    expect(await reads(KEY)).not.toBeUndefined();
    const told = passing(clock, stream(record(KEY, '1')));
    expect(await told).toEqual({ batchItemFailures: [] });
    expect(versionOf()).toBe(1);
    expect(keyValues.updates).toHaveLength(1);
  });

  it('every time is given up after some, and the record is tried again', async () => {
    const { clock, stream, keyValues } = await started();
    let updates = 0;
    keyValues.beforeUpdate = () => {
      updates += 1;
      keyValues.write('x', updates.toString());
    };
    expect(await passing(clock, stream(record(KEY, '7')))).toEqual({
      batchItemFailures: [{ itemIdentifier: '7' }],
    });
    expect(updates).toBe(6);
  });
});

describe('a record in trouble', () => {
  it('holds up no other: those beside it are written, and only it is tried again', async () => {
    const { origin, sync, handlerOf, versionOf } = await started();
    await create(origin, OTHER);
    const events = {
      ...sync.events,
      read: (key: EventKey) =>
        key.event === 'final' ? Promise.reject(new Error('throttled')) : sync.events.read(key),
    };
    const answer = await handlerOf({ events })({ Records: [record(KEY, '1'), record(OTHER, '2')] });
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '1' }] });
    expect([versionOf(NAME), versionOf('acme/other')]).toEqual([undefined, 1]);
  });

  it.each<[string, DynamoDBRecord]>([
    ['of nothing', {}],
    ['of a credential', { dynamodb: { Keys: { pk: { S: 'credential#x' } }, SequenceNumber: '1' } }],
    ['of another form', { dynamodb: { Keys: { pk: { S: 'event#a#b#c' } }, SequenceNumber: '1' } }],
  ])('%s is passed over', async (_, poison) => {
    const { stream, versionOf } = await started();
    expect(await stream(poison, record(KEY, '2'))).toEqual({ batchItemFailures: [] });
    expect(versionOf()).toBe(1);
  });

  it('of an event that cannot be read is told and passed over: edges keep what they know', async () => {
    const { sync, handlerOf, versionOf, stream, unreadable } = await started();
    await stream(record(KEY, '1'));
    const events = {
      ...sync.events,
      read: async (key: EventKey) => {
        const found = await sync.events.read(key);
        if (found === undefined || found === 'unchanged') return found;
        const broken = { ...found.head.configuration, representations: undefined as never };
        return { ...found, head: { ...found.head, configuration: broken } };
      },
    };
    expect(await handlerOf({ events })({ Records: [record(KEY, '2')] })).toEqual({ batchItemFailures: [] });
    expect(unreadable).toContainEqual(expect.objectContaining(KEY));
    expect(versionOf()).toBe(1);
  });
});

describe('the schedule', () => {
  it('mends what the stream lost, and removes what has expired or is of nobody', async () => {
    const { origin, clock, schedule, keyValues, versionOf } = await started();
    await create(origin, OTHER);
    await endEvent(origin, OTHER, EDGE);
    keyValues.write('e/acme/gone', 'x');
    keyValues.write('r/acme/gone/1', 'x');
    keyValues.write(`r/${NAME}/1`, 'left over');
    await schedule();
    expect([...keyValues.values.keys()].sort()).toEqual(['e/acme/final', 'e/acme/other']);
    await clock.advance(2 * 3600_000);
    await schedule();
    expect([versionOf(NAME), versionOf('acme/other')]).toEqual([1, undefined]);
  });

  it('writes nothing where all is as it should be', async () => {
    const { schedule, keyValues } = await started();
    await schedule();
    await schedule();
    expect(keyValues.updates).toEqual([1]);
  });

  it('writes many events in updates that CloudFront takes', async () => {
    const { origin, schedule, keyValues } = await started();
    for (let index = 0; index < 70; index += 1) await create(origin, { tenant: 'many', event: `e${index}` });
    await schedule();
    expect(keyValues.updates).toEqual([50, 21]);
  });

  it('fails when it cannot, which is what the alarm hears', async () => {
    const { sync, handlerOf } = await started();
    const keyValues = Object.assign(new MemoryKeyValues(), { list: () => Promise.reject(new Error('down')) });
    await expect(handlerOf({ ...sync, keyValues })({ time: 'now' })).rejects.toThrow('down');
  });
});

describe('an invalidation', () => {
  const mask = (id: string, atMs: number, pipeline = 'a', fromSegment = EDGE - 9) => ({
    ...{ kind: 'mask' as const, id, atMs, by: 'operator-1', reason: 'test' },
    ...{ pipeline, fromSegment, toSegment: EDGE - 5 },
  });

  it('makes the CDN forget exactly its tags, once no origin answers by the former rules', async () => {
    const { origin, clock, stream, forgotten } = await started();
    await origin.eventStore.append(KEY, mask('m1', NOW_MS), 0);
    await passing(clock, stream(record(KEY, '1')));
    const range = { fromSegment: EDGE - 9, toSegment: EDGE - 5, pipeline: 'a' };
    expect(forgotten.map(({ tags }) => tags)).toEqual([tagsOfRange(KEY, range)]);
    expect(forgotten[0]?.atMs).toBeGreaterThanOrEqual(NOW_MS + PURGE_AFTER_MS);
  });

  it('told again is the same request, which starts nothing', async () => {
    const { origin, clock, stream, forgotten } = await started();
    await origin.eventStore.append(KEY, mask('m1', NOW_MS), 0);
    await passing(clock, stream(record(KEY, '1')));
    await passing(clock, stream(record(KEY, '1')));
    const references = forgotten.map(({ reference }) => reference);
    expect([references.length, new Set(references).size]).toEqual([2, 1]);
  });

  it('of long ago is left alone when something else of the event changes', async () => {
    const { origin, clock, stream, forgotten } = await started();
    await origin.eventStore.append(KEY, mask('m1', NOW_MS), 0);
    await clock.advance(60_000);
    await stream(record(KEY, '2', clock.nowMs()));
    expect(forgotten).toEqual([]);
  });

  it('without an end reaches as far as anything can have been served', async () => {
    const { origin, clock, stream, forgotten } = await started();
    const open = { ...mask('m1', NOW_MS), toSegment: Number.MAX_SAFE_INTEGER };
    await origin.eventStore.append(KEY, open, 0);
    await passing(clock, stream(record(KEY, '1')));
    const tags = forgotten[0]?.tags ?? [];
    expect(tags.length).toBeGreaterThan(0);
    expect(tags.length).toBeLessThan(32);
    expect(tags.every((tag) => tag.startsWith('p:acme/final/a:'))).toBe(true);
  });

  it('beyond what the list holds forgets the whole event', async () => {
    const { origin, clock, stream, forgotten } = await started();
    for (let index = 0; index < INVALIDATIONS_MAX + 1; index += 1)
      await origin.eventStore.append(KEY, mask(`m${index.toString().padStart(3, '0')}`, NOW_MS), 0);
    await passing(clock, stream(record(KEY, '1')));
    expect(forgotten.map(({ tags }) => tags)).toEqual([[eventTag(KEY)]]);
  });

  it('that the CDN cannot take now is tried again, and edges know the event all the same', async () => {
    const { origin, clock, handlerOf, versionOf } = await started();
    await origin.eventStore.append(KEY, mask('m1', NOW_MS), 0);
    const busy = () => Promise.reject(new Error('TooManyInvalidationsInProgress'));
    const answer = passing(clock, handlerOf({}, busy)({ Records: [record(KEY, '5')] }));
    expect(await answer).toEqual({ batchItemFailures: [{ itemIdentifier: '5' }] });
    expect(versionOf()).toBe(1);
  });
});
