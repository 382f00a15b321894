import { cancelSource, NEVER } from '../../../origin/ports/cancel';
import { ChangeWaiters } from '../../../stores/embedded/change-waiters';
import { FakeClock } from '../../support/fake-clock';

const HOUR_MS = 3_600_000;

describe('waiters', () => {
  it('wake once for their key, all of them, and leave neither timer nor entry', async () => {
    const clock = new FakeClock();
    const waiters = new ChangeWaiters(clock);
    const mine = Array.from({ length: 1000 }, () => waiters.wait('mine', HOUR_MS, NEVER));
    const other = waiters.wait('other', HOUR_MS, NEVER);
    expect([waiters.size, clock.sleeping]).toEqual([2, 1001]);
    waiters.wake('mine');
    await Promise.all(mine);
    expect([waiters.size, clock.sleeping]).toEqual([1, 1]);
    waiters.wakeAll();
    await other;
    expect([waiters.size, clock.sleeping]).toEqual([0, 0]);
  });

  it('are registered before wait returns: a wake in the same turn reaches them', async () => {
    const waiters = new ChangeWaiters(new FakeClock());
    const change = waiters.wait('key', HOUR_MS, NEVER);
    waiters.wake('key');
    await expect(change).resolves.toBeUndefined();
  });

  it('are not woken by what changed before they came', async () => {
    const clock = new FakeClock();
    const waiters = new ChangeWaiters(clock);
    waiters.wake('key');
    const woken: number[] = [];
    const change = waiters.wait('key', 500, NEVER).then(() => woken.push(clock.nowMs()));
    await clock.advance(499);
    expect(woken).toEqual([]);
    await clock.advance(1);
    await change;
    expect(woken).toEqual([500]);
    expect(waiters.size).toBe(0);
  });

  it('leave nothing behind when cancelled, alone or among others', async () => {
    const clock = new FakeClock();
    const waiters = new ChangeWaiters(clock);
    const cancel = cancelSource();
    const leaving = waiters.wait('key', HOUR_MS, cancel);
    const staying = waiters.wait('key', HOUR_MS, NEVER);
    cancel.cancel();
    await leaving;
    expect([waiters.size, clock.sleeping]).toEqual([1, 1]);
    waiters.wake('key');
    await staying;
    const never = waiters.wait('key', HOUR_MS, cancel);
    await never;
    expect([waiters.size, clock.sleeping]).toEqual([0, 0]);
  });
});
