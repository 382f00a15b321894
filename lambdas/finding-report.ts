import type { RepresentationKey } from '../origin/candidate';
import type { Finding } from '../origin/flag/finding';
import type { MetricName } from './metric-names';
import type { Telemetry } from './telemetry';

const METRIC_OF: Readonly<Record<Finding['kind'], MetricName>> = {
  flagged: 'Flagged',
  missing: 'Missing',
  split: 'Split',
  disagree: 'Disagreeing',
  masked: 'Masked',
};

/** Counts a finding for each pipeline that it is about, and logs it once. */
export function reportFinding(
  { log, count }: Pick<Telemetry, 'log' | 'count'>,
  { tenant, event, representation }: RepresentationKey,
  finding: Finding,
): void {
  const pipelines = finding.kind === 'disagree' ? finding.pipelines : [finding.pipeline];
  for (const pipeline of pipelines) count(METRIC_OF[finding.kind], { tenant, event, pipeline });
  log.warn(finding.kind, { tenant, event, representation, ...finding });
}

/**
 * The findings of one representation in one sweep. What is the same of many numbers is one line: a pipeline that is down must
 * not fill the log that an operator reads because of it.
 */
export function reportFindings(
  telemetry: Pick<Telemetry, 'log' | 'count'>,
  key: RepresentationKey,
  findings: readonly Finding[],
): void {
  const { tenant, event, representation } = key;
  const numbers = new Map<string, { kind: 'missing' | 'split'; pipeline: string; numbers: number[] }>();
  for (const finding of findings) {
    if (finding.kind !== 'missing' && finding.kind !== 'split') {
      reportFinding(telemetry, key, finding);
      continue;
    }
    const { kind, pipeline, number } = finding;
    const same = numbers.get(`${kind} ${pipeline}`) ?? { kind, pipeline, numbers: [] };
    numbers.set(`${kind} ${pipeline}`, same);
    same.numbers.push(number);
  }
  for (const { kind, pipeline, numbers: all } of numbers.values()) {
    telemetry.count(METRIC_OF[kind], { tenant, event, pipeline }, all.length);
    const [from, to] = [Math.min(...all), Math.max(...all)];
    telemetry.log.warn(kind, { tenant, event, representation, pipeline, count: all.length, from, to });
  }
}
