import { EventDirectory, STRANGE_LOOKS_PER_SECOND } from '../../../origin/events/event-directory';
import { EVENTS_MAX } from '../../../origin/events/event-names';
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

describe('after a pause in which nobody asked', () => {
  const PAUSE_MS = 600_000;

  it('a change of meanwhile is waited for, a second at most', async () => {
    const { clock, state, change, events } = await directory();
    await events.get(KEY);
    await change(2);
    await clock.advance(PAUSE_MS);
    state.slowMs = 300;
    const asked = events.get(KEY);
    await clock.advance(300);
    expect((await asked)?.head.version).toBe(2);
  });

  it('a store that turns out to be slow delays the first request only', async () => {
    const { clock, state, events } = await directory();
    await events.get(KEY);
    await clock.advance(PAUSE_MS);
    state.slowMs = 60_000;
    const waited: number[] = [];
    for (let requests = 0; requests < 3; requests++) {
      const askedMs = clock.nowMs();
      const asked = events.get(KEY).then(() => waited.push(clock.nowMs() - askedMs));
      await clock.advance(1000);
      await asked;
    }
    expect(waited).toEqual([1000, 100, 100]);
  });

  it('a look that was under way before it tells nothing any more', async () => {
    const { clock, state, change, events } = await directory();
    await events.get(KEY);
    await clock.advance(1000);
    // The store has answered, but the function is frozen before the answer is seen.
    state.slowMs = PAUSE_MS;
    const before = events.get(KEY);
    await clock.advance(100);
    await before;
    await change(2);
    await clock.advance(PAUSE_MS - 200);
    state.slowMs = 300;
    const asked = events.get(KEY);
    await clock.advance(300);
    expect((await asked)?.head.version).toBe(2);
  });
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

it('names of no event push out none that is', async () => {
  const { clock, state, events } = await directory();
  await events.get(KEY);
  for (let index = 0; index < EVENTS_MAX; index++) await events.get({ ...KEY, event: `no-${index}` });
  const before = state.reads;
  await events.get(KEY);
  expect(state.reads).toBe(before);
  expect(clock.nowMs()).toBe(NOW_MS);
});

describe('names that anybody may have invented', () => {
  const NAMES = 10_000;

  /** Names that never come again, ten a millisecond, and every 10 ms what happens `meanwhile`. */
  async function storm(
    { clock, events }: Awaited<ReturnType<typeof directory>>,
    names = NAMES,
    meanwhile: () => Promise<unknown> = async () => Promise.resolve(),
  ) {
    const answers = new Map<unknown, number>();
    const startedAtMs = clock.nowMs();
    for (let index = 0; index < names; index++) {
      const answer = await events.getForAnybody({ ...KEY, event: `r${startedAtMs}-${index}` }, false);
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
      if (index % 10 === 9) await clock.advance(1);
      if (index % 100 === 0) await meanwhile();
    }
    return answers;
  }

  it('cost 100 looks at once and 100 a second; of the others nothing is said', async () => {
    const made = await directory();
    const answers = await storm(made);
    expect(made.state.reads).toBe(2 * STRANGE_LOOKS_PER_SECOND - 1);
    expect(Object.fromEntries(answers)).toEqual({
      undefined: 2 * STRANGE_LOOKS_PER_SECOND - 1,
      'not-asked': NAMES - 2 * STRANGE_LOOKS_PER_SECOND + 1,
    });
    await made.clock.advance(1000);
    await storm(made);
    expect(made.state.reads).toBe(4 * STRANGE_LOOKS_PER_SECOND - 2);
  });

  it('cost the same where they come again and again', async () => {
    const { clock, state, events } = await directory();
    for (let ms = 0; ms < 5000; ms += 50) {
      for (let index = 0; index < 1000; index++)
        await events.getForAnybody({ ...KEY, event: `no-${index}` }, false);
      await clock.advance(50);
    }
    // New ones, and those that are asked for again, by whatever is earned in 5 s.
    expect(state.reads).toBeLessThanOrEqual(2 * 6 * STRANGE_LOOKS_PER_SECOND);
  });

  it('a live event is served from memory meanwhile, and looked at once a second as ever', async () => {
    const made = await directory();
    await made.events.getForAnybody(KEY, false);
    const versions: unknown[] = [];
    made.state.reads = 0;
    await storm(made, NAMES, async () => {
      const event = await made.events.getForAnybody(KEY, false);
      versions.push(event === 'not-asked' ? event : event?.head.version);
    });
    expect(versions).toEqual(Array(100).fill(1));
    expect(made.state.reads).toBeLessThanOrEqual(2 * STRANGE_LOOKS_PER_SECOND + 1);
  });

  it.each([
    ['that nobody asked for before', false],
    ['that players waited for', true],
  ])('an event %s is found within 2 s of its creation', async (_, isAwaited) => {
    const made = await directory();
    const created = { ...KEY, event: 'created' };
    const before = isAwaited ? await made.events.getForAnybody(created, false) : undefined;
    expect(before).toBeUndefined();
    await storm(made);
    await made.stored.writeHead(sampleHead({ ...created, revision: 1 }), 0);
    let foundMs = Infinity;
    for (let asked = 0; asked < 8 && foundMs === Infinity; asked++) {
      const event = await made.events.getForAnybody(created, false);
      if (typeof event === 'object') foundMs = asked * 250;
      await storm(made, 2500);
    }
    expect(foundMs).toBeLessThan(2000);
  });

  it('one that whoever forwards the request knows does not wait for the others', async () => {
    const made = await directory();
    await storm(made);
    expect(await made.events.getForAnybody({ ...KEY, event: 'other' }, false)).toBe('not-asked');
    expect(await made.events.getForAnybody(KEY, true)).toMatchObject({ head: { version: 1 } });
    // That too has a limit: what vouches may be forged.
    for (let index = 0; index < 1000; index++)
      await made.events.getForAnybody({ ...KEY, event: `f-${index}` }, true);
    expect(made.state.reads).toBeLessThanOrEqual(3 * STRANGE_LOOKS_PER_SECOND);
  });

  it('one look answers all who ask for the name meanwhile', async () => {
    const { clock, state, events } = await directory();
    state.slowMs = 300;
    const asked = Array.from({ length: 1000 }, () => events.getForAnybody(KEY, false));
    await clock.advance(300);
    for (const event of await Promise.all(asked)) expect(event).toMatchObject({ head: { version: 1 } });
    expect(state.reads).toBe(1);
  });

  it('a look that does not end does not pay for the next one of its name', async () => {
    const { clock, state, events } = await directory();
    state.slowMs = 60_000;
    for (let second = 0; second < 10; second++) {
      for (let index = 0; index < 1000; index++)
        void events.getForAnybody({ ...KEY, event: `no-${index}` }, false);
      await clock.advance(1001);
    }
    expect(state.reads).toBeLessThanOrEqual(2 * 10 * STRANGE_LOOKS_PER_SECOND);
  });

  it('what is remembered needs no look, however old, and nothing of strangers is', async () => {
    const { clock, state, events } = await directory();
    await events.get(KEY);
    state.failing = true;
    await clock.advance(60_000);
    expect(events.remembered(KEY)?.head.version).toBe(1);
    expect(events.remembered({ ...KEY, event: 'other' })).toBeUndefined();
    expect(state.reads).toBe(1);
  });
});

it('events of the same name of two tenants are two', async () => {
  const { events } = await directory();
  expect(await events.get(KEY)).toBeDefined();
  expect(await events.get({ ...KEY, tenant: 'other' })).toBeUndefined();
});
