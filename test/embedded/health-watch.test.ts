import { Registry } from 'prom-client';
import { HealthGauges } from '../../embedded/health-gauges';
import { startHealthWatch } from '../../embedded/health-watch';
import type { Finding } from '../../origin/flag/finding';
import type { EventStore } from '../../origin/ports/event-store';
import { contribution } from '../support/contribution';
import { DEFAULTS, deploy, EDGE, eventOf, KEY } from '../support/deployment';

/** A number is settled 6 s after its due time. */
const SETTLED = EDGE - 3;
const SWEEP_MS = 5000;

async function watched() {
  const { origin, clock } = await deploy({
    representations: DEFAULTS.representations.filter(({ id }) => id === 'v360'),
  });
  const event = await eventOf(origin);
  const send = async (pipeline: string, letters: string, from: number) => {
    for (const candidate of contribution(event, letters, from, { ...KEY, representation: 'v360', pipeline }))
      await origin.local.candidates.record(candidate);
  };
  const registry = new Registry();
  const gauges = new HealthGauges(registry);
  const told: unknown[] = [];
  const found: Finding[] = [];
  const log = {
    warn: (message: string, fields: Readonly<Record<string, unknown>> = {}) =>
      void told.push([message, fields['pipeline'], fields['state']]),
    error: () => undefined,
  };
  await send('a', 'g'.repeat(80), SETTLED - 59);
  await send('b', 'g'.repeat(60), SETTLED - 59);
  const start = (using = origin) =>
    startHealthWatch({
      ...{ origin: using, log },
      onFinding: (finding) => void found.push(finding),
      onSwept: (swept) => gauges.swept(swept),
    });
  const stateOf = async (pipeline: string) =>
    new RegExp(`headwater_pipeline_state\\{.*pipeline="${pipeline}"\\} (\\d)`).exec(
      await registry.metrics(),
    )?.[1];
  return { origin, clock, send, told, found, start, stateOf };
}

const CHANGED = 'the state of a pipeline has changed';

describe('the health watch', () => {
  it('tells when a pipeline gets worse and when it is back, once; every missing number once', async () => {
    const { clock, send, told, found, start, stateOf } = await watched();
    const watch = start();
    await clock.advance(0);
    expect([told, await stateOf('a'), await stateOf('b')]).toEqual([[], '0', '0']);
    await clock.advance(2 * SWEEP_MS);
    expect(told).toEqual([[CHANGED, 'b', 'down']]);
    expect(await stateOf('b')).toBe('2');
    const missing = found.map(
      (finding) => `${'pipeline' in finding ? finding.pipeline : ''} ${finding.number}`,
    );
    expect(new Set(missing).size).toBe(missing.length);
    await send('b', 'gggg', SETTLED + 4);
    await clock.advance(SWEEP_MS);
    expect(told.at(-1)).toEqual([CHANGED, 'b', 'ok']);
    await watch.stop();
    expect(clock.sleeping).toBe(0);
  });

  it('goes on when the stores fail, and tells then what came to pass meanwhile', async () => {
    const { origin, clock, told, found, start } = await watched();
    let failing = true;
    const eventStore: EventStore = {
      ...origin.eventStore,
      listLive: (limit) =>
        failing ? Promise.reject(new Error('disk gone')) : origin.eventStore.listLive(limit),
    };
    const watch = start({ ...origin, eventStore });
    await clock.advance(SWEEP_MS);
    expect(told[0]).toEqual(['a sweep for health failed', undefined, undefined]);
    failing = false;
    await clock.advance(2 * SWEEP_MS);
    expect(found.filter(({ kind }) => kind === 'missing').map(({ number }) => number)[0]).toBe(SETTLED + 1);
    await watch.stop();
  });
});
