import type { Candidate } from '../origin/candidate';
import { defect } from '../origin/media/defect';
import { select, type SelectionRules } from '../origin/selection/select';
import { microsecondsPerCall } from './stopwatch';
import type { Row } from './table';

/** Decisions per second on one core, candidates in memory. */
export function benchSelection(): Row[] {
  const cases = [
    ['2 pipelines, 1 region, first valid', candidates(2, 1, [])],
    ['2 pipelines, 2 regions, first defective', candidates(2, 2, ['p0'])],
    ['4 pipelines, 4 regions, all but the last defective', candidates(4, 4, ['p0', 'p1', 'p2'])],
  ] as const;
  return cases.map(([name, { all, rules }]) => {
    const us = microsecondsPerCall(() => void select(7, all, rules));
    return {
      candidates: name,
      'us a decision': us.toFixed(2),
      'decisions a second': Math.round(1e6 / us).toLocaleString('en'),
    };
  });
}

function candidates(pipelines: number, regions: number, defective: readonly string[]) {
  const order = Array.from({ length: pipelines }, (_, index) => `p${index}`);
  const rules: SelectionRules = { order, masks: new Map(), whenAllDefective: 'serve' };
  const all = order.flatMap((pipeline) =>
    Array.from({ length: regions }, (_, index): Candidate => ({
      ...{ tenant: 't', event: 'e', representation: 'v', number: 7, pipeline, region: `r${index}` },
      ...{ digest: pipeline.padEnd(64, '0'), size: 1, publishedAtMs: 0, expiresAtMs: 1 },
      defects: defective.includes(pipeline) ? [defect('short', { missing: 5 })] : [],
    })),
  );
  return { all, rules };
}
