import type { Told } from '../../../edge/agent/control-source';
import { Configurations, CONFIGURATIONS_MAX, LOOKS_MAX } from '../../../edge/node/configurations';
import { edgeConfigurationOf, type EdgeConfiguration } from '../../../origin/events/edge-configuration';
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

  it('has a limit, in looks and in memory, whatever names clients invent', async () => {
    const { clock, configurations, asked } = heard();
    const invented = (count: number) =>
      Array.from({ length: count }, (_, at) => configurations.of({ tenant: 'acme', event: `e${at}` }));
    const many = invented(CONFIGURATIONS_MAX + 100);
    expect(asked).toHaveLength(LOOKS_MAX);
    for (const one of asked) one.answer({ kind: 'unknown' });
    expect((await Promise.all(many)).every((found) => found === undefined)).toBe(true);
    expect(configurations.size).toBe(CONFIGURATIONS_MAX);
    // What is not there is asked for again later than what is.
    const last = { tenant: 'acme', event: `e${CONFIGURATIONS_MAX + 99}` };
    void configurations.of(last);
    asked.at(-1)?.answer({ kind: 'unknown' });
    await clock.advance(0);
    const before = asked.length;
    await clock.advance(4999);
    await configurations.of(last);
    expect(asked).toHaveLength(before);
  });
});
