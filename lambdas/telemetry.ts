import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

/** CloudWatch namespace of all metrics. */
export const NAMESPACE = 'Headwater';

/** Counted per tenant, event and pipeline. */
export type MetricName =
  | 'Received'
  | 'Defective'
  | 'Refused'
  | 'Selected'
  | 'Flagged'
  | 'Missing'
  | 'Split'
  | 'Disagreeing'
  | 'Degraded'
  | 'Down'
  | 'Masked'
  | 'Unreadable';

/** Dimensions in this order; a part that is not known is left out. */
export interface Subject {
  readonly tenant?: string;
  readonly event?: string;
  readonly pipeline?: string;
}

/** A function's log and counters; both are lines on its standard output. */
export interface Telemetry {
  readonly log: Logger;
  readonly count: (name: MetricName, subject: Subject) => void;
}

export function telemetryOf(service: string): Telemetry {
  const metrics = new Metrics({ namespace: NAMESPACE, serviceName: service });
  return {
    log: new Logger({ serviceName: service }),
    count(name, subject) {
      // A line of its own: one invocation may count for several pipelines.
      const metric = metrics.singleMetric();
      for (const [dimension, value] of Object.entries(subject) as [string, string][])
        metric.addDimension(dimension, value);
      metric.addMetric(name, MetricUnit.Count, 1);
    },
  };
}
