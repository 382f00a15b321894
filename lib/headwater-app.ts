import {
  type App,
  CliCredentialsStackSynthesizer,
  type Environment,
  type IStackSynthesizer,
} from 'aws-cdk-lib';
import { ConsoleStack } from './console-stack';
import { checkDeployment, type DeploymentConfig, DeploymentNames, EDGE_REGION } from './deployment';
import type { EdgeOrigin } from './edge-distribution';
import { EdgeStack } from './edge-stack';
import { EdgeSyncStack } from './edge-sync-stack';
import { RegionStack } from './region-stack';

/** Context flag (`cdk deploy -c headwater:emulated=true`): deploy into an emulator, without the CDN. */
export const EMULATED_CONTEXT = 'headwater:emulated';

/**
 * The stacks of a deployment: one for each region, the CDN's, and what makes the CDN follow events.
 * @param account the credentials' account, where the configuration names none; undefined to leave it to deployment.
 * @param nowMs UTC milliseconds; see {@link LiveOriginProps.nowMs}.
 */
export function addStacks(
  app: App,
  config: DeploymentConfig,
  account: string | undefined,
  nowMs?: number,
): void {
  const deployment = checkDeployment(config);
  const env = (region: string): Environment => {
    const known = deployment.account ?? account;
    return { region, ...(known !== undefined && { account: known }) };
  };
  const emulated = app.node.tryGetContext(EMULATED_CONTEXT) !== undefined;
  const cells = deployment.regions.map(
    (region) =>
      new RegionStack(app, `${deployment.name}-${region}`, {
        env: env(region),
        description: `Headwater ${deployment.name}: live origin in ${region}`,
        deployment,
        emulated,
        // The emulator checks IAM, and the roles that `cdk bootstrap` makes do not get past it. One for each stack.
        ...(emulated && { synthesizer: new CliCredentialsStackSynthesizer() as IStackSynthesizer }),
        ...(nowMs !== undefined && { nowMs }),
      }),
  );
  // Order only, no reference: the home region makes the events table and its replicas.
  const [home, ...others] = cells;
  for (const cell of others) if (home !== undefined) cell.addStackDependency(home);
  if (emulated) return;
  const edge = deployment.edge === false ? undefined : addEdge(app, deployment, cells, env);
  if (deployment.console === undefined || home?.origin.controlApi === undefined) return;
  new ConsoleStack(app, `${deployment.name}-console`, {
    env: env(home.region),
    crossRegionReferences: true,
    description: `Headwater ${deployment.name}: the console`,
    config: deployment.console,
    controlHostName: home.origin.controlApi.hostName,
    liveUrl: deployment.console.liveUrl ?? `https://${edge?.edge.distribution.distributionDomainName ?? ''}`,
  });
}

/** The CDN, and what makes it follow events. */
function addEdge(
  app: App,
  deployment: DeploymentConfig,
  cells: readonly RegionStack[],
  env: (region: string) => Environment,
): EdgeStack {
  const edge = new EdgeStack(app, `${deployment.name}-edge`, {
    env: env(EDGE_REGION),
    crossRegionReferences: true,
    description: `Headwater ${deployment.name}: CDN`,
    config: deployment.edge || {},
    credentialGeneration: deployment.credentialGeneration ?? 1,
    origins: cells.map((cell) => edgeOrigin(cell, deployment)) as [EdgeOrigin, ...EdgeOrigin[]],
  });
  const [home] = cells;
  if (home === undefined) return edge;
  new EdgeSyncStack(app, `${deployment.name}-edge-sync`, {
    env: env(home.region),
    crossRegionReferences: true,
    description: `Headwater ${deployment.name}: the CDN follows events`,
    ...{ deployment, home, edge },
  });
  return edge;
}

function edgeOrigin(cell: RegionStack, { name, serveThrough }: DeploymentConfig): EdgeOrigin {
  return {
    region: cell.region,
    domainName: cell.origin.serveApi.hostName,
    isFunctionUrl: serveThrough === 'function-url',
    secretName: new DeploymentNames(cell, name).edgeSecret(cell.region),
  };
}
