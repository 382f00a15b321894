import type { FakeClock } from './fake-clock';

/**
 * Lets fake time pass in steps until `promise` settles, for adapters that wait for real input and output in between.
 * @param limitMs fake milliseconds after which it fails.
 */
export async function settle<T>(
  clock: FakeClock,
  promise: Promise<T>,
  limitMs = 600_000,
  stepMs = 25,
): Promise<T> {
  const state = { settled: false };
  const watched = promise.finally(() => (state.settled = true));
  const endMs = clock.nowMs() + limitMs;
  while (!state.settled) {
    if (clock.nowMs() >= endMs)
      throw new Error(`wanted an answer within ${limitMs} ms of fake time, got none`);
    await clock.advance(stepMs);
  }
  return watched;
}
