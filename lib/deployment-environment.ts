import { DEPLOYMENT, type DeploymentEnvironment, METRICS_NAMESPACE } from '../lambdas/environment';
import type { AwsEventsConfig } from '../stores/aws/schema';
import type { DeploymentConfig, DeploymentNames } from './deployment';

/** What the functions of a region know of the deployment, and where they count. */
export interface OriginEnvironment {
  readonly region: string;
  readonly events: AwsEventsConfig;
  /** The same as variables of a function. */
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * @param emulated for an emulator that replicates no table: events are read at home.
 * @param tables `by ARN` where they belong to another account than the function does: a name is of one's own account.
 */
export function environmentOf(
  { regions: [homeRegion, ...others], edge, hotZones }: DeploymentConfig,
  names: DeploymentNames,
  region: string,
  emulated: boolean,
  tables: 'by name' | 'by ARN',
): OriginEnvironment {
  const addressed = (of: string, table: string) => (tables === 'by ARN' ? names.tableArn(of, table) : table);
  const readRegion = emulated ? homeRegion : region;
  const deployment: DeploymentEnvironment = {
    region,
    regions: [homeRegion, ...others].map((each) => ({
      region: each,
      candidateTable: addressed(each, names.candidateTable),
      bucket: names.bucket(each),
      // Another region's hot tier is no nearer than its durable one.
      ...(each === region &&
        hotZones?.[each] !== undefined && { hotBucket: names.hotBucket(hotZones[each]) }),
    })),
    events: { table: addressed(readRegion, names.eventTable), readRegion, homeRegion },
    edgeFollows: edge !== false && !emulated,
  };
  const { events } = deployment;
  const variables = {
    [DEPLOYMENT]: JSON.stringify(deployment),
    [METRICS_NAMESPACE]: names.metricsNamespace,
  };
  return { region, events, variables };
}
