import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { DeploymentNames } from './deployment';
import { LiveOrigin, type LiveOriginProps } from './live-origin';

/**
 * One region of the deployment, and what its operator needs to know of it. URLs end before the paths of the contract, which
 * begin with `/live` or `/control`.
 */
export class RegionStack extends Stack {
  readonly origin: LiveOrigin;

  constructor(scope: Construct, id: string, props: StackProps & LiveOriginProps) {
    super(scope, id, props);
    this.origin = new LiveOrigin(this, 'Origin', props);
    const { publishApi, serveApi, controlApi } = this.origin;
    const names = new DeploymentNames(this, props.deployment);
    new CfnOutput(this, 'PublishUrl', { value: `https://${publishApi.hostName}` });
    if (serveApi !== undefined) new CfnOutput(this, 'ServeUrl', { value: `https://${serveApi.hostName}` });
    new CfnOutput(this, 'EdgeCredentialName', { value: names.edgeSecret(this.region) });
    if (controlApi !== undefined) {
      new CfnOutput(this, 'ControlUrl', { value: `https://${controlApi.hostName}` });
      if (props.deployment.controlAuthorization !== 'iam')
        new CfnOutput(this, 'OperatorTokenName', { value: names.operatorSecret });
    }
  }
}
