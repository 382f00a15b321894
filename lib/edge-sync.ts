import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { FilterCriteria, FilterRule, type IFunction } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import {
  EDGE_SYNC,
  type EdgeSyncEnvironment,
  EVENTS,
  RECONCILE_EVERY_MS,
} from '../lambdas/edge-sync/environment';
import { METRICS_NAMESPACE } from '../lambdas/environment';
import { type AwsEventsConfig, HEAD_SORT_KEY, PARTITION_KEY, SORT_KEY } from '../stores/aws/schema';
import type { Access } from './access';
import { AdvisedAlarms, ALARM_PERIOD } from './advised-alarm';
import { OriginFunction } from './origin-function';
import { StreamProcessing } from './stream-processing';

export interface EdgeSyncProps {
  readonly access: Access;
  readonly events: AwsEventsConfig;
  /** Of the event table, in the stack's own region. */
  readonly streamArn: string;
  readonly keyValueStoreArn: string;
  readonly distributionId: string;
  readonly distributionArn: string;
  readonly logRetention: RetentionDays;
  /** Of what the function counts. */
  readonly metricsNamespace: string;
  readonly alarmTopicArn: string | undefined;
}

/** The CDN's store later than this: viewers wait for a version, and edges refuse by an old schedule. */
const BEHIND_MS = 60_000;

/** The CDN follows events: within seconds by the event table's stream, and whatever that lost by a schedule. */
export class EdgeSync extends Construct {
  readonly synchroniser: OriginFunction;

  constructor(scope: Construct, id: string, props: EdgeSyncProps) {
    super(scope, id);
    this.synchroniser = makeFunction(this, props);
    const { failures } = new StreamProcessing(this, 'Stream', {
      streamArn: props.streamArn,
      processor: this.synchroniser,
      filter: changedHeads(),
      // Every update is of the whole store: two at once would only start each other over.
      parallelizationFactor: 1,
      // The schedule mends the rest.
      maxRecordAge: Duration.minutes(5),
      maxBatchingWindow: Duration.seconds(1),
    });
    new Rule(this, 'Reconcile', {
      schedule: Schedule.rate(Duration.millis(RECONCILE_EVERY_MS)),
      targets: [
        new LambdaFunction(this.synchroniser, { maxEventAge: Duration.minutes(1), retryAttempts: 1 }),
      ],
    });
    new EdgeSyncAlarms(this, 'Alarms', this.synchroniser, failures, props.alarmTopicArn);
  }
}

function makeFunction(scope: Construct, props: EdgeSyncProps): OriginFunction {
  const { access, events, keyValueStoreArn, distributionId, distributionArn, logRetention } = props;
  const target: EdgeSyncEnvironment = { keyValueStoreArn, distributionId };
  return new OriginFunction(scope, 'Synchroniser', {
    room: 'edge-sync',
    description: 'Tells the CDN what events are, and what to forget of them',
    memorySize: 512,
    // Six tries, and the pause before a purge.
    timeout: Duration.seconds(60),
    environment: {
      [EDGE_SYNC]: JSON.stringify(target),
      [EVENTS]: JSON.stringify(events),
      [METRICS_NAMESPACE]: props.metricsNamespace,
    },
    logRetention,
    policy: [
      ...access.followEvents(events.readRegion),
      new PolicyStatement({
        actions: [
          'cloudfront-keyvaluestore:DescribeKeyValueStore',
          'cloudfront-keyvaluestore:GetKey',
          'cloudfront-keyvaluestore:ListKeys',
          'cloudfront-keyvaluestore:UpdateKeys',
        ],
        resources: [keyValueStoreArn],
      }),
      new PolicyStatement({ actions: ['cloudfront:CreateInvalidation'], resources: [distributionArn] }),
    ],
  });
}

/** Every change of an event changes its head, in the same transaction. */
function changedHeads() {
  return FilterCriteria.filter({
    dynamodb: {
      Keys: { [PARTITION_KEY]: { S: FilterRule.beginsWith('event#') }, [SORT_KEY]: { S: [HEAD_SORT_KEY] } },
    },
  });
}

class EdgeSyncAlarms extends AdvisedAlarms {
  constructor(
    scope: Construct,
    id: string,
    synchroniser: IFunction,
    failures: IQueue,
    topicArn: string | undefined,
  ) {
    super(scope, id, topicArn);
    const age = synchroniser.metric('IteratorAge', { period: ALARM_PERIOD, statistic: 'Maximum' });
    this.alarm('EdgeBehind', age, BEHIND_MS, [
      'CloudFront does not know the newest of events: changes, versions, notices and purges wait.',
      'Look at the log of Synchroniser for "edge does not follow".',
    ]);
    this.alarm(
      'EdgeGivenUp',
      failures.metricApproximateNumberOfMessagesVisible({ period: ALARM_PERIOD }),
      1,
      [
        'A change of an event was not told to CloudFront; the next reconciliation tells it, but purges nothing.',
        'Invalidate the range again once the log of Synchroniser says why.',
      ],
    );
    this.alarm('EdgeSyncFailing', synchroniser.metricErrors({ period: ALARM_PERIOD, statistic: 'Sum' }), 1, [
      'The KeyValueStore of CloudFront cannot be read or written.',
      'Edges decide by what they know; look at the log of Synchroniser.',
    ]);
  }
}
