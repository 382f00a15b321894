import { EventDirectory } from '../../../origin/events/event-directory';
import type { EventKey } from '../../../origin/candidate';
import type { EventStore } from '../../../origin/ports/event-store';
import { NEVER } from '../../../origin/ports/cancel';
import { FakeClock } from '../../support/fake-clock';
import { memoryEvents } from '../../support/memory-stores';
import { NOW_MS, sampleHead } from '../../support/samples';

const KEY: EventKey = { tenant: 'acme', event: 'final' };

/** A directory over a store whose reads can be counted, failed and delayed. */
async function directory() {
  const clock = new FakeClock(NOW_MS);
  const { events: stored } = memoryEvents(clock);
  const state = { reads: 0, failing: false, slowMs: 0 };
  const store: EventStore = {
    ...stored,
    async read(key, knownRevision) {
      state.reads += 1;
      const found = await stored.read(key, knownRevision);
      if (state.slowMs > 0) await clock.sleepUntil(clock.nowMs() + state.slowMs, NEVER);
      if (state.failing) throw new Error('unreachable');
      return found;
    },
  };
  await stored.writeHead(sampleHead(), 0);
  const change = async (revision: number) => {
    await stored.writeHead(sampleHead({ revision, version: revision }), revision - 1);
  };
  return { clock, stored, state, change, events: new EventDirectory(store, clock, () => 0) };
}

it('an event is read once a second, however many ask', async () => {
  const { clock, state, events } = await directory();
  for (let asked = 0; asked < 100; asked++) await events.get(KEY);
  await clock.advance(999);
  await events.get(KEY);
  expect(state.reads).toBe(1);
  await clock.advance(1);
  await Promise.all(Array.from({ length: 100 }, () => events.get(KEY)));
  expect(state.reads).toBe(2);
});

it('a storm of requests for an event that nobody knows reads it once a second', async () => {
  const { clock, state, events } = await directory();
  for (let ms = 0; ms < 5000; ms += 10) {
    const found = await Promise.all([1, 2, 3].map(() => events.get({ ...KEY, event: 'nothing' })));
    expect(found).toEqual([undefined, undefined, undefined]);
    await clock.advance(10);
  }
  expect(state.reads).toBe(5);
});

it('a change is seen a second later, a change of its own at once', async () => {
  const { clock, change, events } = await directory();
  await events.get(KEY);
  await change(2);
  expect((await events.get(KEY))?.head.version).toBe(1);
  expect((await events.reload(KEY))?.head.version).toBe(2);
  await change(3);
  await clock.advance(1000);
  expect((await events.get(KEY))?.head.version).toBe(3);
});

it('an event that did not change is not compiled again', async () => {
  const { clock, events } = await directory();
  const before = await events.get(KEY);
  await clock.advance(1000);
  expect(await events.get(KEY)).toBe(before);
});

it('a slow store delays a request by 100 ms at most; what was known answers', async () => {
  const { clock, state, change, events } = await directory();
  await events.get(KEY);
  await change(2);
  await clock.advance(1000);
  state.slowMs = 5000;
  const asked = events.get(KEY);
  await clock.advance(100);
  expect((await asked)?.head.version).toBe(1);
  expect(clock.nowMs()).toBe(NOW_MS + 1100);
  await clock.advance(4900);
  state.slowMs = 0;
  expect((await events.get(KEY))?.head.version).toBe(2);
});

it('an unknown event is waited for: there is nothing else to answer from', async () => {
  const { clock, state, events } = await directory();
  state.slowMs = 5000;
  const asked = events.get(KEY);
  await clock.advance(5000);
  expect((await asked)?.head.version).toBe(1);
  expect(clock.sleeping).toBe(0);
});

describe('while the store fails', () => {
  it('what was known holds, and the store is asked once a second', async () => {
    const { clock, state, events } = await directory();
    await events.get(KEY);
    state.failing = true;
    for (let ms = 0; ms < 3000; ms += 100) {
      await clock.advance(100);
      expect((await events.get(KEY))?.head.version).toBe(1);
    }
    expect(state.reads).toBe(4);
  });

  it('also after a reload that failed', async () => {
    const { state, events } = await directory();
    await events.get(KEY);
    state.failing = true;
    await expect(events.reload(KEY)).rejects.toThrow('unreachable');
    expect((await events.get(KEY))?.head.version).toBe(1);
  });

  it('what is not known fails, and is asked for again', async () => {
    const { state, events } = await directory();
    state.failing = true;
    await expect(events.get(KEY)).rejects.toThrow('unreachable');
    state.failing = false;
    expect((await events.get(KEY))?.head.version).toBe(1);
  });
});

it('an event is unknown from the instant at which it expires', async () => {
  const { clock, stored, events } = await directory();
  await stored.writeHead(sampleHead({ revision: 2, expiresAtMs: NOW_MS + 500 }), 1);
  expect(await events.get(KEY)).toBeDefined();
  await clock.advance(499);
  expect(await events.get(KEY)).toBeDefined();
  await clock.advance(1);
  expect(await events.get(KEY)).toBeUndefined();
});

it('remembers a bounded number of names, and those in use the longest', async () => {
  const { state, events } = await directory();
  for (let index = 0; index < 5000; index++) {
    await events.get({ ...KEY, event: `nothing-${index}` });
    await events.get(KEY);
  }
  expect(state.reads).toBe(5001);
  await events.get({ ...KEY, event: 'nothing-0' });
  expect(state.reads).toBe(5002);
});

it('events of the same name of two tenants are two', async () => {
  const { events } = await directory();
  expect(await events.get(KEY)).toBeDefined();
  expect(await events.get({ ...KEY, tenant: 'other' })).toBeUndefined();
});
