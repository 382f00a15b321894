import { Stack } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { EDGE_CREDENTIAL_GENERATION } from '../lambdas/serve/environment';
import { Access } from './access';
import { acknowledgeObjectPrefixes } from './acknowledge';
import { AdvisedAlarms } from './advised-alarm';
import { addServeAlarms } from './alarms';
import { checkDeployment, DeploymentNames, reservedConcurrencyOf } from './deployment';
import { environmentOf } from './deployment-environment';
import type { LiveOriginProps } from './live-origin';
import { ServeDashboard } from './operations-dashboard';
import type { ServeEndpoint } from './serve-endpoint';
import { ServeFunction } from './serve-function';
import { addServeAcl, addServeEndpoint } from './serving';

export interface ServeOriginProps extends LiveOriginProps {
  /** Of the region's `LiveOrigin`. */
  readonly edgeCredentialDigests: string;
}

/**
 * What answers CDNs in one region of a deployment that has a `serveAccount`, in that account. It reads tables and buckets
 * of the deployment's `account`, whose policies let it, and owns nothing that is stored.
 */
export class ServeOrigin extends Construct {
  readonly serveApi: ServeEndpoint;

  /** @throws Error in a stack of another account than the deployment's `serveAccount`. */
  constructor(scope: Construct, id: string, props: ServeOriginProps) {
    super(scope, id);
    const deployment = checkDeployment(props.deployment);
    const stack = Stack.of(this);
    if (stack.account !== deployment.serveAccount)
      throw new Error(
        `serveAccount: wanted that of the stack ${stack.stackName}, ${stack.account}, got ${deployment.serveAccount ?? 'none'}`,
      );
    const { region } = stack;
    const { regions, alarmTopicArns, credentialGeneration = 1 } = deployment;
    const names = new DeploymentNames(stack, deployment);
    const emulated = props.emulated === true;
    const serve = new ServeFunction(this, 'ServeFunction', {
      access: new Access(names, regions),
      deployment: environmentOf(deployment, names, region, emulated, 'by ARN'),
      edgeCredentialDigests: props.edgeCredentialDigests,
      reservedConcurrency: reservedConcurrencyOf(deployment)?.serve,
      logRetention: deployment.logRetention ?? RetentionDays.ONE_MONTH,
      streamed: !emulated,
      hotZone: deployment.hotZones?.[region],
      roleName: names.serve(region),
    });
    // Digests of another account's stack are looked up again when the template changes, and not before.
    serve.addEnvironment(EDGE_CREDENTIAL_GENERATION, credentialGeneration.toString());
    this.serveApi = addServeEndpoint(this, deployment, names, serve, props);
    addServeAcl(this, deployment, names, this.serveApi);
    const serving = { serve, endpoint: this.serveApi };
    addServeAlarms(new AdvisedAlarms(this, 'Alarms', alarmTopicArns?.[region]), serving);
    const { metricsNamespace } = names;
    new ServeDashboard(this, 'Operations', {
      ...{ dashboardName: names.serve(region), region, serving, metricsNamespace },
    });
    acknowledgeObjectPrefixes(this, names, regions);
  }
}
