import type { Told } from '../../../edge/agent/control-source';
import { Configurations, STRANGE_LOOKS_PER_SECOND } from '../../../edge/node/configurations';
import { edgeConfigurationOf, type EdgeConfiguration } from '../../../origin/events/edge-configuration';
import { STRANGERS_MAX } from '../../../origin/events/event-names';
import { FakeClock } from '../../support/fake-clock';
import { liveEvent } from '../../support/live-event';
import { NOW_MS } from '../../support/samples';

const KEY = { tenant: 'acme', event: 'final' };
const FIRST = edgeConfigurationOf(liveEvent({ initialSegmentNumber: 0 }));

function of(revision: number, etag = `"${revision}"`): Told {
  return { kind: 'configuration', configuration: { ...FIRST, revision }, etag };
}

/** Configurations before a control plane that says what the test says, when it says it. */
function heard() {
  const clock = new FakeClock(NOW_MS);
  const failures: unknown[] = [];
  const asked: {
    readonly name: string;
    readonly etag: string | undefined;
    answer(told: Told | Error): void;
  }[] = [];
  const configurations = new Configurations({
    source: {
      read: ({ tenant, event }, etag) =>
        new Promise((resolve, reject) => {
          const answer = (told: Told | Error) => (told instanceof Error ? reject(told) : resolve(told));
          asked.push({ name: `${tenant}/${event}`, etag, answer });
        }),
    },
    clock,
    onFailed: (error) => failures.push(error),
  });
  const askedFor = async (told: Told | Error) => {
    const found = configurations.of(KEY);
    asked.at(-1)?.answer(told);
    return (await found)?.revision;
  };
  return { clock, configurations, asked, failures, askedFor };
}

describe('what an edge knows of an event', () => {
  it('is asked for once, however many requests want it, and again after a second', async () => {
    const { clock, configurations, asked } = heard();
    const many = Promise.all(Array.from({ length: 50 }, () => configurations.of(KEY)));
    expect(asked).toHaveLength(1);
    asked[0]?.answer(of(7));
    const revisions = (await many).map((found: EdgeConfiguration | undefined) => found?.revision);
    expect(new Set(revisions)).toEqual(new Set([7]));
    await clock.advance(999);
    await configurations.of(KEY);
    expect(asked).toHaveLength(1);
    await clock.advance(1);
    void configurations.of(KEY);
    expect(asked[1]).toMatchObject({ name: 'acme/final', etag: '"7"' });
  });

  it.each([
    ['nothing is new', { kind: 'unchanged' }, 7],
    ['it changed', of(8), 8],
    ['an origin is behind', of(6), 7],
    ['it was deleted', { kind: 'unknown' }, undefined],
    ['nobody answers', new Error('no answer'), 7],
  ] as const)('when %s', async (_, told, wanted) => {
    const { clock, askedFor } = heard();
    await askedFor(of(7));
    await clock.advance(1000);
    expect(await askedFor(told)).toBe(wanted);
  });

  it('is waited for 100 ms while something is known already, and used as soon as it comes', async () => {
    const { clock, configurations, asked, askedFor } = heard();
    await askedFor(of(7));
    await clock.advance(1000);
    const waiting = configurations.of(KEY);
    await clock.advance(100);
    expect((await waiting)?.revision).toBe(7);
    asked[1]?.answer(of(8));
    await clock.advance(0);
    expect((await configurations.of(KEY))?.revision).toBe(8);
    expect(asked).toHaveLength(2);
  });

  it('is nothing while nobody was ever heard, and each failure is told', async () => {
    const { askedFor, failures } = heard();
    expect(await askedFor(new Error('no answer'))).toBeUndefined();
    expect(failures).toEqual([new Error('no answer')]);
  });

  it('is asked for again 5 s later where there is nothing', async () => {
    const { clock, configurations, asked, askedFor } = heard();
    await askedFor({ kind: 'unknown' });
    await clock.advance(4999);
    await configurations.of(KEY);
    expect(asked).toHaveLength(1);
    await clock.advance(1);
    void configurations.of(KEY);
    expect(asked).toHaveLength(2);
  });
});

describe('names that clients invent', () => {
  const invented = (at: number) => ({ tenant: 'acme', event: `e${at}` });

  it('cost so many looks a second, and so much memory', async () => {
    const { clock, configurations, asked } = heard();
    const many = Array.from({ length: 2 * STRANGERS_MAX }, (_, at) => configurations.of(invented(at)));
    expect(asked).toHaveLength(STRANGE_LOOKS_PER_SECOND);
    for (const one of asked) one.answer({ kind: 'unknown' });
    expect((await Promise.all(many)).every((found) => found === undefined)).toBe(true);
    expect(configurations.size).toBeLessThanOrEqual(STRANGERS_MAX);
    await clock.advance(1000);
    for (let at = 0; at < 100; at++) void configurations.of(invented(-at));
    expect(asked).toHaveLength(2 * STRANGE_LOOKS_PER_SECOND);
  });

  it('take nothing from events: what is known is looked at again, what is asked for again comes first', async () => {
    const { clock, configurations, asked, askedFor } = heard();
    await askedFor(of(7));
    for (let at = 0; at < 2 * STRANGERS_MAX; at++) void configurations.of(invented(at));
    const [later, before] = [{ ...KEY, event: 'later' }, asked.length];
    expect(await configurations.of(later)).toBeUndefined();
    expect(asked).toHaveLength(before);
    void configurations.of(later);
    expect(asked.at(-1)?.name).toBe('acme/later');
    expect((await configurations.of(KEY))?.revision).toBe(7);
    await clock.advance(1000);
    void configurations.of(KEY);
    expect(asked.at(-1)).toMatchObject({ name: 'acme/final', etag: '"7"' });
  });

  it('are 64 at a time where control planes do not answer', async () => {
    const { clock, configurations, asked } = heard();
    for (let second = 0; second < 20; second++) {
      for (let at = 0; at < 20; at++) void configurations.of(invented(second * 20 + at));
      await clock.advance(1000);
    }
    expect(asked).toHaveLength(64);
  });
});
