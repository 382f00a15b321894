/** Median of several rounds, after a warm-up: machines are noisy, medians less so. */
const ROUNDS = 7;
const ROUND_MS = 120;

export function microsecondsPerCall(call: () => void): number {
  const rounds: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const started = performance.now();
    let calls = 0;
    do {
      call();
      calls += 1;
    } while (performance.now() - started < ROUND_MS);
    // The first round warms up.
    if (round > 0) rounds.push(((performance.now() - started) * 1000) / calls);
  }
  return median(rounds);
}

export function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? NaN;
}

/** @param at percent, 0 to 100 */
export function percentile(values: readonly number[], at: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * at) / 100))] ?? NaN;
}
