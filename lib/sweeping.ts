import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { SWEEP_EVERY_MS } from '../lambdas/sweep/environment';
import type { Access } from './access';
import type { OriginEnvironment } from './deployment-environment';
import { OriginFunction } from './origin-function';

export interface SweepingProps {
  readonly access: Access;
  readonly deployment: OriginEnvironment;
  readonly logRetention: RetentionDays;
}

/**
 * Once a minute, what never arrived: no stream tells of it. Nothing that viewers get waits for it, since a request finds
 * out for itself that a segment is late (docs/decisions/0006).
 */
export class Sweeping extends Construct {
  readonly sweep: OriginFunction;

  constructor(scope: Construct, id: string, { access, deployment, logRetention }: SweepingProps) {
    super(scope, id);
    const { homeRegion, readRegion } = deployment.events;
    this.sweep = new OriginFunction(this, 'Sweep', {
      room: 'sweep',
      description: 'Reports what never arrived, and how pipelines do',
      memorySize: 1024,
      timeout: Duration.seconds(50),
      environment: deployment.variables,
      logRetention,
      policy: [
        ...access.listLiveEvents(readRegion),
        access.readEvents(readRegion),
        access.readCandidates(),
        // Automatic masks, where an event allows them.
        access.appendToEvents(homeRegion),
      ],
    });
    new Rule(this, 'EveryMinute', {
      schedule: Schedule.rate(Duration.millis(SWEEP_EVERY_MS)),
      // A sweep that is a minute late has been overtaken by the next.
      targets: [new LambdaFunction(this.sweep, { maxEventAge: Duration.minutes(1), retryAttempts: 1 })],
    });
  }
}
