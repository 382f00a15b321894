import { sweepHandler } from '../../lambdas/sweep/handler';
import type { Origin } from '../../origin/origin';
import { contribution } from '../support/contribution';
import { DEFAULTS, deploy, EDGE, eventOf, KEY } from '../support/deployment';
import { NOW_MS } from '../support/samples';
import { counted } from './events';

/** The newest number whose retry deadline has passed. */
const SETTLED = EDGE - 3;
const time = new Date(NOW_MS).toISOString();

async function withOneDown(): Promise<Origin> {
  const { origin } = await deploy({
    representations: DEFAULTS.representations.filter(({ id }) => id === 'v360'),
  });
  const event = await eventOf(origin);
  const from = SETTLED - 59;
  for (const [pipeline, letters] of [
    ['a', `${'g'.repeat(50)}..........`],
    ['b', 'g'.repeat(60)],
  ] as const)
    for (const candidate of contribution(event, letters, from, { ...KEY, representation: 'v360', pipeline }))
      await origin.local.candidates.record(candidate);
  return origin;
}

it('counts what never came in the minute before its time, and who is down', async () => {
  const origin = await withOneDown();
  const { telemetry, counts } = counted();
  await sweepHandler(origin, telemetry)({ time });
  const subject = { ...KEY, pipeline: 'a' };
  const missing = counts.filter(([name]) => name === 'Missing');
  expect(missing).toEqual(Array.from({ length: 10 }, () => ['Missing', subject]));
  expect(counts.slice(10)).toEqual([
    ['Down', subject],
    ['Down', {}],
  ]);
});

it('tells what never came of a pipeline in one line, however many they were', async () => {
  const { telemetry } = counted();
  const warn = jest.spyOn(telemetry.log, 'warn');
  await sweepHandler(await withOneDown(), telemetry)({ time });
  const key = { ...KEY, representation: 'v360', pipeline: 'a' };
  expect(warn.mock.calls.filter(([message]) => message === 'missing')).toEqual([
    ['missing', { ...key, count: 10, from: SETTLED - 9, to: SETTLED }],
  ]);
});

it('looks at the minute of its schedule, however late it runs', async () => {
  const origin = await withOneDown();
  const { telemetry, counts } = counted();
  const handler = sweepHandler(origin, telemetry);
  await handler({ time: new Date(NOW_MS - 10_000).toISOString() });
  const before = counts.filter(([name]) => name === 'Missing').length;
  await handler({ time: new Date(NOW_MS + 50_000).toISOString() });
  expect(before).toBe(5);
  expect(counts.filter(([name]) => name === 'Missing').length - before).toBeGreaterThanOrEqual(5);
});

it('fails, once all else was swept, when an event could not be', async () => {
  const origin = await withOneDown();
  const candidates = { ...origin.local.candidates, ofRange: () => Promise.reject(new Error('table gone')) };
  const handler = sweepHandler({ ...origin, local: { ...origin.local, candidates } }, counted().telemetry);
  await expect(handler({ time })).rejects.toThrow('1 events were not swept');
});

it('refuses what is no schedule of EventBridge', async () => {
  await expect(sweepHandler(await withOneDown(), counted().telemetry)({ time: 'soon' })).rejects.toThrow(
    'time: wanted an ISO 8601 time, got "soon"',
  );
});
