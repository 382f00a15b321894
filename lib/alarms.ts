import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { type MetricName, SERVICES } from '../lambdas/metric-names';
import { AdvisedAlarms, ALARM_PERIOD } from './advised-alarm';
import type { OriginApi } from './rest-api';
import type { Serving } from './serving';

export interface AlarmsProps {
  /** Ways to publish, each with its function: with secrets and, where there is one, with client certificates. */
  readonly publishing: readonly { readonly api: OriginApi; readonly ingest: IFunction }[];
  /** Undefined where another account has it, and its alarms. */
  readonly serving: Serving | undefined;
  readonly streamProcessor: IFunction;
  readonly sweep: IFunction;
  /** Of what our functions count. */
  readonly metricsNamespace: string;
  /** What the stream processor gave up. */
  readonly reviewFailures: IQueue;
  /** SNS topic, in the stack's region, that is told of alarms and of their end. Default: nobody is. */
  readonly topicArn?: string;
}

/** Reviews that come later than this change a decision that most viewers have fetched already. */
const REVIEW_LATE_MS = 30_000;

const SUM = { period: ALARM_PERIOD, statistic: 'Sum' };

/** What a region's operator has to look at. */
export class Alarms extends AdvisedAlarms {
  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id, props.topicArn);
    const { publishing, serving, streamProcessor, sweep, reviewFailures, metricsNamespace } = props;
    const failing = sumOf(publishing.map(({ api }) => api.metricServerError(SUM)));
    this.alarm('PublishFailing', failing, 5, [
      'Packagers get 5xx: the stores of this region fail or are throttled.',
      'The other regions still take their copies. Look at the log of Ingest for "store failing".',
    ]);
    const throttled = sumOf(publishing.map(({ ingest }) => ingest.metricThrottles(SUM)));
    this.alarm('PublishThrottled', throttled, 1, [
      'More PUTs at once than reservedConcurrency.publish.',
      'Raise it, and the account quota of Lambda concurrency first.',
    ]);
    if (serving !== undefined) addServeAlarms(this, serving);
    this.alarm(
      'ReviewsGivenUp',
      reviewFailures.metricApproximateNumberOfMessagesVisible({ period: ALARM_PERIOD }),
      1,
      [
        'Candidates went without review: a frozen or short pipeline may go unnoticed.',
        'The messages of the queue name the positions in the stream; the log of StreamProcessor says why.',
      ],
    );
    const age = streamProcessor.metric('IteratorAge', { period: ALARM_PERIOD, statistic: 'Maximum' });
    this.alarm('ReviewsLate', age, REVIEW_LATE_MS, [
      'Reviews come late, after most viewers have their segment.',
      'Look at duration and errors of StreamProcessor.',
    ]);
    this.alarm('PipelineDown', pipelines(metricsNamespace, 'Down'), 1, [
      'A pipeline has published nothing for a while; viewers get the copies of the others.',
      'The log of Sweep names it: is its encoder, packager or network down?',
    ]);
    this.alarm('PipelineDegraded', pipelines(metricsNamespace, 'Degraded'), 1, [
      "Too many of a pipeline's segments are late, missing or defective; viewers get better copies where there are any.",
      'The log of Sweep names it, and the timeline shows since when.',
    ]);
    this.alarm('SweepFailing', sweep.metricErrors(SUM), 1, [
      'Nobody notices what never arrived; viewers get the same answers as ever.',
      'The log of Sweep names the events that it could not look at.',
    ]);
  }
}

export function addServeAlarms(alarms: AdvisedAlarms, { serve, endpoint }: Serving): void {
  alarms.alarm('ServeFailing', endpoint.metricServerError(SUM), 10, [
    'The CDN gets 5xx and turns to the other region.',
    'Look at the log of Serve for "store failing".',
  ]);
  alarms.alarm('ServeThrottled', serve.metricThrottles(SUM), 1, [
    'More GETs at once than reservedConcurrency.serve: is Origin Shield on, are answers cached?',
    'Look at the hit ratio of the CDN before raising it.',
  ]);
}

/** Of one metric that metric: an alarm on an expression is charged for each metric in it. */
function sumOf(metrics: readonly IMetric[]): IMetric {
  const [first, ...more] = metrics;
  if (first !== undefined && more.length === 0) return first;
  const usingMetrics = Object.fromEntries(metrics.map((metric, at) => [`m${at}`, metric]));
  return new MathExpression({
    ...{ expression: Object.keys(usingMetrics).join(' + '), usingMetrics, period: ALARM_PERIOD },
  });
}

/** What the sweep counts of all pipelines together. */
function pipelines(namespace: string, metricName: MetricName): IMetric {
  const dimensionsMap = { service: SERVICES.sweep };
  return new Metric({
    namespace,
    metricName,
    dimensionsMap,
    period: ALARM_PERIOD,
    statistic: 'Sum',
  });
}
