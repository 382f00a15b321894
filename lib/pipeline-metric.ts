import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { PIPELINE_METRICS, type PipelineMetricName } from '../lambdas/metric-names';

/** The pipeline of an event that a metric is about. */
export interface MetricSubject {
  readonly tenant: string;
  readonly event: string;
  readonly pipeline: string;
}

/** Segments a minute unless `options` say otherwise. */
export function pipelineMetric(
  namespace: string,
  metricName: PipelineMetricName,
  { tenant, event, pipeline }: MetricSubject,
  options?: MetricOptions,
): Metric {
  const service = PIPELINE_METRICS[metricName];
  const dimensionsMap = { service, tenant, event, pipeline };
  return new Metric({ namespace, metricName, dimensionsMap, statistic: 'Sum', ...options });
}
