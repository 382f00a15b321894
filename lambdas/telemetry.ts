import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { type MetricName, PIPELINE_METRICS, REQUEST_MS, REQUESTS, type Service } from './metric-names';

/** Dimensions in this order; a part that is not known is left out. */
export interface Subject {
  readonly tenant?: string;
  readonly event?: string;
  readonly pipeline?: string;
}

/** A function's log and counters; both are lines on its standard output. */
export interface Telemetry {
  readonly log: Logger;
  readonly count: (name: MetricName, subject: Subject, times?: number) => void;
  /** One GET: how many by class of request and status, and how long they took. */
  readonly answered: (requestClass: string, status: number, elapsedMs: number) => void;
}

export function telemetryOf(service: Service): Telemetry {
  const countedFor: Readonly<Partial<Record<MetricName, Service>>> = PIPELINE_METRICS;
  return {
    log: new Logger({ serviceName: service }),
    count(name, subject, times = 1) {
      // A line of its own: one invocation may count for several pipelines.
      const metric = new Metrics({ serviceName: countedFor[name] ?? service, singleMetric: true });
      for (const [dimension, value] of Object.entries(subject) as [string, string][])
        metric.addDimension(dimension, value);
      metric.addMetric(name, MetricUnit.Count, times);
    },
    answered(requestClass, status, elapsedMs) {
      const line = new Metrics({ serviceName: service });
      line.addDimension('class', requestClass);
      line.addDimension('status', status.toString());
      line.addMetric(REQUESTS, MetricUnit.Count, 1);
      line.addMetric(REQUEST_MS, MetricUnit.Milliseconds, elapsedMs);
      line.publishStoredMetrics();
    },
  };
}
