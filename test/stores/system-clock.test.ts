import { cancelSource, NEVER } from '../../origin/ports/cancel';
import { systemClock } from '../../stores/system-clock';

describe('the system clock', () => {
  beforeEach(() => jest.useFakeTimers({ now: 1_000_000 }));
  afterEach(() => jest.useRealTimers());

  async function sleepLog(untilMs: number) {
    const log: number[] = [];
    void systemClock.sleepUntil(untilMs, NEVER).then(() => log.push(Date.now()));
    await jest.advanceTimersByTimeAsync(0);
    return log;
  }

  it('tells whole milliseconds', () => {
    expect(systemClock.nowMs()).toBe(1_000_000);
  });

  it.each([-5, 0])('does not sleep until %d ms from now', async (ms) => {
    expect(await sleepLog(1_000_000 + ms)).toEqual([1_000_000]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('wakes at its time and not a millisecond before', async () => {
    const log = await sleepLog(1_001_500);
    await jest.advanceTimersByTimeAsync(1499);
    expect(log).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(log).toEqual([1_001_500]);
  });

  it('sleeps the rest when its timer fires early against the wall clock', async () => {
    const log = await sleepLog(1_001_500);
    jest.setSystemTime(1_000_000 - 3);
    await jest.advanceTimersByTimeAsync(1500);
    expect(log).toEqual([]);
    await jest.advanceTimersByTimeAsync(3);
    expect(log).toEqual([1_001_500]);
  });

  it('sleeps longer than setTimeout can (2^31 ms, 24.8 days)', async () => {
    const days = 40 * 86_400_000;
    const log = await sleepLog(1_000_000 + days);
    await jest.advanceTimersByTimeAsync(days - 1);
    expect(log).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(log).toEqual([1_000_000 + days]);
  });

  it('wakes at once when cancelled, and frees the timer', async () => {
    const cancel = cancelSource();
    const sleep = systemClock.sleepUntil(9_000_000, cancel);
    expect(jest.getTimerCount()).toBe(1);
    cancel.cancel();
    await sleep;
    expect(jest.getTimerCount()).toBe(0);
    expect(Date.now()).toBe(1_000_000);
  });

  it('does not begin to sleep when cancelled before', async () => {
    const cancel = cancelSource();
    cancel.cancel();
    await systemClock.sleepUntil(9_000_000, cancel);
    expect(jest.getTimerCount()).toBe(0);
  });
});
