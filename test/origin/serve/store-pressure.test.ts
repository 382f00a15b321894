import { NEVER } from '../../../origin/ports/cancel';
import { SegmentMissing } from '../../../origin/ports/segment-store';
import {
  ADMIT_SHARE,
  CALLS_MIN,
  SHED_SHARE,
  StorePressure,
  TARGET_MS,
  WINDOW_MS,
} from '../../../origin/serve/store-pressure';
import { FakeClock } from '../../support/fake-clock';

function underTest() {
  const clock = new FakeClock(0);
  const told = { candidates: [0, 0], bytes: [0, 0] };
  const pressure = new StorePressure(clock, (call, isSlow) => (told[call][Number(isSlow)]! += 1));
  /** `count` calls at once, of which `slow` take longer than the target. */
  const calls = async (count: number, slow: number) => {
    const made = Array.from({ length: count }, (_, index) =>
      pressure.timed('candidates', () =>
        clock.sleepUntil(clock.nowMs() + TARGET_MS.candidates + Number(index < slow), NEVER),
      ),
    );
    await clock.advance(TARGET_MS.candidates + 1);
    await Promise.all(made);
  };
  /** What is said once a new look is due. */
  const isHigh = async () => {
    await clock.advance(250);
    return pressure.isHigh;
  };
  return { clock, pressure, calls, isHigh, told };
}

describe('pressure is the share of calls that missed their target', () => {
  it.each([
    ['nothing was called', 0, 0, false],
    ['all kept it', 100, 0, false],
    ['just under the share', 100, 100 * SHED_SHARE - 1, false],
    ['at the share', 100, 100 * SHED_SHARE, true],
    ['all missed it', 100, 100, true],
    ['too few calls to mean anything', CALLS_MIN - 1, CALLS_MIN - 1, false],
  ])('%s', async (_, count, slow, high) => {
    const { calls, isHigh } = underTest();
    await calls(count, slow);
    expect(await isHigh()).toBe(high);
  });

  it('a call that never ends counts as soon as it is late', async () => {
    const { clock, pressure } = underTest();
    for (let call = 0; call < CALLS_MIN; call++)
      void pressure.timed('bytes', () => new Promise<never>(() => undefined));
    await clock.advance(TARGET_MS.bytes);
    expect(pressure.isHigh).toBe(false);
    await clock.advance(250);
    expect(pressure.isHigh).toBe(true);
  });

  it('a failure is a miss however quick it is; an object that is not there is an answer', async () => {
    const { pressure, isHigh, told } = underTest();
    const fail = (error: Error) =>
      pressure.timed('bytes', () => Promise.reject(error)).catch(() => undefined);
    for (let call = 0; call < 100; call++) await fail(new SegmentMissing('gone'));
    expect(await isHigh()).toBe(false);
    for (let call = 0; call < 100; call++) await fail(new Error('slow down'));
    expect(await isHigh()).toBe(true);
    expect(told.bytes).toEqual([100, 100]);
  });
});

describe('it ends at half the share at which it begins', () => {
  it('between the two it stays as it is', async () => {
    const { calls, isHigh } = underTest();
    const between = 100 * ((SHED_SHARE + ADMIT_SHARE) / 2);
    await calls(100, between);
    expect(await isHigh()).toBe(false);
    await calls(100, 100);
    expect(await isHigh()).toBe(true);
    for (let second = 0; second < WINDOW_MS / 1000 + 1; second++) {
      await calls(100, between);
      expect(await isHigh()).toBe(true);
      await calls(0, 0);
    }
    for (let round = 0; round < 20; round++) await calls(100, 0);
    expect(await isHigh()).toBe(false);
  });

  it('a window without calls ends it: what was shed may try again', async () => {
    const { clock, calls, isHigh, pressure } = underTest();
    await calls(100, 100);
    expect(await isHigh()).toBe(true);
    await clock.advance(WINDOW_MS);
    expect(pressure.isHigh).toBe(false);
  });
});
