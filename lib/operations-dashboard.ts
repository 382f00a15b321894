import { Duration } from 'aws-cdk-lib';
import {
  Dashboard,
  GraphWidget,
  GraphWidgetView,
  type IMetric,
  type IWidget,
  MathExpression,
  Metric,
  PeriodOverride,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { PIPELINE_METRICS, type PipelineMetricName, REQUEST_MS, REQUESTS } from '../lambdas/metric-names';
import type { OriginApi } from './rest-api';
import type { Serving } from './serving';

export interface OperationsDashboardProps {
  /** Unique in the account: dashboards belong to no region. */
  readonly dashboardName: string;
  readonly region: string;
  /** Of what our functions count. */
  readonly metricsNamespace: string;
  readonly candidateTable: string;
  readonly bucket: string;
  readonly publishApi: OriginApi;
  readonly ingest: IFunction;
  /** Undefined where another account has it, and a {@link ServeDashboard}. */
  readonly serving: Serving | undefined;
  readonly streamProcessor: IFunction;
}

export interface ServeDashboardProps extends Pick<
  OperationsDashboardProps,
  'dashboardName' | 'region' | 'metricsNamespace'
> {
  readonly serving: Serving;
}

/** One of the planes, whose graphs lie over each other where both are shown. */
interface Plane {
  readonly name: 'publish' | 'serve';
  readonly function: 'ingest' | 'serve';
  readonly api: Pick<Serving['endpoint'], 'metricServerError'>;
  readonly target: IFunction;
}

const PERIOD = Duration.minutes(1);
const WIDTH = 24;
const HEIGHT = 6;

/**
 * One region on one page, in the order of a question at night: what do pipelines send, what do viewers get, which store
 * or function is slow. Pipelines and classes are found by search, so an event needs no change of the stack.
 */
export class OperationsDashboard extends Construct {
  constructor(scope: Construct, id: string, props: OperationsDashboardProps) {
    super(scope, id);
    const { serving, region, publishApi, ingest, metricsNamespace } = props;
    const byPipeline = (name: PipelineMetricName) => pipelines(metricsNamespace, name);
    const planes: Plane[] = [
      { name: 'publish', function: 'ingest', api: publishApi, target: ingest },
      ...(serving === undefined ? [] : [servePlane(serving)]),
    ];
    dashboard(this, props.dashboardName, [
      [heading(`Headwater, ${region}: what pipelines send`)],
      row([byPipeline('Received'), byPipeline('Late'), byPipeline('Defective'), byPipeline('Missing')]),
      row([
        ...[byPipeline('Flagged'), byPipeline('Masked'), byPipeline('Refused')],
        ...(serving === undefined ? [] : [byPipeline('Selected')]),
      ]),
      ...(serving === undefined
        ? [[heading('Publishing')], row([failures(planes), concurrency(planes)])]
        : [
            [heading('What viewers get')],
            row([...byClasses(metricsNamespace), failures(planes), concurrency(planes)]),
          ]),
      [heading('Stores and functions')],
      row([tableLatency(props), bucketLatency(props), durations(planes), reviewAge(props)]),
    ]);
  }
}

/** The part of it that is counted in an account of serve's own. */
export class ServeDashboard extends Construct {
  constructor(scope: Construct, id: string, props: ServeDashboardProps) {
    super(scope, id);
    const { dashboardName, region, serving, metricsNamespace } = props;
    const planes = [servePlane(serving)];
    dashboard(this, dashboardName, [
      [heading(`Headwater, ${region}: what viewers get`)],
      row([pipelines(metricsNamespace, 'Selected'), ...byClasses(metricsNamespace)]),
      row([failures(planes), concurrency(planes), durations(planes)]),
    ]);
  }
}

function dashboard(scope: Construct, dashboardName: string, widgets: IWidget[][]): void {
  const defaultInterval = Duration.hours(3);
  new Dashboard(scope, 'Dashboard', {
    ...{ dashboardName, defaultInterval, periodOverride: PeriodOverride.AUTO, widgets },
  });
}

function servePlane({ endpoint, serve }: Serving): Plane {
  return { name: 'serve', function: 'serve', api: endpoint, target: serve };
}

function heading(text: string): IWidget {
  return new TextWidget({ markdown: `## ${text}`, width: WIDTH, height: 1 });
}

function row(widgets: readonly ((width: number) => IWidget)[]): IWidget[] {
  return widgets.map((widget) => widget(WIDTH / widgets.length));
}

function graph(title: string, metrics: IMetric[]): (width: number) => IWidget {
  return (width) =>
    new GraphWidget({
      ...{ title, width, height: HEIGHT, view: GraphWidgetView.TIME_SERIES, period: PERIOD },
      left: metrics,
      leftYAxis: { min: 0 },
    });
}

function pipelines(namespace: string, name: PipelineMetricName): (width: number) => IWidget {
  const service = PIPELINE_METRICS[name];
  return graph(`${name}, by pipeline`, [
    search(`{"${namespace}",service,tenant,event,pipeline} MetricName="${name}" service="${service}"`, 'Sum'),
  ]);
}

function byClasses(namespace: string) {
  return [
    byClass(namespace, 'Requests by class and status', REQUESTS, 'Sum'),
    byClass(namespace, 'Milliseconds by class, p99, holds included', REQUEST_MS, 'p99'),
  ];
}

function byClass(
  namespace: string,
  title: string,
  name: string,
  statistic: string,
): (width: number) => IWidget {
  return graph(title, [search(`{"${namespace}",service,class,status} MetricName="${name}"`, statistic)]);
}

function search(query: string, statistic: string): MathExpression {
  return new MathExpression({
    expression: `SEARCH('${query}', '${statistic}', ${PERIOD.toSeconds()})`,
    label: '',
    usingMetrics: {},
    period: PERIOD,
  });
}

function failures(planes: readonly Plane[]): (width: number) => IWidget {
  const counted = { period: PERIOD, statistic: 'Sum' };
  return graph(
    'Failures',
    planes.map(({ name, api }) => api.metricServerError({ ...counted, label: `${name} 5xx` })),
  );
}

function concurrency(planes: readonly Plane[]): (width: number) => IWidget {
  const busy = { period: PERIOD, statistic: 'Maximum' };
  return graph('Concurrency and throttles', [
    ...planes.map(({ function: label, target }) => target.metric('ConcurrentExecutions', { ...busy, label })),
    ...planes.map(({ function: name, target }) =>
      target.metricThrottles({ period: PERIOD, label: `${name} throttled` }),
    ),
  ]);
}

function tableLatency({ candidateTable }: OperationsDashboardProps): (width: number) => IWidget {
  const of = (Operation: string) =>
    new Metric({
      namespace: 'AWS/DynamoDB',
      metricName: 'SuccessfulRequestLatency',
      dimensionsMap: { TableName: candidateTable, Operation },
      ...{ statistic: 'p99', period: PERIOD, label: Operation },
    });
  return graph('DynamoDB, ms, p99', [of('Query'), of('PutItem'), of('UpdateItem')]);
}

function bucketLatency({ bucket }: OperationsDashboardProps): (width: number) => IWidget {
  const of = (metricName: string) =>
    new Metric({
      namespace: 'AWS/S3',
      metricName,
      dimensionsMap: { BucketName: bucket, FilterId: REQUEST_METRICS_ID },
      ...{ statistic: 'p99', period: PERIOD, label: metricName },
    });
  return graph('S3, ms, p99', [of('FirstByteLatency'), of('TotalRequestLatency')]);
}

/** S3 measures requests only for filters that a bucket names. */
export const REQUEST_METRICS_ID = 'EntireBucket';

function durations(planes: readonly Plane[]): (width: number) => IWidget {
  const p99 = { period: PERIOD, statistic: 'p99' };
  return graph(
    'Functions, ms, p99',
    planes.map(({ function: label, target }) => target.metricDuration({ ...p99, label })),
  );
}

function reviewAge({ streamProcessor }: OperationsDashboardProps): (width: number) => IWidget {
  return graph('Age of the stream, ms', [
    streamProcessor.metric('IteratorAge', {
      period: PERIOD,
      statistic: 'Maximum',
      label: 'stream processor',
    }),
  ]);
}
