import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

export const ALARM_PERIOD = Duration.minutes(1);

/**
 * Alarms of one stack, each with an article of its name in docs/runbook.md. A description says what is the matter and what to
 * do first, because that is what arrives on a phone.
 */
export class AdvisedAlarms extends Construct {
  readonly #topic: ITopic | undefined;

  /** @param topicArn SNS topic, in the stack's region, that is told of alarms and of their end; undefined: nobody is */
  constructor(scope: Construct, id: string, topicArn: string | undefined) {
    super(scope, id);
    this.#topic = topicArn === undefined ? undefined : Topic.fromTopicArn(this, 'Topic', topicArn);
  }

  alarm(id: string, metric: IMetric, threshold: number, advice: readonly [what: string, todo: string]): void {
    const alarm = new Alarm(this, id, {
      metric,
      threshold,
      alarmDescription: `${advice.join(' ')} See docs/runbook.md#${id.toLowerCase()}.`,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // Two of three minutes: one bad minute is what retries and failover are for.
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      // Without an event there is nothing to count.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    if (this.#topic === undefined) return;
    alarm.addAlarmAction(new SnsAction(this.#topic));
    alarm.addOkAction(new SnsAction(this.#topic));
  }
}
