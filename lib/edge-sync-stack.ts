import { CrossStackReferences, ReferenceStrength, Stack, type StackProps } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { Access } from './access';
import { type DeploymentConfig, DeploymentNames } from './deployment';
import type { EdgeStack } from './edge-stack';
import { EdgeSync } from './edge-sync';
import type { RegionStack } from './region-stack';

export interface EdgeSyncStackProps {
  readonly deployment: DeploymentConfig;
  /** Where events are written: their stream can be read there only. */
  readonly home: RegionStack;
  readonly edge: EdgeStack;
}

/**
 * Between the home region and the CDN, deployed after both: the one stack that knows the KeyValueStore and the
 * distribution by name, so that no region refers to anything outside of it.
 */
export class EdgeSyncStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps & EdgeSyncStackProps) {
    super(scope, id, props);
    CrossStackReferences.of(this).consume(ReferenceStrength.WEAK);
    const { deployment, home, edge } = props;
    const { eventTable } = home.origin;
    if (eventTable === undefined)
      throw new Error(`home: wanted the region of the events, got ${home.region}`);
    const names = new DeploymentNames(this, deployment);
    const { distribution, functions } = edge.edge;
    new EdgeSync(this, 'EdgeSync', {
      access: new Access(names, deployment.regions),
      events: { table: names.eventTable, readRegion: home.region, homeRegion: home.region },
      streamArn: eventTable.streamArn,
      keyValueStoreArn: functions.keyValueStore.keyValueStoreArn,
      distributionId: distribution.distributionId,
      distributionArn: this.formatArn({
        service: 'cloudfront',
        region: '',
        resource: 'distribution',
        resourceName: distribution.distributionId,
      }),
      metricsNamespace: names.metricsNamespace,
      logRetention: deployment.logRetention ?? RetentionDays.ONE_MONTH,
      alarmTopicArn: deployment.alarmTopicArns?.[home.region],
    });
  }
}
