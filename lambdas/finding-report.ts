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
