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
import type { ServeEndpoint } from './serve-endpoint';
import { ServeStack } from './serve-stack';

/** Context flag (`cdk deploy -c headwater:emulated=true`): deploy into an emulator, without the CDN. */
export const EMULATED_CONTEXT = 'headwater:emulated';

/** A region, and where its serve answers. */
interface Cell {
  readonly region: RegionStack;
  readonly serveApi: ServeEndpoint;
  /** What makes it, where that is not the region's own stack. */
  readonly serveStack?: ServeStack;
}

/**
 * The stacks of a deployment: one for each region, its serve where that has an account of its own, the CDN's, and what
 * makes the CDN follow events.
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
  const emulated = app.node.tryGetContext(EMULATED_CONTEXT) !== undefined;
  if (emulated && deployment.serveAccount !== undefined)
    throw new Error('serveAccount: wanted none in an emulator, where no table is read by another account');
  const env = (region: string): Environment => {
    const known = deployment.account ?? account;
    return { region, ...(known !== undefined && { account: known }) };
  };
  const regions = deployment.regions.map(
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
  const [home, ...others] = regions;
  for (const region of others) if (home !== undefined) region.addStackDependency(home);
  if (emulated) return;
  const cells = regions.map((region) => cellOf(app, deployment, region, nowMs));
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

function cellOf(
  app: App,
  deployment: DeploymentConfig,
  region: RegionStack,
  nowMs: number | undefined,
): Cell {
  const { serveApi, edgeCredentialDigests } = region.origin;
  if (serveApi !== undefined) return { region, serveApi };
  const { serveAccount } = deployment;
  const serveStack = new ServeStack(app, `${deployment.name}-serve-${region.region}`, {
    env: { region: region.region, ...(serveAccount !== undefined && { account: serveAccount }) },
    description: `Headwater ${deployment.name}: what answers CDNs in ${region.region}`,
    ...{ deployment, edgeCredentialDigests },
    ...(nowMs !== undefined && { nowMs }),
  });
  // A reference across accounts does not make one.
  serveStack.addStackDependency(region);
  return { region, serveStack, serveApi: serveStack.origin.serveApi };
}

/** The CDN, and what makes it follow events. */
function addEdge(
  app: App,
  deployment: DeploymentConfig,
  cells: readonly Cell[],
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
  for (const { serveStack } of cells) if (serveStack !== undefined) edge.addStackDependency(serveStack);
  const home = cells[0]?.region;
  if (home === undefined) return edge;
  new EdgeSyncStack(app, `${deployment.name}-edge-sync`, {
    env: env(home.region),
    crossRegionReferences: true,
    description: `Headwater ${deployment.name}: the CDN follows events`,
    ...{ deployment, home, edge },
  });
  return edge;
}

function edgeOrigin({ region, serveApi }: Cell, deployment: DeploymentConfig): EdgeOrigin {
  return {
    region: region.region,
    domainName: serveApi.hostName,
    isFunctionUrl: deployment.serveThrough === 'function-url',
    secretName: new DeploymentNames(region, deployment).edgeSecret(region.region),
  };
}
