import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { NAMESPACE, SERVICES, type Service } from '../lambdas/metric-names';

/** What is counted of each pipeline, and which function counts it. */
export const PIPELINE_METRICS = {
  Received: SERVICES.ingest,
  Late: SERVICES.ingest,
  Defective: SERVICES.ingest,
  Refused: SERVICES.ingest,
  Selected: SERVICES.serve,
  Flagged: SERVICES.streamProcessor,
  Split: SERVICES.streamProcessor,
  Disagreeing: SERVICES.streamProcessor,
  Missing: SERVICES.sweep,
  Degraded: SERVICES.sweep,
  Down: SERVICES.sweep,
  Masked: SERVICES.sweep,
} as const satisfies Readonly<Record<string, Service>>;

export type PipelineMetricName = keyof typeof PIPELINE_METRICS;

/** The pipeline of an event that a metric is about. */
export interface MetricSubject {
  readonly tenant: string;
  readonly event: string;
  readonly pipeline: string;
}

/** Segments a minute unless `options` say otherwise. */
export function pipelineMetric(
  metricName: PipelineMetricName,
  { tenant, event, pipeline }: MetricSubject,
  options?: MetricOptions,
): Metric {
  const service = PIPELINE_METRICS[metricName];
  const dimensionsMap = { service, tenant, event, pipeline };
  return new Metric({ namespace: NAMESPACE, metricName, dimensionsMap, statistic: 'Sum', ...options });
}
